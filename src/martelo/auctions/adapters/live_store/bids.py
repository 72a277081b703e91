"""Bids on the live store for asynchronous processes."""

from collections.abc import Sequence

from martelo.auctions.adapters.live_store import calls
from martelo.auctions.adapters.live_store.async_connection import AsyncConnection
from martelo.auctions.domain.answers import Placed
from martelo.auctions.domain.bidding import Bid
from martelo.kernel.ids import AuctionId
from martelo.kernel.refusal import Refusal


class ValkeyBids:
    """Places bids by the rule of `ValkeyStore`, many on one auction in one call."""

    max_bids = calls.MAX_BIDS

    def __init__(self, connection: AsyncConnection, *, confirmation_factor: int = 0) -> None:
        self._connection = connection
        self._confirmation_factor = confirmation_factor

    async def place_many(
        self, auction_id: AuctionId, bids: Sequence[Bid]
    ) -> list[Placed | Refusal]:
        """Place at most `max_bids` bids one after another; return the answer to each, in order.

        Raises:
            StoreUnavailable: Nothing happened.
            OutcomeUnknown: It may have happened.
        """
        factor = self._confirmation_factor
        call = calls.place_many_call(auction_id, bids, confirmation_factor=factor)
        return calls.placed_many(await self._connection.decide(call))
