from itertools import pairwise

from benchmarks.bidders import LOT, rising_bids
from martelo.auctions.domain.increments import TABLE, step_at
from martelo.kernel.ids import AuctionId

LOTS = [AuctionId("00-0000000000000"), AuctionId("01-0000000000000")]


class TestRisingBids:
    def test_take_the_lots_in_turn(self) -> None:
        assert [lot for lot, _ in rising_bids(LOTS, 4)] == LOTS * 2

    def test_rise_by_more_than_a_step_and_change_the_bidder(self) -> None:
        bids = [bid for lot, bid in rising_bids(LOTS, 400) if lot == LOTS[0]]

        assert bids[0].amount_cents == LOT.starting_cents
        for before, after in pairwise(bids):
            assert before.amount_cents is not None
            assert after.amount_cents is not None
            assert after.amount_cents >= before.amount_cents + step_at(before.amount_cents, TABLE)
            assert after.by != before.by

    def test_have_keys_of_their_own(self) -> None:
        keys = [bid.key for _, bid in rising_bids(LOTS, 10)]

        assert len(set(keys)) == len(keys)
