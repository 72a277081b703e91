"""What the routes are given, and what several of them do with a request."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from flask import Response

from martelo.auctions.api.acts import AdministratorActs
from martelo.auctions.api.quotas import Quotas
from martelo.auctions.domain.auction import Person
from martelo.auctions.domain.refusals import AuctionNotFound
from martelo.auctions.ports.live_store import AuctionStore, Standings
from martelo.auctions.ports.outages import Outages
from martelo.auctions.ports.people import People
from martelo.auctions.ports.pictures import Pictures
from martelo.auctions.ports.record import Record
from martelo.auctions.wire import answers
from martelo.kernel.ids import AccountId, AuctionId
from martelo.runtime.buckets import TokenBuckets
from martelo.runtime.flask.api import caller, render_json
from martelo.runtime.identity.service_keys import ServiceCaller
from martelo.runtime.identity.tokens import Identity, TokenVerifier

READ_SCOPE = "read"
SELL_SCOPE = "sell"


@dataclass(frozen=True, slots=True)
class Dependencies:
    """What the routes need, made once by `main/api.py`."""

    store: AuctionStore
    record: Record
    outages: Outages
    people: People
    pictures: Pictures
    standings: Standings
    verifier: TokenVerifier
    acts: AdministratorActs
    quotas: Quotas
    service_callers: Mapping[str, ServiceCaller]
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
        """Return who calls and may do what `scope` names; raises as `runtime.web.caller`."""
        return caller(self.verifier, scope)


def person_of(identity: Identity) -> Person:
    """Return the caller as the rules know people."""
    return Person(identity.account_id, identity.name)


def page(items: list[answers.Json], next_cursor: str | None) -> Response:
    """Return one page of a list."""
    return render_json({"items": items, "next_cursor": next_cursor})
