"""Bids that come over a socket: the same request, rules and answers as `POST /place-bid`."""

import asyncio
import math
import time
from collections.abc import Callable, Coroutine
from typing import Any, Protocol

from martelo.auctions.domain.answers import Placed
from martelo.auctions.domain.auction import Person, Status
from martelo.auctions.domain.refusals import AuctionEnded, AuctionNotFound
from martelo.auctions.domain.standing import Standing, require_good_standing
from martelo.auctions.live.bids.batches import Batches, OnOutcome, Outcome
from martelo.auctions.live.hub.archive import Archive
from martelo.auctions.wire import answers, requests
from martelo.auctions.wire.requests import BidRequest
from martelo.kernel.idempotency import parse_key
from martelo.kernel.ids import AccountId, AuctionId
from martelo.kernel.instants import parse_instant
from martelo.kernel.refusal import Refusal
from martelo.runtime.buckets import TokenBuckets
from martelo.runtime.identity.service_keys import ScopeMissing
from martelo.runtime.identity.tokens import Admission, Identity, TokenVerifier, Unauthenticated
from martelo.runtime.problems.refusals import RateLimited

BID_SCOPE = "bid"
FIELDS = requests.BID_FIELDS | {"token", "idempotency_key"}
"""What stands in the body and in headers in HTTP."""


class Standings(Protocol):
    """The asynchronous twin of `ports.Standings`."""

    def kept(self, account_id: AccountId) -> Standing | None:
        """Return an account's standing if it was read less than 5 seconds ago."""

    async def of(self, account_id: AccountId) -> Standing:
        """Return an account's standing, at most 5 seconds old."""


class Bidding:
    """Everything a bid needs on its way to the store.

    `buckets` count the bids of an account; `None` where rate limits are off.
    """

    def __init__(  # noqa: PLR0913 - what bidding is made of
        self,
        *,
        batches: Batches,
        standings: Standings,
        verifier: TokenVerifier,
        buckets: TokenBuckets | None,
        archive: Archive,
        parse_id: Callable[[str], AuctionId | None],
    ) -> None:
        self._batches = batches
        self._standings = standings
        self._verifier = verifier
        self._buckets = buckets
        self._archive = archive
        self._parse_id = parse_id
        self._unread: dict[AccountId, list[Callable[[Standing | Exception], None]]] = {}
        self._tasks: set[asyncio.Task[None]] = set()

    async def admit(self, proof: str) -> Admission:
        """Return for whom a connection acts, by access token, live ticket or API key.

        Raises:
            Unauthenticated, AccountsUnavailable: As in HTTP.
        """
        # In a thread: keys may have to be fetched first.
        return await asyncio.to_thread(self._verifier.admit, proof)

    def place(
        self, bidder: Identity, asked: BidRequest, key: str | None, on_outcome: OnOutcome
    ) -> None:
        """Place the bid of `bidder`; `on_outcome` is called once, at once or later.

        Raises:
            ScopeMissing, RateLimited: As in HTTP; `on_outcome` is not called then.
        """
        if not bidder.may(BID_SCOPE):
            raise ScopeMissing(BID_SCOPE)
        self._take_token(bidder)

        unread = self._unread.get(bidder.account_id)
        standing = self._standings.kept(bidder.account_id)
        if standing is not None and unread is None:
            self._send(bidder, asked, key, standing, on_outcome)
            return

        def go_on(standing: Standing | Exception) -> None:
            if isinstance(standing, Exception):
                on_outcome(standing)
            else:
                self._send(bidder, asked, key, standing, on_outcome)

        if unread is not None:  # earlier bids of this account wait: in order
            unread.append(go_on)
        else:
            self._unread[bidder.account_id] = [go_on]
            self._spawn(self._read_standing(bidder.account_id))

    async def place_bid(self, body: bytes) -> answers.Json:
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
            raise Unauthenticated(had_proof=False)
        bidder = await asyncio.to_thread(self._identify, token)
        asked = requests.read_bid(fields, FIELDS)
        decided: asyncio.Future[Outcome] = asyncio.get_running_loop().create_future()

        def decide(outcome: Outcome) -> None:
            if not decided.done():
                decided.set_result(outcome)

        self.place(bidder, asked, key, decide)
        outcome = await decided
        if isinstance(outcome, Placed):
            return answers.placed_bid(AuctionId(asked.auction_id), outcome)
        raise outcome

    def _identify(self, token: str) -> Identity:
        is_key = token.startswith("mk_")
        return self._verifier.exchange(token) if is_key else self._verifier.verify(token)

    def _take_token(self, bidder: Identity) -> None:
        wait_s = self._buckets.take(bidder.account_id) if self._buckets is not None else 0
        if wait_s > 0:
            raise RateLimited(math.ceil(wait_s))

    async def _read_standing(self, account_id: AccountId) -> None:
        standing: Standing | Exception
        try:
            standing = await self._standings.of(account_id)
        except Exception as error:  # noqa: BLE001 - the edge: every bid is answered
            standing = error
        for go_on in self._unread.pop(account_id):
            go_on(standing)

    def _send(
        self,
        bidder: Identity,
        asked: BidRequest,
        key: str | None,
        standing: Standing,
        on_outcome: OnOutcome,
    ) -> None:
        try:
            require_good_standing(standing, time.time_ns() // 1_000_000)
            auction_id = self._parse_id(asked.auction_id)
            if auction_id is None:
                raise AuctionNotFound
            bid = asked.by(Person(bidder.account_id, bidder.name), key)
        except Refusal as refusal:
            on_outcome(refusal)
            return

        def tell(outcome: Outcome) -> None:
            if isinstance(outcome, AuctionNotFound):
                self._spawn(self._ask_record(auction_id, on_outcome))
            else:
                on_outcome(outcome)

        self._batches.place(auction_id, bid, tell)

    async def _ask_record(self, auction_id: AuctionId, on_outcome: OnOutcome) -> None:
        """Say of a lot that only the record knows that it has ended."""
        outcome: Outcome
        try:
            view = await self._archive.read(auction_id)
            outcome = AuctionEnded(Status(view["status"]), parse_instant(view["ends_at"]) or 0)
        except Exception as error:  # noqa: BLE001 - the edge: every bid is answered
            outcome = error
        on_outcome(outcome)

    def _spawn(self, work: Coroutine[Any, Any, None]) -> None:
        task = asyncio.create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
