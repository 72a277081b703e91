"""Refusals of auctions (auction rules, section 13); `wire/problems.toml` has their texts."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import ClassVar

from martelo.auctions.domain.auction import Status
from martelo.kernel.refusal import InvalidInput, Refusal


@dataclass(eq=True)
class InvalidAmount(InvalidInput):
    """An amount that is invalid, or both `amount` and `max_amount` missing."""

    slug: ClassVar[str] = "invalid-amount"


@dataclass(eq=True)
class InvalidAuction(InvalidInput):
    """A draft out of bounds; has an error for each field."""

    slug: ClassVar[str] = "invalid-auction"


@dataclass(eq=True)
class InvalidReason(InvalidInput):
    """A reason for cancelling, extending or voiding that is not 1 to 500 characters."""

    slug: ClassVar[str] = "invalid-reason"


@dataclass(eq=True)
class AuctionNotFound(Refusal):
    """Unknown auction; unknown and malformed ids get the same answer."""

    slug: ClassVar[str] = "auction-not-found"


@dataclass(eq=True)
class AuctionEnded(Refusal):
    """Over by time, sold, unsold or cancelled, even before its start."""

    slug: ClassVar[str] = "auction-ended"
    auction_status: Status
    ends_at_ms: int


@dataclass(eq=True)
class AuctionNotOpen(Refusal):
    """Bidding has not started."""

    slug: ClassVar[str] = "auction-not-open"
    starts_at_ms: int
    auction_status: str = "scheduled"


@dataclass(eq=True)
class SellerCannotBid(Refusal):
    """A seller cannot bid on or buy their own lot."""

    slug: ClassVar[str] = "seller-cannot-bid"


@dataclass(eq=True)
class BidderExcluded(Refusal):
    """An administrator voided the account's bids in this auction; it cannot bid there again."""

    slug: ClassVar[str] = "bidder-excluded"


@dataclass(eq=True)
class NoBidsToVoid(Refusal):
    """No bidder of the auction has this number, or the bids were voided before."""

    slug: ClassVar[str] = "no-bids-to-void"


@dataclass(eq=True)
class OutageNotFound(Refusal):
    """There was no such outage, or an administrator has decided on it."""

    slug: ClassVar[str] = "outage-not-found"


@dataclass(eq=True)
class TooManyOpenLots(Refusal):
    """The seller has `max` open auctions, and an account may have no more."""

    slug: ClassVar[str] = "too-many-open-lots"
    max: int


@dataclass(eq=True)
class TooManyEntries(Refusal):
    """The ledger is too long to be played again while the store decides nothing else."""

    slug: ClassVar[str] = "too-many-entries"


@dataclass(eq=True)
class NotTheSeller(Refusal):
    """Only the seller may do this."""

    slug: ClassVar[str] = "not-the-seller"


@dataclass(eq=True)
class BidTooLow(Refusal):
    """Below the minimum bid."""

    slug: ClassVar[str] = "bid-too-low"
    minimum_bid_cents: int
    current_price_cents: int | None


@dataclass(eq=True)
class AmountNeedsConfirmation(Refusal):
    """Far above the minimum bid: perhaps a slip; the bidder has to confirm the amount."""

    slug: ClassVar[str] = "amount-needs-confirmation"
    amount_cents: int
    minimum_bid_cents: int


@dataclass(eq=True)
class CeilingTooLow(Refusal):
    """A ceiling below the amount sent with it, or not above the current one."""

    slug: ClassVar[str] = "ceiling-too-low"
    least_ceiling_cents: int


@dataclass(eq=True)
class BuyNowUnavailable(Refusal):
    """There is no buy-now price, or a bid has removed it."""

    slug: ClassVar[str] = "buy-now-unavailable"


@dataclass(eq=True)
class CancelNotAllowed(Refusal):
    """The seller cannot cancel once there are bids."""

    slug: ClassVar[str] = "cancel-not-allowed"


@dataclass(eq=True)
class EditNotAllowed(Refusal):
    """Texts and pictures are fixed once there are bids."""

    slug: ClassVar[str] = "edit-not-allowed"


@dataclass(eq=True)
class IdempotencyKeyReused(Refusal):
    """The key was used with another request."""

    slug: ClassVar[str] = "idempotency-key-reused"


@dataclass(eq=True)
class OpenObligations(Refusal):
    """The account cannot be closed: it sells an open auction, or leads in one."""

    slug: ClassVar[str] = "open-obligations"
    items: Sequence[Mapping[str, str]]


@dataclass(eq=True)
class BidderSuspended(Refusal):
    """Three won lots were left unpaid; bidding is closed to the account until then."""

    slug: ClassVar[str] = "bidder-suspended"
    until_ms: int


@dataclass(eq=True)
class BuyNowUnpaid(Refusal):
    """One open unpaid purchase blocks another."""

    slug: ClassVar[str] = "buy-now-unpaid"
