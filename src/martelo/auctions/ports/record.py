"""The record of archived auctions, for reading."""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Protocol

from martelo.auctions.domain.entries import Entry
from martelo.auctions.domain.masking import Names
from martelo.auctions.ports.readings import After, Participation, Reading
from martelo.auctions.public_entries import PublicBid, PublicEntry
from martelo.kernel.ids import AccountId, AuctionId


class Listed(StrEnum):
    """Which auctions a list shows; `open` ones take bids now."""

    OPEN = "open"
    SCHEDULED = "scheduled"
    SOLD = "sold"
    UNSOLD = "unsold"
    CANCELLED = "cancelled"
    ALL = "all"


class Order(StrEnum):
    """How a list is ordered, as clients name it; equals are ordered by their ids.

    The price is what the next bidder sees: the current price, else the starting price.
    """

    ENDS_AT = "ends_at"
    NEWEST = "-created_at"
    BID_COUNT = "-bid_count"
    CHEAPEST = "current_price"
    DEAREST = "-current_price"


@dataclass(frozen=True, slots=True)
class AuctionQuery:
    """What a list is to show; absent is `None`, bounds are included, `ends_before_ms` is not."""

    listed: Listed = Listed.OPEN
    order: Order = Order.ENDS_AT
    text: str | None = None
    category: str | None = None
    seller_id: AccountId | None = None
    price_min_cents: int | None = None
    price_max_cents: int | None = None
    ends_before_ms: int | None = None


class Record(Protocol):
    """The archived auctions, at most a second behind the live ones; for reading.

    `now_ms` is the live store's clock. Every method may raise `RecordUnavailable`.
    """

    def read(
        self, auction_id: AuctionId, now_ms: int, *, reader: AccountId | None = None, bids: int = 50
    ) -> Reading | None:
        """Return an auction and its newest bids; `None` where there is none."""

    def public_entries(
        self, auction_id: AuctionId, after_seq: int, limit: int
    ) -> list[PublicEntry]:
        """Return public entries after `after_seq`, in order."""

    def public_bids(
        self, auction_id: AuctionId, before_seq: int | None, limit: int
    ) -> list[PublicBid]:
        """Return bids before `before_seq` (`None`: the newest), newest first."""

    def names(self, auction_id: AuctionId, numbers: Sequence[int]) -> Names:
        """Return the names of those of `numbers` that have one."""

    def entries(self, auction_id: AuctionId, after: tuple[int, int], limit: int) -> list[Entry]:
        """Return ledger entries after `(seq, sub)`, in order; for replay only."""

    def search(
        self, query: AuctionQuery, now_ms: int, after: After | None, limit: int
    ) -> tuple[list[Reading], After | None]:
        """Return a page of auctions without bids, and where the next one begins, if any."""

    def bids_of(
        self, account_id: AccountId, now_ms: int, after: After | None, limit: int
    ) -> tuple[list[Participation], After | None]:
        """Return the auctions in which an account has bid, its latest bid first."""

    def auctions_of(
        self, account_id: AccountId, now_ms: int, after: After | None, limit: int
    ) -> tuple[list[Reading], After | None]:
        """Return what an account sells or sold, the newest first."""

    def count_open(self, seller_id: AccountId) -> int:
        """Return how many auctions of an account are open or scheduled."""

    def ended_since(
        self, since_ms: int, after: After | None, limit: int
    ) -> tuple[list[Reading], After | None]:
        """Return what ended since then, the earliest first, and where the next page begins."""
