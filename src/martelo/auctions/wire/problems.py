"""The one table from refusal to problem; every transport answers from it.

Slugs, statuses and fields: auction rules, section 13; `docs/api/problems.md` lists them.
"""

from typing import Any

from martelo.auctions.domain.auction import Status
from martelo.auctions.domain.refusals import (
    AuctionEnded,
    AuctionNotFound,
    AuctionNotOpen,
    BidderSuspended,
    BidTooLow,
    BuyNowUnavailable,
    BuyNowUnpaid,
    CancelNotAllowed,
    CeilingTooLow,
    EditNotAllowed,
    IdempotencyKeyReused,
    NotTheSeller,
    SellerCannotBid,
)
from martelo.auctions.ports.failures import (
    ImagesUnavailable,
    OutcomeUnknown,
    RecordUnavailable,
    StoreUnavailable,
)
from martelo.auctions.wire.answers import optional_amount
from martelo.kernel.instants import format_instant
from martelo.kernel.money import format_amount
from martelo.kernel.refusal import Refusal
from martelo.runtime.identity import service_keys
from martelo.runtime.problems.common import Problem

STATUSES: dict[type[Refusal], int] = {
    AuctionNotFound: 404,
    AuctionEnded: 409,
    AuctionNotOpen: 409,
    BidTooLow: 409,
    CeilingTooLow: 409,
    BuyNowUnavailable: 409,
    BuyNowUnpaid: 409,
    CancelNotAllowed: 409,
    EditNotAllowed: 409,
    SellerCannotBid: 403,
    NotTheSeller: 403,
    BidderSuspended: 403,
    IdempotencyKeyReused: 422,
}

WORDS: dict[type[Refusal], tuple[str, str]] = {
    AuctionNotFound: ("No such auction", "There is no auction with this id."),
    AuctionEnded: ("The auction is over", "Bids are no longer accepted."),
    AuctionNotOpen: ("The auction has not begun", "Bids are accepted from its start."),
    BidTooLow: ("The bid is too low", "Bid at least the minimum bid."),
    CeilingTooLow: ("The ceiling is too low", "Name at least the least ceiling."),
    BuyNowUnavailable: ("Not for sale at once", "There is no buy-now price, or no longer."),
    BuyNowUnpaid: ("A purchase is unpaid", "Pay for the open purchase first."),
    CancelNotAllowed: ("There are bids", "A seller cannot cancel once somebody has bid."),
    EditNotAllowed: ("There are bids", "Texts and pictures are fixed once somebody has bid."),
    SellerCannotBid: ("Your own auction", "Nobody bids on or buys their own lot."),
    NotTheSeller: ("Not your auction", "Only its seller may do this."),
    BidderSuspended: ("Bidding is suspended", "Won lots were left unpaid."),
    IdempotencyKeyReused: ("Key used before", "This key was used with another request."),
}


def describe(error: Exception) -> Problem | None:
    """Return the problem of an exception of this context, or `None` for any other."""
    match error:
        case OutcomeUnknown():
            detail = "It may have happened: ask again with the same Idempotency-Key."
            return Problem("outcome-unknown", 503, "Outcome unknown", detail, retry_after_s=1)
        case StoreUnavailable():
            detail = "The live store does not answer; nothing was changed."
            return Problem("store-unavailable", 503, "Unavailable", detail, retry_after_s=1)
        case RecordUnavailable():
            detail = "The record does not answer; live auctions do."
            return Problem("record-unavailable", 503, "Unavailable", detail, retry_after_s=2)
        case ImagesUnavailable():
            detail = "Pictures do not answer; nothing was changed. Without new ones it can go on."
            return Problem("images-unavailable", 503, "Unavailable", detail, retry_after_s=2)
        case service_keys.NotAService():
            return Problem("not-a-service", 401, "Not a service", "A service key is needed.")
        case service_keys.ScopeMissing():
            detail = f"The service key in use lacks the scope {error}."
            return Problem("scope-missing", 403, "Scope missing", detail)
        case Refusal() if type(error) in STATUSES:
            title, detail = WORDS[type(error)]
            return Problem(error.slug, STATUSES[type(error)], title, detail, _fields(error))
        case _:
            return None


def _fields(refusal: Refusal) -> dict[str, Any]:
    match refusal:
        case AuctionEnded(status=status, ends_at_ms=ends_at_ms):
            return {"auction_status": Status(status).value, "ends_at": format_instant(ends_at_ms)}
        case AuctionNotOpen(starts_at_ms=starts_at_ms):
            return {"auction_status": "scheduled", "starts_at": format_instant(starts_at_ms)}
        case BidTooLow():
            return {
                "minimum_bid": format_amount(refusal.minimum_bid_cents),
                "current_price": optional_amount(refusal.current_price_cents),
            }
        case CeilingTooLow(least_ceiling_cents=least_cents):
            return {"least_ceiling": format_amount(least_cents)}
        case BidderSuspended(until_ms=until_ms):
            return {"until": format_instant(until_ms)}
        case _:
            return {}
