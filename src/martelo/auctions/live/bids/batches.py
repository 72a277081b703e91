"""Bids on their way to the store: those on one auction go together, one call at a time.

While a call is under way what comes for the same auction waits, and goes with the next one: so a
quiet auction answers at once, a hot one in large calls, and bids are decided in the order in
which they came.
"""

import asyncio
from collections.abc import Callable, Sequence
from typing import Protocol

from martelo.auctions.domain.answers import Placed
from martelo.auctions.domain.bidding import Bid
from martelo.auctions.live.metrics import BidMetrics
from martelo.kernel.ids import AuctionId
from martelo.kernel.refusal import Refusal

Outcome = Placed | Exception
"""The outcome of a bid: accepted, refused, or a failure, as a value."""

OnOutcome = Callable[[Outcome], None]


class Bids(Protocol):
    """The live store as far as a socket changes it; asynchronous."""

    @property
    def max_bids(self) -> int:
        """How many bids one call may hold."""

    async def place_many(
        self, auction_id: AuctionId, bids: Sequence[Bid]
    ) -> Sequence[Placed | Refusal]:
        """Place bids one after another; return the answer to each, in order.

        Raises:
            StoreUnavailable: Nothing happened.
            OutcomeUnknown: It may have happened, to each of them.
        """


class Batches:
    """Places bids, and reports the outcome of each."""

    def __init__(self, bids: Bids, metrics: BidMetrics) -> None:
        self._bids = bids
        self._metrics = metrics
        self._waiting: dict[AuctionId, list[tuple[Bid, OnOutcome]]] = {}
        self._sending: set[asyncio.Task[None]] = set()

    def place(self, auction_id: AuctionId, bid: Bid, on_outcome: OnOutcome) -> None:
        """Place `bid`; `on_outcome` is called once, later, and must not raise."""
        waiting = self._waiting.get(auction_id)
        if waiting is not None:
            waiting.append((bid, on_outcome))
            return
        self._waiting[auction_id] = [(bid, on_outcome)]
        # It begins when the loop turns: what came with this bid goes with it.
        task = asyncio.create_task(self._send(auction_id))
        self._sending.add(task)
        task.add_done_callback(self._sending.discard)

    async def _send(self, auction_id: AuctionId) -> None:
        while waiting := self._waiting[auction_id]:
            now, self._waiting[auction_id] = (
                waiting[: self._bids.max_bids],
                waiting[self._bids.max_bids :],
            )
            outcomes = await self._place(auction_id, [bid for bid, _ in now])
            # In the next turn of the loop: the store is at work on the next call meanwhile.
            asyncio.get_running_loop().call_soon(self._report, now, outcomes)
        del self._waiting[auction_id]

    def _report(self, bids: Sequence[tuple[Bid, OnOutcome]], outcomes: Sequence[Outcome]) -> None:
        self._metrics.count(outcomes)
        for (_, on_outcome), outcome in zip(bids, outcomes, strict=True):
            on_outcome(outcome)

    async def _place(self, auction_id: AuctionId, bids: list[Bid]) -> Sequence[Outcome]:
        try:
            return await self._bids.place_many(auction_id, bids)
        except Exception as error:  # noqa: BLE001 - the edge: whoever answers knows it or logs it
            return [error] * len(bids)
