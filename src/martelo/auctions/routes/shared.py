"""What the routes are given, and what several of them do with a request."""

from collections.abc import Callable
from dataclasses import dataclass

from flask import Response, request

from martelo.auctions import requests, wire
from martelo.auctions.domain.auction import Person
from martelo.auctions.domain.refusals import AuctionNotFound
from martelo.auctions.ports import AuctionStore, Record, Standings
from martelo.kernel.ids import AccountId, AuctionId
from martelo.runtime.buckets import TokenBuckets
from martelo.runtime.refused import ScopeMissing
from martelo.runtime.tokens import Identity, TokenVerifier
from martelo.runtime.web import caller, render_json

READ_SCOPE = "read"
BID_SCOPE = "bid"
SELL_SCOPE = "sell"


@dataclass(frozen=True, slots=True)
class Deps:
    """What the routes need, made once by `main/api.py`."""

    store: AuctionStore
    record: Record
    standings: Standings
    verifier: TokenVerifier
    bid_buckets: TokenBuckets | None
    """Bids of an account; `None` where rate limits are off."""
    parse_id: Callable[[str], AuctionId | None]
    """Reads an id; `None` where it names no partition of the store."""
    random_id: Callable[[], AuctionId]
    derived_id: Callable[[AccountId, str], AuctionId]

    def known_id(self, text: str) -> AuctionId:
        """Return an id that can exist.

        Raises:
            AuctionNotFound: It is malformed.
        """
        known = self.parse_id(text)
        if known is None:
            raise AuctionNotFound
        return known

    def caller(self, scope: str) -> Identity:
        """Return who calls and may do what `scope` names.

        Raises:
            Unauthenticated, AccountsUnavailable: As `runtime.web.caller`.
            ScopeMissing: The API key in use does not cover it.
        """
        identity = caller(self.verifier)
        if not identity.may(scope):
            raise ScopeMissing(scope)
        return identity


def person_of(identity: Identity) -> Person:
    """Return the caller as the rules know people."""
    return Person(identity.account_id, identity.name)


def idempotency_key() -> str | None:
    """Return the request's `Idempotency-Key`, if any.

    Raises:
        InvalidIdempotencyKey: It is not 1 to 64 printable ASCII characters.
    """
    return requests.parse_key(request.headers.get("Idempotency-Key"))


def marked(answer: Response, *, replayed: bool) -> Response:
    """Return `answer`, saying so where it was stored before."""
    if replayed:
        answer.headers["Idempotent-Replay"] = "true"
    return answer


def page(items: list[wire.Json], next_cursor: str | None) -> Response:
    """Return one page of a list."""
    return render_json({"items": items, "next_cursor": next_cursor})
