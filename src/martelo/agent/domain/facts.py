"""What is known of an ended auction: all that a text about it may say."""

from dataclasses import dataclass
from enum import StrEnum

from martelo.kernel.ids import AuctionId


class Status(StrEnum):
    """How an auction ended."""

    SOLD = "sold"
    UNSOLD = "unsold"
    CANCELLED = "cancelled"


class Language(StrEnum):
    """The languages the agent writes in."""

    PORTUGUESE = "pt-BR"
    ENGLISH = "en"


class Tone(StrEnum):
    """The tone of a house's texts."""

    WARM = "warm"
    PLAIN = "plain"


class Naming(StrEnum):
    """How public texts (report, post) name the winner."""

    FIRST_AND_INITIAL = "first_and_initial"  # Ana S.
    MASKED = "masked"  # A***a
    FULL = "whole"


@dataclass(frozen=True, slots=True)
class House:
    """The house's settings for its texts."""

    name: str = "Martelo"
    language: Language = Language.PORTUGUESE
    tone: Tone = Tone.WARM
    naming: Naming = Naming.FIRST_AND_INITIAL
    imprint: tuple[str, ...] = ()
    """Who runs the house, and how it is reached: lines below its e-mails."""


@dataclass(frozen=True, slots=True)
class PublicBid:
    """A bid as the public history shows it."""

    number: int
    shown: str
    amount_cents: int
    at_ms: int
    automatic: bool


@dataclass(frozen=True, slots=True)
class Facts:
    """An ended auction; people's texts in it are unchanged input, and not to be trusted.

    It contains no ceilings, e-mail addresses or account ids. The name of a closed account is empty.
    """

    auction_id: AuctionId
    status: Status
    title: str
    description: str
    seller_name: str
    starting_cents: int
    created_at_ms: int
    starts_at_ms: int
    ends_at_ms: int
    closed_at_ms: int
    bid_count: int
    bidder_count: int
    reserve_met: bool | None
    """`None` without a reserve."""
    sold_by: str | None
    """`bid` or `buy_now`."""
    final_cents: int | None
    winner_name: str | None
    winner_shown: str | None
    """The winner's public, masked name."""
    cancelled_by_seller: bool | None
    reason: str | None
    extensions: int
    """How often the end was moved by a late bid."""
    bids: tuple[PublicBid, ...]
    """All bids in order, at most the last 200."""
    house: House
