"""Bids on the live store for asynchronous processes."""

from martelo.auctions.adapters import valkey_calls as calls
from martelo.auctions.adapters.valkey_async import AsyncConnection
from martelo.auctions.domain.answers import Placed
from martelo.auctions.domain.bidding import Bid
from martelo.kernel.ids import AuctionId
from martelo.kernel.refusal import Refusal


class ValkeyBids:
    """Places bids by the same calls as `ValkeyStore`."""

    def __init__(self, connection: AsyncConnection) -> None:
        self._connection = connection

    async def place_bid(self, auction_id: AuctionId, bid: Bid) -> Placed | Refusal:
        """Place a bid.

        Raises:
            StoreUnavailable: Nothing happened.
            OutcomeUnknown: It may have happened.
        """
        return calls.placed(await self._connection.decide(calls.place_bid_call(auction_id, bid)))
