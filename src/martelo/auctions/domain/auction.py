"""An auction's state, as every decision reads it (auction rules, sections 2 and 3)."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from martelo.auctions.domain.increments import Bands, step_at
from martelo.kernel.ids import AccountId, AuctionId


class Status(StrEnum):
    """What is stored; `scheduled` is only shown. The last three are final."""

    OPEN = "open"
    SOLD = "sold"
    UNSOLD = "unsold"
    CANCELLED = "cancelled"


class SoldBy(StrEnum):
    """How a sale was made."""

    BID = "bid"
    BUY_NOW = "buy_now"


class Canceller(StrEnum):
    """By whose will an auction ended."""

    SELLER = "seller"
    ADMIN = "admin"
    """An administrator who is not its seller."""


@dataclass(frozen=True, slots=True)
class Person:
    """An account as its token names it. Decisions and entries hold the id alone."""

    account_id: AccountId
    name: str


@dataclass(frozen=True, slots=True)
class Texts:
    """What the seller may change before the first bid."""

    title: str
    description: str
    category: str | None = None
    image_ids: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Terms:
    """What is fixed at the creation; instants in Unix milliseconds of the store's clock.

    Only extending moves `first_ends_at_ms`, from which the soft close's cap counts.
    """

    seller_id: AccountId
    starting_cents: int
    bands: Bands
    created_at_ms: int
    starts_at_ms: int
    first_ends_at_ms: int
    window_ms: int
    cap_ms: int
    min_increment_cents: int | None = None
    reserve_cents: int | None = None
    buy_now_cents: int | None = None
    product_id: str | None = None

    @property
    def duration_ms(self) -> int:
        """How long the auction was to last when it was created."""
        return self.first_ends_at_ms - self.starts_at_ms


@dataclass(frozen=True, slots=True)
class Lead:
    """Who leads, at which price, up to which secret ceiling."""

    account_id: AccountId
    number: int
    price_cents: int
    ceiling_cents: int
    line_seq: int
    """`seq` of the bid whose ranking line follows the price."""


@dataclass(frozen=True, slots=True)
class Ending:
    """How an auction ended."""

    closed_at_ms: int
    sold_by: SoldBy | None = None
    reason: str | None = None
    cancelled_by: Canceller | None = None
    """Only of a cancelled one, as the reason."""


@dataclass(frozen=True, slots=True)
class Auction:
    """The complete state of one auction; changed only by applying a ledger entry."""

    id: AuctionId
    texts: Texts
    terms: Terms
    status: Status
    ends_at_ms: int
    seq: int
    sub: int
    at_ms: int
    """Instant of the last entry; no later decision is taken before it."""
    pending_marks: tuple[int, ...]
    """Minutes before the end that are still to be announced, the earliest first."""
    lead: Lead | None = None
    bid_count: int = 0
    bidder_count: int = 0
    numbers: Mapping[AccountId, int] = field(default_factory=dict)
    """Bidder numbers in order of first accepted bid; a store fills in those it was asked for."""
    voided: frozenset[int] = frozenset()
    """Numbers of the bidders whose bids an administrator voided."""
    ending: Ending | None = None

    @property
    def minimum_bid_cents(self) -> int:
        """The least acceptable amount: the starting price, then the price and its step."""
        if self.lead is None:
            return self.terms.starting_cents
        return self.lead.price_cents + step_at(self.lead.price_cents, self.terms.bands)

    @property
    def reserve_met(self) -> bool | None:
        """Whether the price has reached the reserve; `None` without one."""
        if self.terms.reserve_cents is None:
            return None
        return self.lead is not None and self.lead.price_cents >= self.terms.reserve_cents

    def is_over(self, now_ms: int) -> bool:
        """Return whether no bid can be accepted any more."""
        return self.status is not Status.OPEN or now_ms >= self.ends_at_ms

    def is_scheduled(self, now_ms: int) -> bool:
        """Return whether bidding has yet to begin."""
        return self.status is Status.OPEN and now_ms < self.terms.starts_at_ms

    def is_active(self, now_ms: int) -> bool:
        """Return whether a bid would be accepted at `now_ms`."""
        return not self.is_over(now_ms) and not self.is_scheduled(now_ms)
