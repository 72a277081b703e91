"""What the auctions' rules and routes need from outside.

Every method that leaves the process may raise `StoreUnavailable`; every one that changes
something may instead raise `OutcomeUnknown`: it may have happened, the same idempotency key tells.
"""

from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass
from typing import Protocol

from martelo.auctions.domain.answers import Announced, Bought, Done, Ended, Opened, Placed
from martelo.auctions.domain.auction import Auction, Person, Texts
from martelo.auctions.domain.bidding import Bid
from martelo.auctions.domain.creating import Draft
from martelo.auctions.domain.entries import Entry
from martelo.auctions.public_entries import PublicBid, PublicEntry
from martelo.kernel.ids import AccountId, AuctionId
from martelo.kernel.refusal import Refusal


class StoreUnavailable(Exception):  # noqa: N818 - a state, named as the design names it
    """The store did not answer, and nothing was asked of it that could have changed it."""


class OutcomeUnknown(Exception):  # noqa: N818 - the same
    """A change was sent and its answer lost: it may have happened."""


@dataclass(frozen=True, slots=True)
class Reading:
    """One consistent look at an auction, and the store's clock at that moment."""

    auction: Auction
    now_ms: int
    viewers: int
    bids: Sequence[PublicBid]
    """The newest accepted bids, newest first."""
    reader_number: int | None = None
    """The bidder number of the account that reads, where it has one."""


@dataclass(frozen=True, slots=True)
class Cursor:
    """Where a list ordered by end goes on: after this end and id."""

    ends_at_ms: int
    auction_id: AuctionId


class AuctionStore(Protocol):
    """The live store: decides every change atomically by its own clock."""

    def now_ms(self) -> int:
        """Return the store's clock in Unix milliseconds."""

    def create(
        self, auction_id: AuctionId, seller: Person, draft: Draft, *, fingerprint: str = ""
    ) -> Opened | Refusal:
        """Create an auction; with a fingerprint, the same request again meets its own auction."""

    def place_bid(self, auction_id: AuctionId, bid: Bid) -> Placed | Refusal:
        """Place a bid."""

    def buy_now(
        self, auction_id: AuctionId, buyer: Person, *, key: str | None = None
    ) -> Bought | Refusal:
        """Buy at the buy-now price."""

    def cancel(
        self,
        auction_id: AuctionId,
        by: Person,
        *,
        reason: str,
        is_admin: bool,
        key: str | None = None,
    ) -> Done | Refusal:
        """Cancel an auction."""

    def edit(self, auction_id: AuctionId, by: Person, texts: Texts, *, seq: int) -> Done | Refusal:
        """Replace texts and pictures of the auction as it stands at `seq`.

        Raises:
            StaleEdit: The auction has moved on; read it and try again.
        """

    def close(self, auction_ids: Sequence[AuctionId]) -> list[Ended | None]:
        """Close those auctions of one partition whose time is over; at most 100 a call."""

    def announce(self, auction_ids: Sequence[AuctionId]) -> list[Announced | None]:
        """Announce those ends of one partition that are near; at most 100 a call."""

    def due_to_close(self, partition: int, limit: int) -> list[AuctionId]:
        """Return auctions of a partition whose end has come, by the store's clock."""

    def due_to_announce(self, partition: int, limit: int) -> list[AuctionId]:
        """Return auctions of a partition with a due announcement, by the store's clock."""

    def next_due_ms(self) -> int | None:
        """Return how many ms remain until the next closing or announcement; `None` if none."""

    def read(
        self, auction_id: AuctionId, *, reader: AccountId | None = None, bids: int = 50
    ) -> Reading | None:
        """Return an auction and its newest bids; `None` where it is not (or no longer) live."""

    def read_many(self, auction_ids: Sequence[AuctionId]) -> dict[AuctionId, Reading]:
        """Return those that are live, without bids, in one round."""

    def open_by_end(self, after: Cursor | None, limit: int) -> tuple[list[Reading], Cursor | None]:
        """Return active auctions by end and id, and where to go on; `None` at the list's end."""

    def entries(self, auction_id: AuctionId, after: tuple[int, int], limit: int) -> list[Entry]:
        """Return ledger entries after `(seq, sub)`, in order; for replay and archive only."""

    def public_entries(
        self, auction_id: AuctionId, after_seq: int, limit: int
    ) -> list[PublicEntry]:
        """Return public entries after `after_seq`, in order."""

    def public_bids(
        self, auction_id: AuctionId, before_seq: int | None, limit: int
    ) -> list[PublicBid]:
        """Return bids before `before_seq` (`None`: the newest), newest first."""

    def forget(self, auction_ids: Sequence[AuctionId]) -> None:
        """Remove ended auctions that the record holds."""


class StaleEdit(Exception):  # noqa: N818 - not a fault of the caller
    """An edit was based on an older state of the auction."""


class Feed(Protocol):
    """The live store as the feed to viewers reads it; asynchronous."""

    async def epoch(self, auction_id: AuctionId) -> str:
        """Return what changes whenever history may differ: the primary's replication id."""

    async def read(self, auction_id: AuctionId) -> Reading | None:
        """Return an auction and its newest 50 bids."""

    async def public_entries(
        self, auction_id: AuctionId, after_seq: int, limit: int
    ) -> list[PublicEntry]:
        """Return public entries after `after_seq`, in order."""

    async def latest_seqs(self, auction_ids: Sequence[AuctionId]) -> dict[AuctionId, int]:
        """Return the last public `seq` of each that is live, in one round."""

    async def subscribe(self, auction_id: AuctionId) -> None:
        """Receive the auction's messages from now on; returns when the store has confirmed."""

    async def unsubscribe(self, auction_id: AuctionId) -> None:
        """Receive the auction's messages no more."""

    def messages(self) -> AsyncIterator[tuple[AuctionId, PublicEntry]]:
        """Yield what is published on the subscribed auctions.

        Raises:
            StoreUnavailable: The connection broke; subscriptions are gone.
        """

    async def count_viewers(self, auction_id: AuctionId, here: int) -> int:
        """Say how many watch in this process; return how many watch in all."""
