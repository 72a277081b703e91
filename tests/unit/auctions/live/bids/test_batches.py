import asyncio
from collections.abc import Sequence

from prometheus_client import CollectorRegistry

from fakes.house import BRUNO, LOT, until
from martelo.auctions.domain.answers import Placed
from martelo.auctions.domain.bidding import Bid
from martelo.auctions.domain.entries import BidOutcome
from martelo.auctions.domain.refusals import BidTooLow
from martelo.auctions.live.bids.batches import Batches, Outcome
from martelo.auctions.live.metrics import BidMetrics
from martelo.auctions.ports.failures import OutcomeUnknown
from martelo.kernel.ids import AuctionId
from martelo.kernel.refusal import Refusal

OTHER = AuctionId("08-0123456789abc")


class HeldBids:
    """A store that answers when it is let go; amounts below 100 are too low."""

    max_bids = 4

    def __init__(self) -> None:
        self.calls: list[tuple[AuctionId, list[int | None]]] = []
        self.failure: Exception | None = None
        self.let_go = asyncio.Event()

    async def place_many(
        self, auction_id: AuctionId, bids: Sequence[Bid]
    ) -> Sequence[Placed | Refusal]:
        self.calls.append((auction_id, [bid.amount_cents for bid in bids]))
        await self.let_go.wait()
        if self.failure is not None:
            raise self.failure
        return [decided(bid.amount_cents or 0) for bid in bids]


def decided(cents: int) -> Placed | Refusal:
    if cents < 100:
        return BidTooLow(100, None)
    return Placed(BidOutcome.LEADING, cents, 0, cents, cents + 1, 1, 0, 0, 1)


class Bidder:
    def __init__(self, bids: HeldBids, registry: CollectorRegistry) -> None:
        self.outcomes: list[Outcome] = []
        self._batches = Batches(bids, BidMetrics(registry))

    def bid(self, *amounts: int, lot: AuctionId = LOT) -> None:
        for cents in amounts:
            self._batches.place(lot, Bid(BRUNO, amount_cents=cents), self.outcomes.append)


class TestPlace:
    async def test_sends_together_what_comes_together(self) -> None:
        bids, registry = HeldBids(), CollectorRegistry()
        bidder = Bidder(bids, registry)

        bidder.bid(100, 101, 1)
        bids.let_go.set()
        await until(lambda: len(bidder.outcomes) == 3)

        assert bids.calls == [(LOT, [100, 101, 1])]
        assert bidder.outcomes == [decided(100), decided(101), decided(1)]
        count = registry.get_sample_value
        assert count("martelo_live_bids_total", {"outcome": "leading"}) == 2
        assert count("martelo_live_bids_total", {"outcome": "bid-too-low"}) == 1
        assert count("martelo_live_bids_in_a_call_count") == 1

    async def test_keeps_what_comes_meanwhile_for_the_next_calls_in_order(self) -> None:
        bids = HeldBids()
        bidder = Bidder(bids, CollectorRegistry())

        bidder.bid(100)
        await until(lambda: bids.calls)
        bidder.bid(*range(101, 107))
        bids.let_go.set()
        await until(lambda: len(bidder.outcomes) == 7)
        bidder.bid(107)
        await until(lambda: len(bidder.outcomes) == 8)

        assert [amounts for _, amounts in bids.calls] == [
            [100],
            [101, 102, 103, 104],
            [105, 106],
            [107],
        ]
        assert bidder.outcomes == [decided(cents) for cents in range(100, 108)]

    async def test_lets_no_auction_wait_for_another(self) -> None:
        bids = HeldBids()
        bidder = Bidder(bids, CollectorRegistry())

        bidder.bid(100)
        bidder.bid(200, lot=OTHER)
        await until(lambda: len(bids.calls) == 2)
        bids.let_go.set()
        await until(lambda: len(bidder.outcomes) == 2)

        assert bids.calls == [(LOT, [100]), (OTHER, [200])]

    async def test_tells_every_bid_of_a_call_that_failed(self) -> None:
        bids = HeldBids()
        bidder = Bidder(bids, CollectorRegistry())
        bids.failure = OutcomeUnknown("lost")

        bidder.bid(100, 101)
        bids.let_go.set()
        await until(lambda: len(bidder.outcomes) == 2)
        bids.failure = None
        bidder.bid(102)
        await until(lambda: len(bidder.outcomes) == 3)

        assert [type(outcome) for outcome in bidder.outcomes[:2]] == [OutcomeUnknown] * 2
        assert bidder.outcomes[2] == decided(102)
