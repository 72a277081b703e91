import pytest

from martelo.auctions.domain.auction import Canceller, SoldBy, Status, Texts
from martelo.auctions.domain.closing import announce, buy_now, cancel, close, edit
from martelo.auctions.domain.entries import apply
from martelo.auctions.domain.refusals import (
    AuctionEnded,
    BuyNowUnavailable,
    CancelNotAllowed,
    EditNotAllowed,
    NotTheSeller,
    SellerCannotBid,
)
from unit.auctions.domain.lots import ANA, BIA, HOUR_MS, SOL, after, open_lot

TEXTS = Texts("Torta", "nova")


class TestBuyNow:
    def test_ends_the_auction_at_its_price(self) -> None:
        lot = open_lot(buy_now_cents=9_000)

        sold = apply(lot, buy_now(lot, ANA, None, 5))

        assert sold.status is Status.SOLD
        assert sold.lead is not None
        assert (sold.lead.account_id, sold.lead.price_cents, sold.bid_count) == (
            ANA.account_id,
            9_000,
            0,
        )
        assert sold.ending is not None
        assert (sold.ending.sold_by, sold.ending.closed_at_ms) == (SoldBy.BUY_NOW, 5)
        assert sold.ends_at_ms == HOUR_MS

    def test_is_gone_after_the_first_bid(self) -> None:
        lot = after(open_lot(buy_now_cents=9_000), (ANA, 1_000, None))

        with pytest.raises(BuyNowUnavailable):
            buy_now(lot, BIA, None, 5)

    def test_is_not_there_where_none_was_set(self) -> None:
        with pytest.raises(BuyNowUnavailable):
            buy_now(open_lot(), BIA, None, 5)

    def test_is_not_for_the_seller(self) -> None:
        with pytest.raises(SellerCannotBid):
            buy_now(open_lot(buy_now_cents=9_000), SOL, None, 5)


class TestClose:
    def test_sells_to_the_leader(self) -> None:
        lot = after(open_lot(), (ANA, 1_000, None))

        entry = close(lot, HOUR_MS)

        assert entry is not None
        assert (entry.status, entry.sold_by) == (Status.SOLD, SoldBy.BID)

    def test_sells_nothing_below_the_reserve(self) -> None:
        lot = after(open_lot(reserve_cents=5_000), (ANA, 4_999, None))

        entry = close(lot, HOUR_MS)

        assert entry is not None
        assert (entry.status, entry.sold_by) == (Status.UNSOLD, None)

    def test_does_nothing_before_the_end(self) -> None:
        assert close(open_lot(), HOUR_MS - 1) is None

    def test_does_nothing_twice(self) -> None:
        lot = open_lot()
        entry = close(lot, HOUR_MS)
        assert entry is not None

        assert close(apply(lot, entry), HOUR_MS + 1) is None


class TestCancel:
    def test_is_the_sellers_before_the_first_bid(self) -> None:
        lot = open_lot()

        ended = apply(lot, cancel(lot, SOL, reason="", is_admin=False, key=None, now_ms=5))

        assert ended.status is Status.CANCELLED
        assert ended.ending is not None
        assert ended.ending.cancelled_by is Canceller.SELLER

    def test_is_not_the_sellers_after_it(self) -> None:
        lot = after(open_lot(), (ANA, 1_000, None))

        with pytest.raises(CancelNotAllowed):
            cancel(lot, SOL, reason="", is_admin=False, key=None, now_ms=5)

    def test_is_an_admins_at_any_time(self) -> None:
        lot = after(open_lot(), (ANA, 1_000, None))

        ended = apply(lot, cancel(lot, BIA, reason="fraude", is_admin=True, key=None, now_ms=5))

        assert ended.ending is not None
        assert (ended.ending.reason, ended.ending.cancelled_by) == ("fraude", Canceller.ADMIN)

    def test_is_the_sellers_also_where_they_are_an_admin(self) -> None:
        lot = after(open_lot(), (ANA, 1_000, None))

        ended = apply(lot, cancel(lot, SOL, reason="fraude", is_admin=True, key=None, now_ms=5))

        assert ended.ending is not None
        assert ended.ending.cancelled_by is Canceller.SELLER

    def test_is_nobodys_after_the_end(self) -> None:
        with pytest.raises(AuctionEnded):
            cancel(open_lot(), BIA, reason="x", is_admin=True, key=None, now_ms=HOUR_MS)

    def test_is_nobody_elses(self) -> None:
        with pytest.raises(NotTheSeller):
            cancel(open_lot(), ANA, reason="", is_admin=False, key=None, now_ms=5)


class TestEdit:
    def test_replaces_the_texts(self) -> None:
        lot = open_lot()

        edited = apply(lot, edit(lot, SOL, TEXTS, 5))

        assert (edited.texts, edited.seq) == (TEXTS, 2)

    def test_is_refused_after_the_first_bid(self) -> None:
        lot = after(open_lot(), (ANA, 1_000, None))

        with pytest.raises(EditNotAllowed):
            edit(lot, SOL, TEXTS, 5)

    def test_is_refused_to_others(self) -> None:
        with pytest.raises(NotTheSeller):
            edit(open_lot(), ANA, TEXTS, 5)


class TestAnnounce:
    def test_tells_each_mark_once(self) -> None:
        lot = open_lot()
        entry = announce(lot, HOUR_MS - 600_000)
        assert entry is not None
        applied = apply(lot, entry)

        assert entry.minutes == 10
        assert announce(applied, HOUR_MS - 599_999) is None

    def test_tells_only_the_nearest_when_late(self) -> None:
        lot = open_lot()
        entry = announce(lot, HOUR_MS - 1)
        assert entry is not None

        assert entry.minutes == 1
        assert apply(lot, entry).pending_marks == ()

    def test_tells_nothing_of_a_mark_longer_than_the_auction(self) -> None:
        assert open_lot(duration_ms=600_000).pending_marks == (1,)
        assert open_lot(duration_ms=60_000).pending_marks == ()

    def test_tells_nothing_after_the_end(self) -> None:
        assert announce(open_lot(), HOUR_MS) is None
