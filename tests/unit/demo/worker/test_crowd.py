from random import Random

import pytest

from fakes.demo_house import LIFETIME_S, MemoryHouse
from martelo.demo.domain.catalogue import OFFERS, PEOPLE, SELLERS
from martelo.demo.ports import NotDone
from martelo.demo.use_cases import Seed
from martelo.demo.worker.crowd import ADMITTED_AT_ONCE, MAX_WAIT_S, Crowd


@pytest.fixture
def house() -> MemoryHouse:
    house = MemoryHouse()
    list(Seed(house, lambda _: [b"x"], lambda _: None).run(1_000_000))
    house.sign_ins.clear()
    return house


def crowd_in(house: MemoryHouse) -> Crowd:
    return Crowd(house, "secret", Random(7), house.clock)  # noqa: S311 - the same each time


def live(house: MemoryHouse, crowd: Crowd, seconds: float) -> None:
    until_s = house.now_s + seconds
    while house.now_s < until_s:
        house.now_s += crowd.step()


class TestStep:
    def test_lets_people_in_slowly(self, house: MemoryHouse) -> None:
        crowd = crowd_in(house)

        live(house, crowd, 30)
        early = len(house.sign_ins)
        live(house, crowd, 120)

        assert early <= ADMITTED_AT_ONCE + 30 / 7
        assert set(house.sign_ins) == {*SELLERS, *PEOPLE}

    def test_bids_on_the_demos_lots_only(self, house: MemoryHouse) -> None:
        seeded = set(house.lots)
        house.add("of Ana", "Relógio de parede", "id of ana@example.com")
        house.add("of a guest", OFFERS[0].title, "somebody")

        live(house, crowd_in(house), 90)

        assert len(house.bids) > 5
        assert {plan.auction_id for plan in house.bids} <= seeded

    def test_pays_no_more_than_a_lot_is_worth(self, house: MemoryHouse) -> None:
        live(house, crowd_in(house), 3_600)

        for plan in house.bids:
            offer = house.drafts[plan.auction_id].offer
            assert (plan.amount_cents or plan.max_cents or 0) <= offer.worth_cents

    def test_keeps_the_house_alive_with_one_lot_of_each(self, house: MemoryHouse) -> None:
        crowd = crowd_in(house)

        live(house, crowd, 2 * 3_600)

        now_ms = house.now_s * 1000
        going_on = [lot.title for lot in house.lots.values() if lot.ends_at_ms > now_ms]
        assert len(house.lots) > len(OFFERS)
        assert len(going_on) == len(set(going_on)) <= 12
        assert all(lot.image_ids for lot in house.lots.values())

    def test_offers_nothing_where_the_demo_never_did(self) -> None:
        house = MemoryHouse()
        house.add("mine", "Relógio de parede", "somebody")

        live(house, crowd_in(house), 600)

        assert list(house.lots) == ["mine"]
        assert house.bids == []

    def test_knows_its_people_after_a_restart(self, house: MemoryHouse) -> None:
        live(house, crowd_in(house), 150)
        house.sign_ins.clear()

        live(house, crowd_in(house), 150)

        assert set(PEOPLE) <= set(house.sign_ins)

    def test_does_without_people_whose_accounts_are_anothers(self, house: MemoryHouse) -> None:
        house.accounts["lia.demo@example.com"] = "of somebody else"

        live(house, crowd_in(house), 150)

        assert "lia.demo@example.com" not in house.sign_ins
        assert {plan.person for plan in house.bids} == set(PEOPLE) - {"lia.demo@example.com"}

    def test_renews_sessions_before_they_end(self, house: MemoryHouse) -> None:
        crowd = crowd_in(house)

        live(house, crowd, 2 * LIFETIME_S)

        assert len(house.sign_ins) == len(SELLERS) + len(PEOPLE)

    def test_signs_in_again_who_lost_their_session(self, house: MemoryHouse) -> None:
        crowd = crowd_in(house)
        house.failing["renew"] = NotDone(401, "bad-refresh-token", 1)

        live(house, crowd, 3 * LIFETIME_S)

        assert len(house.sign_ins) > len(SELLERS) + len(PEOPLE)

    @pytest.mark.parametrize(
        ("call", "status"),
        [("place_bid", 409), ("place_bid", 422), ("sign_in", 429), ("list_lots", 503)],
    )
    def test_waits_where_the_house_says_no(
        self, house: MemoryHouse, call: str, status: int
    ) -> None:
        crowd = crowd_in(house)
        house.failing[call] = NotDone(status, "no", 60)

        pauses = [crowd.step() for _ in range(4)]

        assert max(pauses) <= MAX_WAIT_S
        del house.failing[call]
        live(house, crowd, 90)
        assert house.bids
