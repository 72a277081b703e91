"""Socket.IO in front of the hub: `join`, `leave`, `place_bid`; `auction_update`, `auction_ended`.

Every event is answered through its acknowledgement: with what was asked for, or with a problem,
the same JSON object as in HTTP.
"""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any

import msgspec
from engineio import AsyncServer as AsyncEngine
from socketio import AsyncServer

from martelo.auctions.admission import BidMessage
from martelo.auctions.domain.refusals import AuctionNotFound
from martelo.auctions.live.bids.bidding import Bidding
from martelo.auctions.live.hub.channel import NothingLeft
from martelo.auctions.live.hub.frames import Position, parse_position
from martelo.auctions.live.hub.hub import Hub
from martelo.auctions.live.origins import Origins
from martelo.auctions.live.problems import problem_of
from martelo.auctions.live.socketio.connection import Socket
from martelo.auctions.live.socketio.packets import ENCODING, MALFORMED, Packet
from martelo.auctions.live.subscription import Subscription
from martelo.auctions.wire import requests
from martelo.auctions.wire.answers import Json
from martelo.kernel.idempotency import parse_key
from martelo.kernel.ids import AuctionId
from martelo.kernel.refusal import FieldError, InvalidInput
from martelo.runtime.http.request_ids import accept_request_id
from martelo.runtime.identity.tokens import Unauthenticated

MAX_MESSAGE_BYTES = 64 * 1024
MAX_WATCHED = 20
"""Auctions one connection may watch at once."""

MAX_STRIKES = 10
"""The tenth message that cannot be read closes the connection."""

MAX_QUEUED = 16
"""Packets that may wait inside python-engineio."""

BID_FIELDS = requests.BID_FIELDS | {"token", "idempotency_key"}
"""What is the body in HTTP, and what is in its headers."""

PING_S = 25
PONG_WITHIN_S = 20


class _Engine(AsyncEngine):  # type: ignore[misc]  # the library has no types
    """Ends the id of each session with the port of the process that holds it.

    By that the gateway leads a client's further requests here, where there are several processes.
    """

    def __init__(self, *, port: int, **options: object) -> None:
        super().__init__(**options)
        self._port = port

    def generate_id(self) -> str:
        """Return a new id."""
        return f"{super().generate_id()}.{self._port}"


class _SocketIoServer(AsyncServer):  # type: ignore[misc]  # the same
    def _engineio_server_class(self) -> type[_Engine]:
        return _Engine


class SocketIo:
    """The events of a Socket.IO server, one method each; `port` is the one it listens on."""

    def __init__(
        self,
        hub: Hub,
        bidding: Bidding,
        parse_id: Callable[[str], AuctionId | None],
        origins: Origins,
        port: int,
    ) -> None:
        self._hub = hub
        self._bidding = bidding
        self._parse_id = parse_id
        self._sockets: dict[str, Socket] = {}
        self.server = _SocketIoServer(
            port=port,
            async_mode="asgi",
            serializer=Packet,
            cors_allowed_origins=lambda origin, environ: origins.admit(
                origin, environ.get("HTTP_HOST")
            ),
            max_http_buffer_size=MAX_MESSAGE_BYTES,
            ping_interval=PING_S,
            ping_timeout=PONG_WITHIN_S,
            always_connect=False,
            logger=False,
            engineio_logger=False,
        )
        self.server.on("connect", self._connect)
        self.server.on("disconnect", self._disconnect)
        for name, handler in (
            ("join", self._join),
            ("leave", self._leave),
            ("place_bid", self._place_bid),
            ("*", self._unknown),
        ):
            self.server.on(name, _Answering(handler, self._strike).answer)

    # Connections

    async def _connect(self, sid: str, _environ: dict[str, Any], _auth: object = None) -> None:
        if sid in self._sockets:
            return  # a client may name an event of its own "connect"
        eio_sid: str = self.server.manager.eio_sid_from_sid(sid, "/")
        engine = self.server.eio

        async def send(packet: str) -> None:
            await engine.send(eio_sid, packet)

        def has_room() -> bool:
            connection = engine.sockets.get(eio_sid)
            return connection is None or connection.queue.qsize() < MAX_QUEUED

        async def close() -> None:
            connection = engine.sockets.get(eio_sid)
            if connection is not None:
                # Without waiting for the queue, which perhaps nobody reads.
                await connection.close(wait=False, abort=True)

        def unlock() -> None:
            connection = engine.sockets.get(eio_sid)
            if connection is not None:
                # The last word in the queue ends the task that writes, or the long poll.
                connection.queue.put_nowait(None)

        self._sockets[sid] = Socket(send, has_room, close, unlock)

    async def _disconnect(self, sid: str, _reason: object = None) -> None:
        socket = self._sockets.pop(sid, None)
        if socket is not None:
            socket.leave()

    def _strike(self, sid: str) -> None:
        socket = self._sockets.get(sid)
        if socket is not None:
            socket.strikes += 1
            if socket.strikes >= MAX_STRIKES:
                socket.abort()

    # Events

    async def _join(self, sid: str, body: bytes) -> Json:
        auction_id, after = self._read_join(body)
        socket = self._sockets.get(sid)
        if socket is None:
            raise InvalidInput((FieldError("", "the connection is closing"),))
        if auction_id in socket.watched or len(socket.watched) >= MAX_WATCHED:
            message = f"is watched already, or {MAX_WATCHED} others are"
            raise InvalidInput((FieldError("auction_id", message),))
        subscription = Subscription(socket, socket.watched, auction_id, ENCODING)
        try:
            watch = await self._hub.join(auction_id, after, subscription, subscription.attach)
        except BaseException as error:
            subscription.leave()
            if isinstance(error, NothingLeft):
                return {"snapshot": None, "id": str(after), "ended": True}
            raise
        # The answer is queued as soon as this returns, before the loop turns: then the events.
        asyncio.get_running_loop().call_soon(subscription.open, watch)
        if subscription.has_left:
            raise InvalidInput((FieldError("auction_id", "was left while it was joined"),))
        if subscription.snapshot is None:
            return {"snapshot": None, "id": str(after)}
        snapshot = subscription.snapshot
        return {"snapshot": snapshot.view, "id": str(snapshot.position)}

    async def _leave(self, sid: str, body: bytes) -> Json:
        fields = requests.parse_object(body)
        auction_id = self._known_id(fields)
        socket = self._sockets.get(sid)
        subscription = socket.watched.get(auction_id) if socket is not None else None
        if subscription is not None:
            subscription.leave()
        return {"left": subscription is not None}

    async def _place_bid(self, _sid: str, body: bytes) -> Json:
        fields = requests.parse_members(body)
        token = requests.parse_text(fields, "token")
        if token is None:
            raise Unauthenticated
        message = BidMessage(
            await self._bidding.identify(token),
            read_key=lambda: parse_key(requests.parse_text(fields, "idempotency_key")),
            read_request=lambda: requests.parse_bid(body, fields, BID_FIELDS),
        )
        return await self._bidding.answer_to(message)

    async def _unknown(self, event: str, _sid: str, _body: bytes) -> Json:
        name = "a packet" if event == MALFORMED else "an event"
        message = f"this is {name} that is not known here"
        raise Unreadable((FieldError("", message),))

    def _read_join(self, body: bytes) -> tuple[AuctionId, Position | None]:
        fields = requests.parse_object(body)
        unknown = sorted(set(fields) - {"auction_id", "after"})
        if unknown:
            faults = (FieldError(name[:64], "unknown field") for name in unknown)
            raise InvalidInput(tuple(faults))
        after = requests.parse_text(fields, "after")
        return self._known_id(fields), parse_position(after)

    def _known_id(self, fields: requests.Fields) -> AuctionId:
        text = requests.parse_text(fields, "auction_id")
        if text is None:
            raise InvalidInput((FieldError("auction_id", "is missing"),))
        auction_id = self._parse_id(text)
        if auction_id is None:
            raise AuctionNotFound
        return auction_id


class Unreadable(InvalidInput):
    """A packet or event that makes no sense; a client that keeps sending them is cut off."""


@dataclass(frozen=True, slots=True)
class _Answering:
    """Calls a handler with the first argument as raw JSON, and answers its exceptions."""

    handler: Callable[..., Awaitable[Json]]
    strike: Callable[[str], None]

    async def answer(self, *words: Any) -> Json:  # noqa: ANN401 - as python-socketio calls
        """Return the handler's answer or a problem."""
        # An unknown event's name comes before the connection's id.
        names = [word for word in words if isinstance(word, str)]
        raws = [word for word in words if isinstance(word, msgspec.Raw)]
        body = bytes(raws[0]) if raws else b"{}"
        try:
            return dict(await self.handler(*names, body))
        except Exception as error:  # noqa: BLE001 - the edge: every failure is answered
            if isinstance(error, Unreadable):
                self.strike(names[-1])
            return problem_of(error).body(accept_request_id(None))
