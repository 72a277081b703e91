import pytest
from hypothesis import given
from hypothesis import strategies as st

from martelo.auctions.domain.bidding import Bid, place_bid
from martelo.auctions.domain.entries import BidOutcome, BidPlaced, Raised, apply
from martelo.auctions.domain.refusals import (
    AmountNeedsConfirmation,
    AuctionEnded,
    AuctionNotOpen,
    BidTooLow,
    CeilingTooLow,
    SellerCannotBid,
)
from martelo.kernel.refusal import Refusal
from unit.auctions.domain.lots import ANA, BIA, CAIO, HOUR_MS, SOL, after, open_lot

offers = st.tuples(
    st.sampled_from([ANA, BIA, CAIO]),
    st.one_of(st.none(), st.integers(1, 30_000)),
    st.one_of(st.none(), st.integers(1, 30_000)),
).filter(lambda offer: offer[1] is not None or offer[2] is not None)


class TestBid:
    def test_refuses_a_ceiling_below_its_amount(self) -> None:
        with pytest.raises(CeilingTooLow) as refused:
            Bid(ANA, 2_000, 1_999)

        assert refused.value.least_ceiling_cents == 2_000

    def test_names_an_amount_or_a_ceiling(self) -> None:
        with pytest.raises(ValueError, match="amount or a ceiling"):
            Bid(ANA)


class TestPlaceBid:
    def test_takes_the_starting_price_itself(self) -> None:
        lot = after(open_lot(), (ANA, 1_000, None))

        assert lot.lead is not None
        assert lot.lead.price_cents == 1_000

    def test_refuses_an_amount_below_the_minimum(self) -> None:
        lot = after(open_lot(), (ANA, 1_000, None))

        with pytest.raises(BidTooLow) as refused:
            place_bid(lot, Bid(BIA, 1_049), 2)

        assert refused.value == BidTooLow(minimum_bid_cents=1_050, current_price_cents=1_000)

    @pytest.mark.parametrize(("amount", "ceiling"), [(100_001, None), (1_000, 100_001)])
    def test_asks_for_confirmation_of_an_amount_far_above(
        self, amount: int, ceiling: int | None
    ) -> None:
        lot = open_lot()

        with pytest.raises(AmountNeedsConfirmation) as refused:
            place_bid(lot, Bid(ANA, amount, ceiling, None, 1_000), 1, confirmation_factor=100)

        assert refused.value == AmountNeedsConfirmation(100_001, 1_000)
        confirmed = Bid(ANA, amount, ceiling, None, 100_001)
        assert place_bid(lot, confirmed, 1, confirmation_factor=100).by == ANA.account_id

    def test_asks_for_no_confirmation_where_that_is_off(self) -> None:
        assert (
            place_bid(open_lot(), Bid(ANA, 10**14), 1, confirmation_factor=0).by == ANA.account_id
        )

    def test_refuses_the_seller(self) -> None:
        with pytest.raises(SellerCannotBid):
            place_bid(open_lot(), Bid(SOL, 1_000), 1)

    def test_refuses_before_the_start(self) -> None:
        lot = open_lot(starts_at_ms=500)

        with pytest.raises(AuctionNotOpen):
            place_bid(lot, Bid(ANA, 1_000), 499)

    def test_refuses_from_the_end_on(self) -> None:
        with pytest.raises(AuctionEnded):
            place_bid(open_lot(), Bid(ANA, 1_000), HOUR_MS)

    def test_decides_no_earlier_than_the_last_entry(self) -> None:
        lot = after(open_lot(), (ANA, 1_000, None), at_ms=900)

        entry = place_bid(lot, Bid(BIA, 2_000), 100)

        assert entry.at_ms == 900

    def test_gives_a_tie_to_the_older_ceiling(self) -> None:
        lot = after(open_lot(), (ANA, None, 5_000), (BIA, 5_000, None))

        assert lot.lead is not None
        assert (lot.lead.account_id, lot.lead.price_cents) == (ANA.account_id, 5_000)

    def test_takes_an_amount_as_a_floor(self) -> None:
        lot = after(open_lot(), (ANA, None, 5_000), (BIA, 5_001, None))

        assert lot.lead is not None
        assert (lot.lead.account_id, lot.lead.price_cents) == (BIA.account_id, 5_001)

    def test_keeps_a_raise_secret(self) -> None:
        lot = after(open_lot(), (ANA, None, 5_000))

        entry = place_bid(lot, Bid(ANA, None, 9_000), 2)
        raised = apply(lot, entry)

        assert isinstance(entry, Raised)
        assert (raised.seq, raised.sub, raised.bid_count) == (lot.seq, 1, 1)
        assert raised.ends_at_ms == lot.ends_at_ms

    def test_shows_a_raise_that_reaches_the_reserve(self) -> None:
        lot = after(open_lot(reserve_cents=8_000), (ANA, None, 5_000))

        entry = place_bid(lot, Bid(ANA, None, 8_000), 2)

        assert isinstance(entry, BidPlaced)
        assert (entry.price_cents, entry.outcome) == (8_000, BidOutcome.LEADING)

    def test_extends_by_a_millisecond_one_millisecond_late(self) -> None:
        lot = open_lot(soft_close_window_s=60)

        in_time = place_bid(lot, Bid(ANA, 1_000), HOUR_MS - 60_000)
        late = place_bid(lot, Bid(ANA, 1_000), HOUR_MS - 59_999)

        assert isinstance(in_time, BidPlaced)
        assert isinstance(late, BidPlaced)
        assert (in_time.ends_at_ms, late.ends_at_ms) == (HOUR_MS, HOUR_MS + 1)

    @pytest.mark.parametrize("off", [{"soft_close_window_s": 0}, {"soft_close_cap_s": 0}])
    def test_never_extends_where_soft_close_is_off(self, off: dict[str, int]) -> None:
        entry = place_bid(open_lot(**off), Bid(ANA, 1_000), HOUR_MS - 1)

        assert isinstance(entry, BidPlaced)
        assert entry.ends_at_ms == HOUR_MS

    @given(st.lists(offers, max_size=25), st.sampled_from([None, 1_000, 12_000]))
    def test_keeps_what_follows_from_the_rules(
        self, bids: list[tuple[object, int | None, int | None]], reserve_cents: int | None
    ) -> None:
        """Section 5, "What follows": the price never falls, stays under the ceiling, and so on."""
        lot = open_lot() if reserve_cents is None else open_lot(reserve_cents=reserve_cents)
        for by, amount_cents, max_cents in bids:
            before, minimum_cents = lot, lot.minimum_bid_cents
            try:
                entry = place_bid(lot, Bid(by, amount_cents, max_cents), 1)  # type: ignore[arg-type]
            except Refusal:
                continue
            lot = apply(lot, entry)
            assert lot.lead is not None
            assert lot.lead.price_cents <= lot.lead.ceiling_cents
            met = reserve_cents is not None and lot.lead.ceiling_cents >= reserve_cents
            assert lot.reserve_met is (None if reserve_cents is None else met)
            if isinstance(entry, BidPlaced):
                by_reserve = lot.lead.price_cents == reserve_cents and before.reserve_met is False
                assert lot.lead.price_cents >= minimum_cents or by_reserve
            else:
                assert before.lead is not None
                assert lot.lead.price_cents == before.lead.price_cents
