"""Every "no" an auction can say (auction rules, section 13); amounts in centavos."""

from dataclasses import dataclass
from typing import ClassVar

from martelo.auctions.domain.auction import Status
from martelo.kernel.refusal import InvalidInput, Refusal


@dataclass(eq=True)
class InvalidAmount(InvalidInput):
    """An amount that is none, or neither `amount` nor `max_amount` given."""

    slug: ClassVar[str] = "invalid-amount"


@dataclass(eq=True)
class InvalidAuction(InvalidInput):
    """A draft out of bounds; names every field."""

    slug: ClassVar[str] = "invalid-auction"


@dataclass(eq=True)
class InvalidReason(InvalidInput):
    """A reason for cancelling that is not 1 to 500 characters."""

    slug: ClassVar[str] = "invalid-reason"


@dataclass(eq=True)
class AuctionNotFound(Refusal):
    """No such auction; unknown and malformed ids alike."""

    slug: ClassVar[str] = "auction-not-found"


@dataclass(eq=True)
class AuctionEnded(Refusal):
    """Over by time, sold, unsold or cancelled, even before its start."""

    slug: ClassVar[str] = "auction-ended"
    status: Status
    ends_at_ms: int


@dataclass(eq=True)
class AuctionNotOpen(Refusal):
    """Bidding has yet to begin."""

    slug: ClassVar[str] = "auction-not-open"
    starts_at_ms: int


@dataclass(eq=True)
class SellerCannotBid(Refusal):
    """One's own lot can be neither bid on nor bought."""

    slug: ClassVar[str] = "seller-cannot-bid"


@dataclass(eq=True)
class NotTheSeller(Refusal):
    """Only the seller may do this."""

    slug: ClassVar[str] = "not-the-seller"


@dataclass(eq=True)
class BidTooLow(Refusal):
    """Below the least acceptable amount."""

    slug: ClassVar[str] = "bid-too-low"
    minimum_bid_cents: int
    current_price_cents: int | None


@dataclass(eq=True)
class CeilingTooLow(Refusal):
    """A ceiling below the amount beside it, or not above one's own."""

    slug: ClassVar[str] = "ceiling-too-low"
    least_ceiling_cents: int


@dataclass(eq=True)
class BuyNowUnavailable(Refusal):
    """No buy-now price was set, or a bid has taken it away."""

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
class BidderSuspended(Refusal):
    """Three won lots were left unpaid; bidding is closed to the account until then."""

    slug: ClassVar[str] = "bidder-suspended"
    until_ms: int


@dataclass(eq=True)
class BuyNowUnpaid(Refusal):
    """One open unpaid purchase blocks another."""

    slug: ClassVar[str] = "buy-now-unpaid"
