"""What the live store and the record answer when auctions are read."""

from collections.abc import Container, Mapping, Sequence
from dataclasses import dataclass, field, replace

from martelo.auctions.domain.auction import Auction
from martelo.auctions.domain.masking import SELLER_NUMBER, Names
from martelo.auctions.ports.failures import StoreUnavailable
from martelo.auctions.public_entries import PublicBid
from martelo.kernel.ids import AuctionId


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
    names: Names = field(default_factory=dict)
    """Of the seller, the leader, and those who made `bids`."""


def shown_numbers(auction: Auction) -> tuple[int, ...]:
    """Return whom an auction without bids shows, as numbers of `Names`."""
    return (SELLER_NUMBER,) if auction.lead is None else (SELLER_NUMBER, auction.lead.number)


@dataclass(frozen=True, slots=True)
class ServerState:
    """What a server of the store says of itself; `max_bytes` is 0 where it has no bound."""

    used_bytes: int
    max_bytes: int
    replicas: int
    is_log_written: bool
    """Whether the last write of its append-only file succeeded; `False` without such a file."""

    @property
    def used_ratio(self) -> float:
        """The used share of its memory."""
        return self.used_bytes / self.max_bytes if self.max_bytes else 0.0


@dataclass(frozen=True, slots=True)
class Cursor:
    """Where a list ordered by end goes on: after this end and id."""

    ends_at_ms: int
    auction_id: AuctionId


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


@dataclass(frozen=True, slots=True)
class Upcoming:
    """The partitions where something is due, and how many ms remain until the next anywhere.

    `next_ms` is not above 0 where something is due, and `None` where nothing is to come.
    `clocks_ms` are the clocks of the partitions' servers; partitions whose server does not answer
    are absent, and `failure` says why.
    """

    to_close: Sequence[int]
    to_announce: Sequence[int]
    next_ms: int | None
    clocks_ms: Mapping[int, int] = field(default_factory=dict)
    failure: StoreUnavailable | None = None

    def without(self, partitions: Container[int]) -> "Upcoming":
        """Return what is due elsewhere."""
        return replace(
            self,
            to_close=[each for each in self.to_close if each not in partitions],
            to_announce=[each for each in self.to_announce if each not in partitions],
        )
