"""Every "no" in plain words, with the number that would be accepted."""

from collections.abc import Mapping
from dataclasses import dataclass

from django.utils import timezone
from django.utils.translation import get_language, gettext

from martelo.storefront.clients.auctions import ApiResponse
from martelo.storefront.texts.formatting import (
    format_moment,
    format_money,
    format_zone,
    read_instant,
)

BID_REFUSALS = (
    "auction-ended",
    "auction-not-found",
    "auction-not-open",
    "bid-too-low",
    "bidder-suspended",
    "ceiling-too-low",
    "rate-limited",
    "seller-cannot-bid",
)
"""What the rules answer a bid with; whatever else happens a script asks the storefront about."""


@dataclass(frozen=True, slots=True)
class Explanation:
    """What a person is told: a sentence, and where there is one the least acceptable amount.

    `accepted` is in the API's form, to fill a form's field with; `fields` says what is wrong with
    each field, in words.
    """

    text: str
    accepted: str | None
    fields: Mapping[str, str]


def explain(answer: ApiResponse) -> Explanation:
    """Return a refusal in words of the active language."""
    body = answer.body
    accepted = body.get("minimum_bid") or body.get("least_ceiling")
    fields = {name: explain_fault(name, words) for name, words in answer.errors.items()}
    return Explanation(_sentence(answer), accepted, fields)


def bid_refusals() -> dict[str, str]:
    """Return what a script says of a bid's refusal, by its slug; places are in curly brackets."""
    places = {
        "minimum_bid": "{least}",
        "least_ceiling": "{least}",
        "starts_at": "{starts_at}",
        "until": "{until}",
    }
    sentences = _sentences()
    return {slug: sentences[slug] % places for slug in BID_REFUSALS}


def explain_fault(field: str, message: str) -> str:
    """Return what is wrong with a field; `message` is the API's, shown where it is unknown."""
    texts = _faults()
    if message.startswith("must name pictures of your own"):
        return gettext("One of these pictures is not yours, or is no longer there.")
    if message.startswith("must be of "):
        return gettext("Choose from the list.")
    return texts.get(f"{field}: {message}") or texts.get(message) or message


def _sentence(answer: ApiResponse) -> str:
    body = answer.body
    text = _sentences().get(answer.slug)
    if text is None:
        return gettext("Something went wrong on our side; nothing was done. Please try again.")
    return text % {
        "minimum_bid": money(body.get("minimum_bid")),
        "least_ceiling": money(body.get("least_ceiling")),
        "starts_at": moment(body.get("starts_at")),
        "until": moment(body.get("until")),
    }


def money(amount: str | None) -> str:
    """Return an amount of the API in the form of the active language."""
    return format_money(amount, get_language() or "")


def moment(instant: str | None) -> str:
    """Return an instant of the API in the form and zone of the reader; empty where it is none."""
    at = read_instant(instant)
    if at is None:
        return ""
    zone = timezone.get_current_timezone()
    return format_moment(at, get_language() or "", zone, now=timezone.now())


def zone(instant: str | None) -> str:
    """Return what the reader's time is called at an instant of the API; empty where it is none."""
    at = read_instant(instant)
    if at is None:
        return ""
    return format_zone(at, get_language() or "", timezone.get_current_timezone())


def zoned_moment(instant: str | None) -> str:
    """Return an instant of the API as `moment` does, with what the reader's time is called."""
    told = moment(instant)
    return f"{told} ({zone(instant)})" if told else ""


def foreign(language: str) -> str:
    """Return what a text is written in, or nothing where that is the page's own language."""
    return "" if language.lower() == (get_language() or "").lower() else language


def _sentences() -> dict[str, str]:
    down = gettext("The auctions do not answer right now; nothing was done. Please try again soon.")
    busy = gettext("Pictures cannot be taken right now. Try again in a moment.")
    again = gettext("Please check the fields marked below.")
    return {
        "bid-too-low": gettext("That bid is too low now: bid %(minimum_bid)s or more."),
        "ceiling-too-low": gettext("That ceiling is too low: name %(least_ceiling)s or more."),
        "auction-ended": gettext("This auction is over; bids are no longer accepted."),
        "auction-not-open": gettext("This auction has not begun: bids open on %(starts_at)s."),
        "auction-not-found": gettext("There is no such auction."),
        "seller-cannot-bid": gettext("This is your own lot: sellers do not bid on or buy it."),
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
            "This form was already used for something else. Open it anew and try again."
        ),
        "outcome-unknown": gettext(
            "We cannot tell yet whether this went through. Press the button again: it counts once."
        ),
        "invalid-amount": gettext("That is not an amount. Write it as 150 or 150,00."),
        "invalid-auction": again,
        "invalid-request": again,
        "invalid-reason": gettext("Give a reason of up to 500 characters."),
        "invalid-idempotency-key": gettext("Open the form anew and try again."),
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
        "store-unavailable": down,
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
        "recipient-gone": gettext("The account is gone: this e-mail would not be sent."),
        "recipient-unavailable": gettext(
            "The address cannot be looked up right now. Please try again soon."
        ),
        "administrators-only": gettext("This page is for the administrators of the house."),
        "internal-error": gettext("Something went wrong on our side; it was written down."),
        "not-found": gettext("There is nothing here."),
        "method-not-allowed": gettext("Something went wrong on our side; nothing was done."),
    }


def _faults() -> dict[str, str]:
    amount = gettext("Write an amount above zero, as 150 or 150,00.")
    unseen = gettext("There are characters here that cannot be shown.")
    common = gettext("Too many people use this password; choose another.")
    seconds = gettext("Choose a number of seconds within the bounds.")
    return {
        "must be an amount above zero with at most two decimals, as 150.00": amount,
        "must be an amount, as 150.00": amount,
        "must have 1 to 140 characters": gettext("Write a title of 1 to 140 characters."),
        "must have at most 5000 characters": gettext("Write at most 5000 characters."),
        "must not have control characters": unseen,
        "must name at most 12 pictures": gettext("A lot has at most 12 pictures."),
        "must be at least the starting price": gettext(
            "The reserve cannot be below the starting price."
        ),
        "must be above the starting price, not below the reserve": gettext(
            "The buy-now price must be above the starting price and not below the reserve."
        ),
        "must be at most 90 days ahead": gettext("A lot starts at most 90 days from now."),
        "exactly one of ends_at and duration_s must be given": gettext(
            "Choose how long the auction lasts, or when it ends."
        ),
        "must be 5 seconds to 90 days after the start": gettext(
            "The auction must last between 5 seconds and 90 days."
        ),
        "must be 0 to 3600": seconds,
        "must be 0 to 86400": seconds,
        "must be a whole number, not negative": gettext("Write a whole number."),
        "must be a slug: small letters, digits and hyphens, at most 40": gettext(
            "Choose a category from the list."
        ),
        "name: must have 1 to 80 characters": gettext("Write your name, in up to 80 characters."),
        "must have 1 to 80 characters": gettext("Write 1 to 80 characters."),
        "must not hold control characters": unseen,
        "must hold a visible character": gettext("Write a name that can be seen."),
        "must be an e-mail address": gettext("Write an e-mail address, as ana@example.com."),
        "must have at least 10 characters": gettext("Use at least 10 characters."),
        "must have at most 256 characters": gettext("Use at most 256 characters."),
        "must not be a common password": common,
        "must not be your name or e-mail address": gettext(
            "Your name or e-mail address is no password."
        ),
        "is not your password": gettext("This is not your current password."),
    }
