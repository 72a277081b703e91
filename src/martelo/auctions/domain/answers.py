"""The answers of decisions; `replayed` marks a stored one (auction rules, section 11)."""

from dataclasses import dataclass

from martelo.auctions.domain.auction import Status
from martelo.auctions.domain.entries import BidOutcome, Created


@dataclass(frozen=True, slots=True)
class Placed:
    """An accepted bid; after a secret raise `sub` is above 0 and the price unchanged."""

    outcome: BidOutcome
    seq: int
    sub: int
    price_cents: int
    minimum_cents: int
    bid_count: int
    ends_at_ms: int
    at_ms: int
    number: int
    replayed: bool = False


@dataclass(frozen=True, slots=True)
class Bought:
    """A purchase at the buy-now price."""

    seq: int
    price_cents: int
    at_ms: int
    replayed: bool = False


@dataclass(frozen=True, slots=True)
class Opened:
    """A created auction, as its first entry says it."""

    entry: Created
    replayed: bool = False


@dataclass(frozen=True, slots=True)
class Done:
    """A change without an answer of its own: an edit, an extension or a cancellation."""

    seq: int
    at_ms: int
    replayed: bool = False


@dataclass(frozen=True, slots=True)
class Ended:
    """One closing done by this call."""

    status: Status
    seq: int
    at_ms: int


@dataclass(frozen=True, slots=True)
class Announced:
    """One announcement made by this call."""

    seq: int
    at_ms: int
    minutes: int
