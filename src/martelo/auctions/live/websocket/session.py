"""What a client asks for on `/live`, and what it is answered.

Every frame holds one object with `op`, or an array of them. A `ref` comes back in the answer; who
sends none hears of failures only. What cannot be read is answered too, and the tenth time, or the
tenth false proof of who one is, ends the connection.
"""

import asyncio
import itertools
import time
from collections.abc import Callable, Coroutine
from dataclasses import dataclass
from typing import Any, Protocol

import msgspec

from martelo.auctions.admission import BidMessage
from martelo.auctions.domain.refusals import AuctionNotFound
from martelo.auctions.live.bids.bidding import BidAnswer, Bidding
from martelo.auctions.live.hub.channel import NothingLeft
from martelo.auctions.live.hub.frames import Json, Position, parse_position
from martelo.auctions.live.hub.hub import Hub
from martelo.auctions.live.subscription import Connection, Subscription
from martelo.auctions.live.websocket.events import ENCODING, PONG, Ref, answer_frame
from martelo.auctions.live.websocket.frames import Close
from martelo.auctions.live.websocket.requests import (
    Unreadable,
    read_fields,
    read_items,
    read_op,
    read_ref,
    require_only,
)
from martelo.auctions.wire import requests
from martelo.auctions.wire.problems import PROBLEMS
from martelo.kernel.field_codes import FieldCode
from martelo.kernel.idempotency import parse_key
from martelo.kernel.ids import AuctionId
from martelo.kernel.instants import format_instant
from martelo.kernel.refusal import FieldError, InvalidInput
from martelo.runtime.buckets import TokenBuckets
from martelo.runtime.http.request_ids import accept_request_id
from martelo.runtime.identity.tokens import (
    KEY_CHECK_S,
    AccountsUnavailable,
    Admission,
    Unauthenticated,
)
from martelo.runtime.problems.refusals import RateLimited

MAX_WATCHED = 50
"""Auctions one connection may watch at once."""

MAX_STRIKES = 10
OPS = ("auth", "bid", "ping", "subscribe", "unsubscribe")
MAX_UNANSWERED = 64
"""Bids of one connection under way at once; beyond, it is not read until some are answered."""

BID_FIELDS = requests.BID_FIELDS | {"op", "ref", "key"}


_NUMBERS = itertools.count()
"""Identifies connections."""


class ClientConnection(Connection, Protocol):
    """The connection, as a session uses it; no method may block or raise."""

    def apply_backpressure(self) -> None:
        """Read or rest, as `LiveSession.is_resting` says."""

    def close(self, code: int, reason: str) -> None:
        """End the connection with a reason."""


@dataclass(frozen=True, slots=True)
class SessionDependencies:
    """What every session is given."""

    hub: Hub
    bidding: Bidding
    parse_id: Callable[[str], AuctionId | None]
    buckets: TokenBuckets | None
    """Frames that cost more than a look, by connection; `None` where rate limits are off."""


class LiveSession:
    """One client: who it is, what it watches, and how many of its bids are under way."""

    __slots__ = ("_admission", "_answered", "_connection", "_dependencies", "_has_left", "_number",
                 "_strikes", "_tasks", "_waiting", "unanswered", "watched")  # fmt: skip

    def __init__(self, dependencies: SessionDependencies, connection: ClientConnection) -> None:
        self.watched: dict[AuctionId, Subscription] = {}
        self.unanswered = 0
        self._number = str(next(_NUMBERS))
        self._dependencies = dependencies
        self._connection = connection
        self._admission: Admission | None = None
        self._strikes = 0
        self._has_left = False
        self._waiting: list[msgspec.Raw] | None = None
        self._answered: asyncio.Event | None = None
        self._tasks: set[asyncio.Task[None]] | None = None

    @property
    def is_resting(self) -> bool:
        """Whether nothing more is to be read for now."""
        return self._waiting is not None or self.unanswered >= MAX_UNANSWERED

    def receive(self, text: bytes) -> None:
        """Take a message."""
        try:
            items = read_items(text)
        except Unreadable as error:
            self._refuse(None, error)
            return
        for item in items:
            self._take_in_turn(item)

    def hold(self) -> None:
        """Let the viewers buffer their events: there is no room."""
        for subscription in list(self.watched.values()):
            subscription.hold()

    def release(self) -> None:
        """Let the viewers send what they buffered."""
        for subscription in list(self.watched.values()):
            subscription.release()

    def leave(self) -> None:
        """Watch and ask for nothing more; bids under way go on."""
        self._has_left = True
        for subscription in list(self.watched.values()):
            subscription.leave()
        for task in list(self._tasks or ()):
            task.cancel()

    # Frames

    def _take_in_turn(self, item: msgspec.Raw) -> None:
        if self._waiting is not None:
            self._waiting.append(item)
        else:
            self._take(bytes(item))

    def _take(self, text: bytes) -> None:
        if self._has_left:
            return
        ref: Ref = None
        try:
            fields = read_fields(text)
            ref = read_ref(fields)
            self._do(read_op(fields), ref, text, fields)
        except Exception as error:  # noqa: BLE001 - the edge: every failure is answered
            self._refuse(ref, error)

    def _do(self, op: str, ref: Ref, text: bytes, fields: requests.Fields) -> None:
        match op:
            case "bid":
                self._bid(ref, text, fields)
            case "ping":
                require_only(text, fields, set())
                self._connection.write(PONG)
            case "subscribe":
                require_only(text, fields, {"auction_id", "after"})
                self._subscribe(ref, fields)
            case "unsubscribe":
                require_only(text, fields, {"auction_id"})
                self._unsubscribe(ref, fields)
            case "auth":
                require_only(text, fields, {"token"})
                self._begin_auth(ref, fields)
            case _:
                raise Unreadable((FieldError("op", FieldCode.NOT_A_CHOICE, {"choices": OPS}),))

    def _refuse(self, ref: Ref, error: Exception, **members: str) -> None:
        problem = PROBLEMS.problem_of(error)
        body = {**problem.body(accept_request_id(None)), **members}
        self._connection.write(answer_frame(ref, problem.status, body))
        if isinstance(error, Unreadable):
            self._strike()

    def _strike(self) -> None:
        self._strikes += 1
        if self._strikes == MAX_STRIKES:
            self._connection.close(Close.POLICY, "too many frames that make no sense")

    def _answer(self, ref: Ref, members: Json) -> None:
        if ref is not None:
            self._connection.write(answer_frame(ref, 200, members))

    def _take_token(self) -> None:
        buckets = self._dependencies.buckets
        wait_s = buckets.take(self._number) if buckets is not None else 0
        if wait_s > 0:
            raise RateLimited(int(wait_s) + 1)

    def _spawn(self, work: Coroutine[Any, Any, None]) -> None:
        if self._tasks is None:
            self._tasks = set()
        task = asyncio.create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    # Who it is

    def _begin_auth(self, ref: Ref, fields: requests.Fields) -> None:
        self._take_token()
        token = requests.parse_text(fields, "token")
        if token is None:
            raise Unreadable((FieldError("token", FieldCode.REQUIRED),))
        # What follows is judged by the outcome, so it waits.
        self._waiting = []
        self._connection.apply_backpressure()
        self._spawn(self._auth(ref, token))

    async def _auth(self, ref: Ref, token: str) -> None:
        # Bids of one connection are decided in order, also where another account bids next.
        if self.unanswered:
            self._answered = asyncio.Event()
            await self._answered.wait()
        try:
            admission = self._admission = await self._dependencies.bidding.authenticate(token)
        except Exception as error:  # noqa: BLE001 - the edge: every failure is answered
            self._refuse(ref, error)
            if isinstance(error, Unauthenticated):
                self._strike()
        else:
            expires_at = format_instant(int(admission.expires_at_s * 1000))
            account_id = admission.identity.account_id
            self._answer(ref, {"account_id": account_id, "expires_at": expires_at})
            if token.startswith("mk_"):
                self._spawn(self._watch_key(token, admission))
        waiting, self._waiting = self._waiting or [], None
        for item in waiting:
            self._take_in_turn(item)
        self._connection.apply_backpressure()

    async def _watch_key(self, api_key: str, admission: Admission) -> None:
        """Let nobody act by an API key that is revoked meanwhile."""
        while not self._has_left and admission.expires_at_s > time.time():
            await asyncio.sleep(KEY_CHECK_S)
            if self._admission is not admission:
                return
            try:
                await self._dependencies.bidding.authenticate(api_key)
            except Unauthenticated:
                self._admission = None
                return
            except AccountsUnavailable:
                continue

    # What it watches

    def _subscribe(self, ref: Ref, fields: requests.Fields) -> None:
        self._take_token()
        after = parse_position(requests.parse_text(fields, "after"))
        auction_id = self._known_id(fields)
        if auction_id in self.watched:
            raise InvalidInput((FieldError("auction_id", FieldCode.ALREADY_WATCHED),))
        if len(self.watched) >= MAX_WATCHED:
            bounds = {"max": MAX_WATCHED}
            raise InvalidInput((FieldError("auction_id", FieldCode.TOO_MANY_WATCHED, bounds),))
        subscription = Subscription(self._connection, self.watched, auction_id, ENCODING)
        self._spawn(self._join(subscription, after, ref))

    async def _join(self, subscription: Subscription, after: Position | None, ref: Ref) -> None:
        auction_id = subscription.auction_id
        try:
            watch = await self._dependencies.hub.join(
                auction_id, after, subscription, subscription.attach
            )
        except NothingLeft:
            subscription.leave()
            self._answer(ref, {"auction_id": auction_id, "ended": True})
        except Exception as error:  # noqa: BLE001 - the edge: every failure is answered
            subscription.leave()
            self._refuse(ref, error, auction_id=auction_id)
        else:
            self._answer(ref, {"auction_id": auction_id, "ended": False})
            if subscription.snapshot is not None and not subscription.has_left:
                self._connection.write(subscription.snapshot.frame.encoded(ENCODING))
            subscription.open(watch)

    def _unsubscribe(self, ref: Ref, fields: requests.Fields) -> None:
        auction_id = self._known_id(fields)
        subscription = self.watched.get(auction_id)
        if subscription is not None:
            subscription.leave()
        self._answer(ref, {"auction_id": auction_id, "left": subscription is not None})

    def _known_id(self, fields: requests.Fields) -> AuctionId:
        text = requests.parse_text(fields, "auction_id")
        if text is None:
            raise Unreadable((FieldError("auction_id", FieldCode.REQUIRED),))
        auction_id = self._dependencies.parse_id(text)
        if auction_id is None:
            raise AuctionNotFound
        return auction_id

    # What it bids

    def _bid(self, ref: Ref, text: bytes, fields: requests.Fields) -> None:
        if ref is None:
            raise Unreadable((FieldError("ref", FieldCode.REQUIRED),))
        admission = self._admission
        if admission is None or admission.expires_at_s <= time.time():
            raise Unauthenticated(had_proof=False)

        def on_answer(answer: BidAnswer) -> None:
            self.unanswered -= 1
            if self._answered is not None and not self.unanswered:
                self._answered.set()
            if isinstance(answer, Exception):
                self._refuse(ref, answer)
            else:
                self._connection.write(answer_frame(ref, 201, answer))
            self._connection.apply_backpressure()

        message = BidMessage(
            admission.identity,
            read_key=lambda: parse_key(requests.parse_text(fields, "key")),
            read_request=lambda: requests.parse_bid(text, fields, BID_FIELDS),
        )
        self.unanswered += 1
        self._dependencies.bidding.place(message, on_answer)
        if self.unanswered == MAX_UNANSWERED:
            self._connection.apply_backpressure()
