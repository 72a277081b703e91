"""Bids that come over a socket: the same request, rules and answers as `POST /place-bid`."""

import asyncio
import math
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol

import msgspec

from martelo.auctions import requests, wire
from martelo.auctions.domain.answers import Placed
from martelo.auctions.domain.auction import Person, Status
from martelo.auctions.domain.bidding import Bid
from martelo.auctions.domain.refusals import AuctionEnded, AuctionNotFound
from martelo.auctions.domain.standing import Standing, require_good_standing
from martelo.auctions.live.archive import Archive
from martelo.kernel.idempotency import parse_key
from martelo.kernel.ids import AccountId, AuctionId
from martelo.kernel.instants import parse_instant
from martelo.kernel.refusal import Refusal
from martelo.runtime.buckets import TokenBuckets
from martelo.runtime.refused import RateLimited, ScopeMissing
from martelo.runtime.tokens import Identity, TokenVerifier, Unauthenticated

BID_SCOPE = "bid"
OWN_FIELDS = {"token", "idempotency_key"}
"""What stands in headers in HTTP."""


class Bids(Protocol):
    """The live store as far as a socket changes it; asynchronous."""

    async def place_bid(self, auction_id: AuctionId, bid: Bid) -> Placed | Refusal:
        """Place a bid."""


class Standings(Protocol):
    """The asynchronous twin of `ports.Standings`."""

    async def of(self, account_id: AccountId) -> Standing:
        """Return an account's standing, at most 5 seconds old."""


@dataclass(frozen=True, slots=True)
class Bidding:
    """Everything a bid needs on its way to the store."""

    bids: Bids
    standings: Standings
    verifier: TokenVerifier
    buckets: TokenBuckets | None
    """Bids of an account; `None` where rate limits are off."""
    archive: Archive
    parse_id: Callable[[str], AuctionId | None]

    async def place_bid(self, body: bytes) -> wire.Json:
        """Place the bid that `body` asks for and return its answer.

        `body` is that of `POST /place-bid` with `token`, and `idempotency_key` where there is one.

        Raises:
            Refusal: As the rules say.
            Unauthenticated, AccountsUnavailable, ScopeMissing, RateLimited: As in HTTP.
            StoreUnavailable: Nothing happened.
            OutcomeUnknown: It may have happened.
        """
        fields = requests.parse_object(body)
        token = requests.parse_text(fields, "token")
        key = parse_key(requests.parse_text(fields, "idempotency_key"))
        if token is None:
            raise Unauthenticated
        identity = await asyncio.to_thread(self._identify, token)
        bid_fields = {name: raw for name, raw in fields.items() if name not in OWN_FIELDS}
        asked = requests.parse_bid(msgspec.json.encode(bid_fields))
        self._take_token(identity)
        standing = await self.standings.of(identity.account_id)
        require_good_standing(standing, time.time_ns() // 1_000_000)
        auction_id = self.parse_id(asked.auction_id)
        if auction_id is None:
            raise AuctionNotFound
        bid = asked.by(Person(identity.account_id, identity.name), key)
        answer = await self.bids.place_bid(auction_id, bid)
        if isinstance(answer, AuctionNotFound):
            await self._refuse_archived(auction_id)
        if isinstance(answer, Refusal):
            raise answer
        return wire.placed_bid(auction_id, answer)

    def _identify(self, token: str) -> Identity:
        """Return who bids; called in a thread, since keys may have to be fetched first."""
        is_key = token.startswith("mk_")
        identity = self.verifier.exchange(token) if is_key else self.verifier.verify(token)
        if not identity.may(BID_SCOPE):
            raise ScopeMissing(BID_SCOPE)
        return identity

    def _take_token(self, identity: Identity) -> None:
        wait_s = self.buckets.take(identity.account_id) if self.buckets is not None else 0
        if wait_s > 0:
            raise RateLimited(math.ceil(wait_s))

    async def _refuse_archived(self, auction_id: AuctionId) -> None:
        """Say of a lot that only the record knows that it has ended."""
        view = await self.archive.read(auction_id)
        raise AuctionEnded(Status(view["status"]), parse_instant(view["ends_at"]) or 0)
