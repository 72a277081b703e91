"""Every problem type of the house: what it means, and what to do about it.

Contexts do not import one another, so this list is the storefront's own;
`docs/api/problems.md`, which is compared with the code of every context, must name the same.
"""

from dataclasses import dataclass

from django.utils.translation import gettext


@dataclass(frozen=True, slots=True)
class ProblemType:
    """What is told of the problems of a type; they may come with any of `statuses`."""

    statuses: tuple[int, ...]
    meaning: str
    remedy: str


ProblemTypes = dict[str, ProblemType]


@dataclass(frozen=True, slots=True)
class Group:
    """Problem types that belong together, by slug."""

    name: str
    types: ProblemTypes


def problem_groups() -> list[Group]:
    """Return every problem type in words of the active language."""
    return [
        Group(gettext("Bids and lots"), {**_bids(), **_lots()}),
        Group(gettext("Accounts and access"), {**_access(), **_accounts()}),
        Group(gettext("Pictures"), _pictures()),
        Group(gettext("Reports, e-mails and posts"), _agent()),
        Group(gettext("Any request"), {**_requests(), **_http()}),
        Group(gettext("The live feed"), _live()),
        Group(gettext("A part that is down"), _faults()),
    ]


def find_problem_type(slug: str) -> ProblemType | None:
    """Return a problem type in words of the active language, or `None` where there is none."""
    for group in problem_groups():
        if slug in group.types:
            return group.types[slug]
    return None


def _of(status: int, meaning: str, remedy: str) -> ProblemType:
    return ProblemType((status,), meaning, remedy)


def _bids() -> ProblemTypes:
    return {
        "invalid-amount": _of(
            400,
            gettext("The amount is none, or neither `amount` nor `max_amount` was sent."),
            gettext(
                "Send a text as `150.00`: above zero, with a point and at most two decimals. "
                "`errors` names the field."
            ),
        ),
        "seller-cannot-bid": _of(
            403,
            gettext("Nobody bids on or buys a lot of their own."),
            gettext("Bid as another account, or on another lot."),
        ),
        "bidder-suspended": _of(
            403,
            gettext("Lots that this account won were left unpaid, so it may not bid for a while."),
            gettext("Bid again after `until`."),
        ),
        "auction-not-found": _of(
            404,
            gettext("There is no auction with this id."),
            gettext("Take the id from `GET /view-auctions`."),
        ),
        "auction-ended": _of(
            409,
            gettext("The auction is over: its time is up, or it was sold or cancelled."),
            gettext("Read the auction to see how it ended. Sending the bid again does not help."),
        ),
        "auction-not-open": _of(
            409,
            gettext("The auction has not begun."),
            gettext("Bid from `starts_at` on."),
        ),
        "bid-too-low": _of(
            409,
            gettext("The amount is below the minimum bid. Somebody may just have raised it."),
            gettext("Bid `minimum_bid` or more."),
        ),
        "ceiling-too-low": _of(
            409,
            gettext(
                "The ceiling (`max_amount`) is too low: below the amount beside it, or not above "
                "the ceiling you have."
            ),
            gettext("Name `least_ceiling` or more."),
        ),
        "buy-now-unavailable": _of(
            409,
            gettext("The lot has no buy-now price, or a bid has taken it away."),
            gettext("Bid instead."),
        ),
        "buy-now-unpaid": _of(
            409,
            gettext("An earlier purchase of this account is unpaid."),
            gettext("Pay for it first."),
        ),
    }


def _lots() -> ProblemTypes:
    correct = _correct_fields()
    return {
        "invalid-auction": _of(
            400, gettext("The lot, or the change to it, breaks a bound."), correct
        ),
        "invalid-reason": _of(
            400,
            gettext("The reason for cancelling is too long, or an administrator gave none."),
            gettext("Give a reason of 1 to 500 characters."),
        ),
        "not-the-seller": _of(
            403,
            gettext("Only the seller may do this; to cancel, an administrator too."),
            gettext("Call as the account that sells the lot."),
        ),
        "cancel-not-allowed": _of(
            409,
            gettext("Somebody has bid, so the seller can no longer cancel."),
            gettext("Let the auction end, or ask an administrator of the house."),
        ),
        "edit-not-allowed": _of(
            409,
            gettext("Somebody has bid, so texts and pictures can no longer be changed."),
            gettext("Leave the lot as its bidders saw it, or ask an administrator to cancel it."),
        ),
    }


def _access() -> ProblemTypes:
    return {
        "not-signed-in": _of(
            401,
            gettext(
                "No access token or API key came, or one that proves nothing: malformed, expired "
                "or revoked."
            ),
            gettext(
                "Sign in (`POST /api/auth/token`) and send the token as `Authorization: Bearer`, "
                "or send an API key as `X-API-Key`."
            ),
        ),
        "not-a-service": _of(
            401,
            gettext("This is for the parts of the house among themselves, with a service key."),
            gettext("From outside there is nothing to call here."),
        ),
        "scope-missing": _of(
            403,
            gettext("The API key lacks the scope that this call asks for."),
            gettext("Make a key with that scope; the documentation of the call names it."),
        ),
        "sign-in-required": _of(
            403,
            gettext("An API key may not do this, only a person who signed in."),
            gettext("Sign in and send the access token instead of the key."),
        ),
        "administrators-only": _of(
            403,
            gettext("This is for administrators, signed in themselves: no API key will do."),
            gettext("Sign in as an administrator of the house."),
        ),
        "rate-limited": _of(
            429,
            gettext("Too many requests came from this account or network address."),
            gettext("Wait as long as `Retry-After` says, and ask less often."),
        ),
    }


def _accounts() -> ProblemTypes:
    return {
        "bad-credentials": _of(
            401,
            gettext("No account has both this e-mail and this password."),
            gettext("Check both. Which of the two is wrong is never said."),
        ),
        "bad-refresh-token": _of(
            401,
            gettext("The refresh token was used, revoked, has expired or is none of ours."),
            gettext("Sign in again. Each refresh token serves once: keep the newest."),
        ),
        "account-not-found": _of(
            404, gettext("There is no such account."), gettext("Check the account's id.")
        ),
        "key-not-found": _of(
            404,
            gettext("You have no such API key, or it was revoked."),
            gettext("Take the prefix from `GET /api/auth/keys`."),
        ),
        "email-taken": _of(
            409,
            gettext("An account with this e-mail exists."),
            gettext("Sign in with it, or register another e-mail."),
        ),
        "too-many-keys": _of(
            409,
            gettext("The account has as many API keys as it may."),
            gettext("Revoke one before making another."),
        ),
    }


def _pictures() -> ProblemTypes:
    return {
        "not-a-picture": _of(
            400,
            gettext("The body is not a whole JPEG, PNG or WebP picture, whatever it is called."),
            gettext("Save the picture anew in one of these formats and send that."),
        ),
        "picture-not-found": _of(
            404,
            gettext("There is no picture by this name."),
            gettext("Take the address from the lot's `images` or from the answer to the upload."),
        ),
        "wrong-media-type": _of(
            415,
            gettext("The body is not announced as a picture."),
            gettext("Send `Content-Type: image/jpeg`, `image/png` or `image/webp`."),
        ),
        "images-busy": _of(
            503,
            gettext("Too many pictures came at once; this one was not kept."),
            _ask_again(),
        ),
    }


def _agent() -> ProblemTypes:
    return {
        "report-not-ready": _of(
            404,
            gettext("There is no report: the auction goes on, has just ended, or does not exist."),
            gettext("Ask again a little after the end."),
        ),
        "effect-not-found": _of(
            404,
            gettext("There is no report, e-mail or post by this number."),
            gettext("Take the number from `GET /api/agent/effects`."),
        ),
        "message-not-kept": _of(
            404,
            gettext("There is no e-mail by this number in the outbox, or its text is forgotten."),
            gettext("Take the number from `GET /api/agent/outbox`."),
        ),
        "effect-not-parked": _of(
            409,
            gettext("It is under way or over, so nobody has to decide about it."),
            gettext("See in `effect_state` how it stands. Only what is parked takes a decision."),
        ),
        "recipient-gone": _of(
            409,
            gettext("The account that the e-mail is to is gone, so it would not be sent."),
            gettext("Nothing is left to do."),
        ),
    }


def _requests() -> ProblemTypes:
    return {
        "invalid-request": _of(
            400,
            gettext(
                "The body or a parameter cannot be read: no JSON object, or a field that is "
                "missing, malformed or unknown here."
            ),
            _correct_fields(),
        ),
        "invalid-idempotency-key": _of(
            400,
            gettext("The `Idempotency-Key` is not 1 to 64 printable ASCII characters."),
            gettext("Send one that is, as a UUID."),
        ),
        "not-found": _of(
            404, gettext("Nothing is at this address, or not for outside."), _check_call()
        ),
        "method-not-allowed": _of(
            405, gettext("What is at this address does not take this method."), _check_call()
        ),
        "length-required": _of(
            411,
            gettext("The request does not say how long its body is."),
            gettext("Send `Content-Length`."),
        ),
        "too-large": _of(
            413,
            gettext(
                "The body is larger than this address takes: 64 KiB, a picture 15 MiB and 40 "
                "megapixels."
            ),
            gettext("Send less; make a picture smaller first."),
        ),
        "not-json": _of(
            415,
            gettext("The body is not announced as JSON."),
            gettext("Send `Content-Type: application/json`."),
        ),
        "idempotency-key-reused": _of(
            422,
            gettext("This `Idempotency-Key` was used with another request."),
            gettext("Make a key for each request, and use it again only to repeat that one."),
        ),
    }


def _http() -> ProblemTypes:
    check = _check_client()
    return {
        "bad-request": ProblemType(
            (400, 413, 431), gettext("This is no valid HTTP, or its headers are too large."), check
        ),
        "forbidden": _of(403, gettext("The gateway does not let this through."), _check_call()),
        "request-timeout": _of(
            408,
            gettext("The request did not come whole in time."),
            gettext("Send it again, a change with its `Idempotency-Key`."),
        ),
        "uri-too-long": _of(
            414, gettext("The address is too long."), gettext("Send fewer or shorter parameters.")
        ),
        "not-implemented": _of(501, gettext("This use of HTTP is not supported here."), check),
        "http-version-not-supported": _of(
            505, gettext("This version of HTTP is not spoken here."), gettext("Use HTTP/1.1.")
        ),
    }


def _live() -> ProblemTypes:
    return {
        "bad-handshake": _of(
            400, gettext("The WebSocket handshake has no valid key."), _check_client()
        ),
        "pipelined": _of(
            400,
            gettext("A second request came before the first was answered."),
            gettext("Wait for the answer, or use another connection."),
        ),
        "foreign-page": _of(
            403,
            gettext("Only pages of this house may open its live feed, and this was another's."),
            gettext(
                "Connect from a program without `Origin`, or ask whoever runs the house to allow "
                "the page's address."
            ),
        ),
        "upgrade-required": _of(
            426,
            gettext("`/live` speaks WebSocket, and this was an ordinary request."),
            gettext(
                "Connect by WebSocket, version 13. Over plain HTTP there is "
                "`GET /auction/{auction_id}/events`."
            ),
        ),
    }


def _faults() -> ProblemTypes:
    again, unknown = _ask_again(), _repeat_with_key()
    return {
        "internal-error": _of(
            500,
            gettext("Something went wrong on our side; it was written down."),
            gettext("Tell whoever runs the house the id in `instance`."),
        ),
        "outcome-unknown": _of(
            503, gettext("The change may have happened, or not: its answer was lost."), unknown
        ),
        "unavailable": ProblemType(
            (502, 503), gettext("The part of the house that this needs does not answer."), unknown
        ),
        "timeout": _of(
            504, gettext("The part of the house that this needs did not answer in time."), unknown
        ),
        "store-unavailable": _of(
            503, gettext("The live auctions do not answer; nothing was changed."), again
        ),
        "record-unavailable": _of(
            503,
            gettext("Searches and old lots do not answer; live auctions do."),
            again,
        ),
        "images-unavailable": _of(
            503, gettext("Pictures do not answer; nothing was changed."), again
        ),
        "accounts-unavailable": _of(
            503, gettext("Whether the token or key is good cannot be told now."), again
        ),
        "agent-unavailable": _of(
            503, gettext("Reports, e-mails and posts cannot be read or changed now."), again
        ),
        "recipient-unavailable": _of(
            503, gettext("How the recipient is reached cannot be told now."), again
        ),
    }


def _correct_fields() -> str:
    return gettext("Correct every field that `errors` names.")


def _check_call() -> str:
    return gettext("Compare the address and the method with the documentation of the API.")


def _check_client() -> str:
    return gettext("Look at what your client, or a proxy before it, sends.")


def _ask_again() -> str:
    return gettext("Send it again in a moment, or as soon as `Retry-After` says.")


def _repeat_with_key() -> str:
    return gettext(
        "Send a change again with the same `Idempotency-Key`: it happens once, and you are told. "
        "Reading may simply be repeated."
    )
