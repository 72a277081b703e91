"""The live store as the feed to viewers reads it."""

from collections.abc import AsyncIterator, Sequence
from typing import Protocol

from martelo.auctions.ports.readings import Reading
from martelo.auctions.public_entries import Published
from martelo.kernel.ids import AuctionId


class Feed(Protocol):
    """The live store as the feed to viewers reads it; asynchronous."""

    async def epoch(self, auction_id: AuctionId) -> str:
        """Return what changes whenever history may differ: the primary's replication id."""

    async def read(self, auction_id: AuctionId) -> Reading | None:
        """Return an auction and its newest 50 bids."""

    async def public_entries(
        self, auction_id: AuctionId, after_seq: int, limit: int
    ) -> list[Published]:
        """Return public entries after `after_seq`, in order, with names."""

    async def latest_seqs(self, auction_ids: Sequence[AuctionId]) -> dict[AuctionId, int]:
        """Return the last public `seq` of each that is live, in one round."""

    async def subscribe(self, auction_id: AuctionId) -> None:
        """Receive the auction's messages from now on; returns when the store has confirmed."""

    async def unsubscribe(self, auction_id: AuctionId) -> None:
        """Stop receiving the auction's messages."""

    def messages(self) -> AsyncIterator[tuple[AuctionId, Published | None]]:
        """Yield what is published on the subscribed auctions; `None` after names were erased.

        Raises:
            StoreUnavailable: The connection broke; subscriptions are gone.
        """

    async def count_viewers(self, auction_id: AuctionId, count: int) -> int:
        """Report how many watch in this process; return how many watch in all."""
