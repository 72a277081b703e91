from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from martelo.demo.domain.catalogue import OFFERS
from martelo.demo.domain.lots import DemoLot, Lot
from martelo.demo.domain.planning import (
    Draws,
    Plan,
    is_rested,
    limit_cents,
    missing_offers,
    pause_s,
    plan_bid,
)

MANUAL, AUTOMATIC = 0.9, 0.0
PEOPLE = ["lia", "tiago", "marina"]
OFFER = OFFERS[0]


def lot_of(
    *, elapsed: float = 0.5, minimum_cents: int | None = 2_000, name: str = "lot"
) -> DemoLot:
    return DemoLot(
        Lot(
            id=name,
            title=OFFER.title,
            seller_id="ana",
            status="open",
            minimum_cents=minimum_cents,
            is_buyable=False,
            image_ids=(),
            starts_at_ms=0,
            ends_at_ms=1_000_000,
            now_ms=round(1_000_000 * elapsed),
        ),
        OFFER,
    )


def changed(lot: DemoLot, **changes: object) -> DemoLot:
    return replace(lot, lot=replace(lot.lot, **changes))  # type: ignore[arg-type]


class TestLimitCents:
    def test_grows_towards_the_end(self) -> None:
        limits = [limit_cents(lot_of(elapsed=elapsed), "lia") for elapsed in (0, 0.5, 1)]

        assert limits == sorted(limits)
        assert OFFER.starting_cents < limits[0] < limits[2] <= OFFER.worth_cents

    def test_differs_between_people(self) -> None:
        assert len({limit_cents(lot_of(), person) for person in PEOPLE}) == 3


class TestPlanBid:
    unit = st.floats(0, 1, exclude_max=True)

    @given(
        lot=unit, person=unit, kind=unit, size=unit, elapsed=unit, minimum=st.integers(1, 12_000)
    )
    def test_never_goes_above_the_limit_nor_below_the_least(
        self, lot: float, person: float, kind: float, size: float, elapsed: float, minimum: int
    ) -> None:
        seen = lot_of(elapsed=elapsed, minimum_cents=minimum)

        plan = plan_bid([seen], PEOPLE, Draws(lot, person, kind, size))

        if plan is None:
            assert all(limit_cents(seen, p) < minimum for p in PEOPLE) or seen.lot.left_s <= 2
        else:
            bid = plan.amount_cents or plan.max_cents or 0
            assert minimum <= bid <= limit_cents(seen, plan.person) <= OFFER.worth_cents

    def test_gives_the_same_plan_for_the_same_draws(self) -> None:
        draws = Draws(0.3, 0.6, MANUAL, 0.5)
        lots = [lot_of(name="one"), lot_of(name="other")]

        assert plan_bid(lots, PEOPLE, draws) == plan_bid(lots, PEOPLE, draws)

    def test_bids_what_people_type(self) -> None:
        plan = plan_bid([lot_of(minimum_cents=2_050)], ["lia"], Draws(0, 0, MANUAL, 0))

        assert plan == Plan("lot", "lia", 2_100, None)

    def test_is_automatic_now_and_then(self) -> None:
        plan = plan_bid([lot_of()], ["lia"], Draws(0, 0, AUTOMATIC, 0.5))

        assert plan is not None
        assert plan.amount_cents is None
        assert plan.max_cents is not None

    @pytest.mark.parametrize(
        "lot",
        [
            changed(lot_of(), is_buyable=True),
            changed(lot_of(), status="scheduled"),
            changed(lot_of(), minimum_cents=None),
            changed(lot_of(), now_ms=999_000),
            changed(lot_of(), minimum_cents=OFFER.worth_cents + 1),
        ],
    )
    def test_leaves_what_nobody_wants(self, lot: DemoLot) -> None:
        assert plan_bid([lot], PEOPLE, Draws(0, 0, MANUAL, 0)) is None

    def test_leaves_everything_where_nobody_is_there(self) -> None:
        assert plan_bid([lot_of()], [], Draws(0, 0, MANUAL, 0)) is None

    def test_prefers_what_ends_soon(self) -> None:
        late = lot_of(name="late", elapsed=0.97)

        plan = plan_bid([lot_of(name="calm"), late], PEOPLE, Draws(0.2, 0, MANUAL, 0))

        assert plan is not None
        assert plan.auction_id == "late"


class TestPauseS:
    def test_is_calm(self) -> None:
        assert (pause_s([lot_of()], 0), pause_s([lot_of()], 1)) == (4, 20)

    def test_is_shorter_near_an_end(self) -> None:
        assert pause_s([lot_of(elapsed=0.97)], 1) == 9


class TestMissingOffers:
    def test_are_those_without_a_lot(self) -> None:
        assert missing_offers([lot_of()], OFFERS) == list(OFFERS[1:])


class TestIsRested:
    def test_takes_a_while(self) -> None:
        assert not is_rested(1_000, 20_000)
        assert is_rested(1_000, 21_000)
