"""Refusals in words for people, with the amount that would be accepted."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.utils import timezone
from django.utils.translation import get_language, gettext

from martelo.storefront.clients.auctions import ApiResponse
from martelo.storefront.texts.field_texts import explain_fault
from martelo.storefront.texts.formatting import (
    format_moment,
    format_money,
    format_zone,
    read_instant,
)

NEEDS_CONFIRMATION = "amount-needs-confirmation"
BID_REFUSALS = (
    "auction-ended",
    "auction-not-found",
    "auction-not-open",
    "bid-too-low",
    "bidder-excluded",
    "bidder-suspended",
    "ceiling-too-low",
    "email-unconfirmed",
    "rate-limited",
    "seller-cannot-bid",
)
"""The refusals of bids that a page's script explains itself; it asks the storefront for others."""


@dataclass(frozen=True, slots=True)
class Explanation:
    """A sentence for a person, and where there is one the minimum acceptable amount.

    `accepted` is in the API's form, to fill a form's field with; `fields` has a text for each
    invalid field.
    """

    text: str
    accepted: str | None
    fields: Mapping[str, str]


def explain(answer: ApiResponse) -> Explanation:
    """Return a refusal in words of the active language."""
    body = answer.body
    accepted = body.get("minimum_bid") or body.get("least_ceiling")
    if answer.slug == NEEDS_CONFIRMATION:  # the amount itself is accepted, once confirmed
        accepted = None
    fields = {name: _explain_error(name, error) for name, error in answer.errors.items()}
    return Explanation(_sentence(answer), accepted, fields)


def bid_refusals() -> dict[str, str]:
    """Return a script's sentence for each refusal of a bid, with places in curly brackets."""
    places = {
        "minimum_bid": "{least}",
        "least_ceiling": "{least}",
        "starts_at": "{starts_at}",
        "until": "{until}",
    }
    sentences = _sentences()
    return {slug: sentences[slug] % places for slug in BID_REFUSALS}


def _explain_error(field: str, error: Mapping[str, Any]) -> str:
    bounds = {name: error[name] for name in error.keys() - {"field", "code", "message"}}
    return explain_fault(field, str(error.get("code", "")), bounds)


def _sentence(answer: ApiResponse) -> str:
    body = answer.body
    text = _sentences().get(answer.slug)
    if text is None:
        return gettext("Something went wrong on our side; nothing was done. Please try again.")
    return text % {
        "amount": money(body.get("amount")),
        "minimum_bid": money(body.get("minimum_bid")),
        "least_ceiling": money(body.get("least_ceiling")),
        "starts_at": moment(body.get("starts_at")),
        "until": moment(body.get("until")),
    }


def money(amount: str | None) -> str:
    """Return an amount of the API in the form of the active language."""
    return format_money(amount, get_language() or "")


def moment(instant: str | None) -> str:
    """Return an instant of the API in the form and zone of the reader; empty where it is absent."""
    at = read_instant(instant)
    if at is None:
        return ""
    zone = timezone.get_current_timezone()
    return format_moment(at, get_language() or "", zone, now=timezone.now())


def zone(instant: str | None) -> str:
    """Return the name of the reader's time at an instant of the API; empty where it is absent."""
    at = read_instant(instant)
    if at is None:
        return ""
    return format_zone(at, get_language() or "", timezone.get_current_timezone())


def zoned_moment(instant: str | None) -> str:
    """Return an instant of the API as `moment` does, with the name of the reader's time."""
    text = moment(instant)
    return f"{text} ({zone(instant)})" if text else ""


def foreign(language: str) -> str:
    """Return the language of a text; empty where it is the page's own."""
    return "" if language.lower() == (get_language() or "").lower() else language


def _sentences() -> dict[str, str]:
    down = gettext("The auctions do not answer right now; nothing was done. Please try again soon.")
    busy = gettext("Pictures cannot be taken right now. Try again in a moment.")
    again = gettext("Please check the fields marked below.")
    return {
        "bid-too-low": gettext("That bid is too low now: bid %(minimum_bid)s or more."),
        NEEDS_CONFIRMATION: gettext(
            "%(amount)s is far more than the minimum bid of %(minimum_bid)s. Is it what you mean?"
        ),
        "ceiling-too-low": gettext("That ceiling is too low: name %(least_ceiling)s or more."),
        "auction-ended": gettext("This auction is over; bids are no longer accepted."),
        "auction-not-open": gettext("This auction has not started: bids open on %(starts_at)s."),
        "auction-not-found": gettext("There is no such auction."),
        "seller-cannot-bid": gettext("This is your own lot: sellers do not bid on or buy it."),
        "bidder-excluded": gettext(
            "An administrator voided your bids on this lot, so you cannot bid on it again."
        ),
        "no-bids-to-void": gettext(
            "Nobody with this number has bids here, or they were voided already."
        ),
        "outage-not-found": gettext("Somebody has already decided on this outage."),
        "too-many-open-lots": gettext(
            "You have as many open auctions as one account may have. Wait until some have ended."
        ),
        "too-many-entries": gettext(
            "This lot has too many bids for that. It can only be cancelled."
        ),
        "email-unconfirmed": gettext(
            "Confirm your e-mail address first: open the link we sent you, then reload this page."
        ),
        "selling-not-allowed": gettext(
            "In this house only approved people sell. Ask its administrators."
        ),
        "not-the-seller": gettext("Only the person who sells this lot may do this."),
        "bidder-suspended": gettext(
            "Your bidding is suspended until %(until)s, because won lots were left unpaid."
        ),
        "buy-now-unavailable": gettext(
            "This lot can no longer be bought at once: the first bid ends that offer."
        ),
        "buy-now-unpaid": gettext("Please pay for your earlier purchase before buying another."),
        "cancel-not-allowed": gettext("Somebody has bid, so this lot can no longer be cancelled."),
        "edit-not-allowed": gettext(
            "Somebody has bid, so the texts and pictures can no longer be changed."
        ),
        "idempotency-key-reused": gettext(
            "This form was already used for something else. Open it again and try once more."
        ),
        "outcome-unknown": gettext(
            "We do not know yet whether this went through. Press the button again: it counts once."
        ),
        "invalid-amount": gettext("That is not an amount. Write it as 150 or 150,00."),
        "invalid-auction": again,
        "invalid-request": again,
        "invalid-reason": gettext("Give a reason of up to 500 characters."),
        "invalid-idempotency-key": gettext("Open the form again and try once more."),
        "not-signed-in": gettext("Please sign in to do this."),
        "sign-in-required": gettext("Please sign in to do this."),
        "scope-missing": gettext("You may not do this."),
        "rate-limited": gettext("That was very quick. Wait a moment and try again."),
        "too-large": gettext("That is too large."),
        "not-json": gettext("Something went wrong on our side; nothing was done."),
        "not-a-picture": gettext("That file is not a picture we can show: use JPEG, PNG or WebP."),
        "wrong-media-type": gettext(
            "That file is not a picture we can show: use JPEG, PNG or WebP."
        ),
        "picture-not-found": gettext("That picture is no longer there. Choose it again."),
        "images-busy": busy,
        "images-unavailable": busy,
        "picture-too-large": gettext("That picture is too large: at most 15 MB and 40 megapixels."),
        "too-many-pictures": gettext("You have too many pictures. Use fewer for this lot."),
        "bad-credentials": gettext("No account has this e-mail and this password."),
        "email-taken": gettext("An account with this e-mail exists already. Sign in instead."),
        "passwords-busy": gettext(
            "Many people are signing in right now. Try again in a few seconds."
        ),
        "store-unavailable": down,
        "store-full": gettext(
            "There is no room for new lots right now; bidding goes on. Please try again later."
        ),
        "record-unavailable": gettext(
            "Searching does not work right now; the open auctions still do."
        ),
        "accounts-unavailable": gettext("Signing in does not work right now. Try again soon."),
        "unavailable": down,
        "agent-unavailable": gettext(
            "The agent does not answer right now; nothing was done. Please try again soon."
        ),
        "effect-not-found": gettext("There is no such report, e-mail or post."),
        "effect-not-parked": gettext(
            "This no longer waits for a decision: it is under way, or over. Nothing was done."
        ),
        "message-not-kept": gettext("This e-mail is not in the outbox, or its text is forgotten."),
        "address-unwritable": gettext("No e-mail can be written to this address."),
        "recipient-gone": gettext("The account is gone: this e-mail would not be sent."),
        "recipient-unavailable": gettext(
            "The address cannot be looked up right now. Please try again soon."
        ),
        "administrators-only": gettext("This page is for the administrators of the house."),
        "internal-error": gettext("Something went wrong on our side; it was logged."),
        "not-found": gettext("There is nothing here."),
        "method-not-allowed": gettext("Something went wrong on our side; nothing was done."),
    }
