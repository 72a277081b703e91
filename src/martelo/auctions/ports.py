"""What the auctions' rules and routes need from outside.

Every method that leaves the process may raise `StoreUnavailable`; every one that changes
something may instead raise `OutcomeUnknown`: it may have happened, the same idempotency key tells.
"""

from collections.abc import AsyncIterator, Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Protocol

from martelo.auctions.domain.answers import Announced, Bought, Done, Ended, Opened, Placed
from martelo.auctions.domain.auction import Auction, Person, Texts
from martelo.auctions.domain.bidding import Bid
from martelo.auctions.domain.creating import Draft
from martelo.auctions.domain.entries import Entry, Raised
from martelo.auctions.domain.standing import Standing
from martelo.auctions.public_entries import PublicBid, PublicEntry
from martelo.kernel.ids import AccountId, AuctionId
from martelo.kernel.refusal import Refusal


class StoreUnavailable(Exception):  # noqa: N818 - a state, named as the design names it
    """The store did not answer, and nothing was asked of it that could have changed it."""


class OutcomeUnknown(Exception):  # noqa: N818 - the same
    """A change was sent and its answer lost: it may have happened."""


Failure = OutcomeUnknown | StoreUnavailable


class ImagesUnavailable(Exception):  # noqa: N818 - the same
    """Whose the pictures are cannot be told now."""


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
class Upcoming:
    """The partitions where something is due, and how many ms remain until the next anywhere.

    `next_ms` is not above 0 where something is due, and `None` where nothing is to come.
    """

    to_close: Sequence[int]
    to_announce: Sequence[int]
    next_ms: int | None


@dataclass(frozen=True, slots=True)
class Cursor:
    """Where a list ordered by end goes on: after this end and id."""

    ends_at_ms: int
    auction_id: AuctionId


class Pictures(Protocol):
    """The pictures that people uploaded, which another context keeps."""

    def owners_of(self, image_ids: Sequence[str]) -> Mapping[str, AccountId]:
        """Return whose each picture is; absent where there is no such picture.

        Raises:
            ImagesUnavailable: It cannot be told now.
        """


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

    def close_due(
        self, partitions: Sequence[int], limit: int
    ) -> dict[int, list[Ended | None] | Failure]:
        """Close what is due in each partition, up to `limit` (at most 100).

        Return what came of each closing (`None`: another was faster), or why a partition's are
        not known; the others are done all the same.
        """

    def announce_due(
        self, partitions: Sequence[int], limit: int
    ) -> dict[int, list[Announced | None] | Failure]:
        """Announce what is due in each partition, as `close_due` closes it."""

    def upcoming(self) -> Upcoming:
        """Return where something is due, and how long until the next is."""

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


class Standings(Protocol):
    """Who may not bid for what they left unpaid; read by every transport that takes bids."""

    def of(self, account_id: AccountId) -> Standing:
        """Return an account's standing, at most 5 seconds old."""


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


class RecordUnavailable(Exception):  # noqa: N818 - a state, named as the design names it
    """The record did not answer; whatever was asked of it may be asked again."""


class Listed(StrEnum):
    """Which auctions a list shows; `open` ones take bids now."""

    OPEN = "open"
    SCHEDULED = "scheduled"
    SOLD = "sold"
    UNSOLD = "unsold"
    CANCELLED = "cancelled"
    ALL = "all"


class Order(StrEnum):
    """How a list is ordered, as clients name it; equals stand in the order of their ids.

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


@dataclass(frozen=True, slots=True)
class After:
    """Where a list of the record goes on: after this value of what orders it, and this id."""

    value: int
    auction_id: AuctionId


@dataclass(frozen=True, slots=True)
class Participation:
    """An auction in which an account has bid, and what it named there at most."""

    reading: Reading
    number: int
    best_cents: int
    last_at_ms: int


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

    def ended_since(
        self, since_ms: int, after: After | None, limit: int
    ) -> tuple[list[Auction], After | None]:
        """Return what ended since then, the earliest first, and where the next page begins."""


@dataclass(frozen=True, slots=True)
class LedgerLine:
    """A ledger entry, and the JSON by which it is archived.

    `public_json` is what was published (`None` of a raise), `private_json` the array of what
    is kept beside it.
    """

    entry: Entry
    public_json: str | None
    private_json: str

    @property
    def position(self) -> tuple[int, int]:
        """`seq` and `sub`, which order a ledger."""
        return self.entry.seq, self.entry.sub if isinstance(self.entry, Raised) else 0


@dataclass(frozen=True, slots=True)
class ArchivedUpTo:
    """The last archived entry of an auction; `at_ms` tells it from another with its number."""

    seq: int
    sub: int
    at_ms: int


class LedgerGap(Exception):  # noqa: N818 - says what is found
    """The lines to archive do not follow what is archived."""


class Archive(Protocol):
    """The record as the worker writes it. Every method may raise `RecordUnavailable`."""

    def positions(self, auction_ids: Sequence[AuctionId]) -> dict[AuctionId, ArchivedUpTo]:
        """Return how far each ledger is archived; absent where it is not at all."""

    def archive(self, ledgers: Mapping[AuctionId, Sequence[LedgerLine]]) -> None:
        """Append lines to their ledgers and bring the states up to them, all or nothing.

        Lines that are archived already change nothing.

        Raises:
            LedgerGap: Some do not follow what is archived.
        """

    def discard(self, auction_id: AuctionId) -> None:
        """Set aside what is archived of an auction, since the live ledger says otherwise."""

    def park(self, auction_id: AuctionId, reason: str) -> None:
        """Remember a ledger that cannot be archived for its content."""

    def parked(self) -> list[AuctionId]:
        """Return the parked ledgers; archiving one takes it off."""

    def finished_positions(self) -> dict[int, str]:
        """Return how far the finished stream of each partition was worked off."""

    def save_finished_positions(self, positions: Mapping[int, str]) -> None:
        """Save that streams of ends are worked off so far."""

    def overdue(self, before_ms: int, limit: int) -> list[AuctionId]:
        """Return auctions still open here whose end was before `before_ms`."""

    def to_forget(self, before_ms: int, limit: int) -> list[AuctionId]:
        """Return auctions wholly archived, ended before `before_ms` and not yet forgotten."""

    def forgotten(self, auction_ids: Sequence[AuctionId]) -> None:
        """Note that the live store no longer holds these auctions."""


class FinishedStreams(Protocol):
    """The streams of ends as their owner keeps them. Every method may raise `StoreUnavailable`."""

    def oldest(self) -> dict[int, str]:
        """Return where each partition's stream begins; absent where it holds nothing."""

    def needed(self, partition: int) -> list[str]:
        """Return, for each consumer group of a stream, the first entry that it may still need."""

    def trim(self, partition: int, before: str) -> int:
        """Remove what stands before a position; return how many entries that were."""


class LedgerSource(Protocol):
    """The live store as the archive reads it. Every method may raise `StoreUnavailable`."""

    def lines(
        self, positions: Mapping[AuctionId, tuple[int, int]], limit: int
    ) -> dict[AuctionId, list[LedgerLine]]:
        """Return up to `limit` lines of each ledger from `(seq, sub)` on, that one included."""

    def last_positions(self, auction_ids: Sequence[AuctionId]) -> dict[AuctionId, tuple[int, int]]:
        """Return where each ledger ends; absent where there is none."""

    def open_auctions(self, partition: int, cursor: int, limit: int) -> tuple[list[AuctionId], int]:
        """Return some auctions of a partition's index and where to go on; 0 begins and ends."""

    def finished_after(
        self, positions: Mapping[int, str], limit: int
    ) -> dict[int, list[tuple[str, AuctionId]]]:
        """Return, by partition, ends after a stream position, with the position of each."""

    def overdue_ms(self) -> int:
        """Return for how long the oldest due auction has been waiting for its closing."""

    def changes(self, timeout_s: float) -> Iterator[AuctionId | None]:
        """Yield auctions as something public happens to them, and `None` after each silence.

        It is a hint: what happens while nobody listens is not told.
        """
