"""The server of event streams and WebSockets: routes, heartbeats, and an orderly stop."""

import asyncio
import random
from dataclasses import dataclass
from http import HTTPStatus

import structlog
from prometheus_client import CONTENT_TYPE_LATEST, CollectorRegistry, generate_latest

from martelo.auctions.domain.refusals import AuctionNotFound
from martelo.auctions.live.http.connection import Connection
from martelo.auctions.live.http.head import Request
from martelo.auctions.live.hub.channel import NothingLeft
from martelo.auctions.live.hub.frames import parse_position
from martelo.auctions.live.origins import Origins
from martelo.auctions.live.websocket import handshake
from martelo.auctions.live.websocket.connection import WebSocket
from martelo.auctions.live.websocket.handshake import Verdict
from martelo.auctions.live.websocket.session import SessionDependencies
from martelo.auctions.ports.failures import StoreUnavailable
from martelo.auctions.wire.problems import PROBLEMS
from martelo.runtime.problems.refusals import MethodNotAllowed

TEXT = "text/plain; charset=utf-8"

Peer = Connection | WebSocket
"""Whoever is connected."""

log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Timing:
    """How long the server waits, and how often it speaks."""

    head_s: float = 5.0
    """From the first byte of a request (or the connection) to its last."""
    idle_s: float = 75.0
    """Between two requests of a connection."""
    heartbeat_s: int = 15
    drain_s: float = 2.0
    """Over this time viewers are sent away at a stop, not all at once."""


class FeedServer:
    """Accepts connections and gives their viewers to the hub."""

    def __init__(
        self,
        registry: CollectorRegistry,
        sessions: SessionDependencies,
        origins: Origins,
        timing: Timing,
    ) -> None:
        self._hub = sessions.hub
        self._registry = registry
        self._parse_id = sessions.parse_id
        self._sessions = sessions
        self._origins = origins
        self._timing = timing
        self.port = 0
        """Where it listens, once it does."""
        self._is_stopping = False
        self._awaited: dict[Connection, float] = {}
        self._all: set[Peer] = set()
        self._beats: list[set[Peer]] = [set() for _ in range(timing.heartbeat_s)]
        self._next_beat = 0

    async def run(self, host: str, port: int, backlog: int, stop: asyncio.Event) -> None:
        """Serve until `stop` is set, then send the viewers away and return."""
        loop = asyncio.get_running_loop()
        listener = await loop.create_server(lambda: Connection(self), host, port, backlog=backlog)
        ticking = asyncio.create_task(self._tick())
        self.port = listener.sockets[0].getsockname()[1]
        log.info("listening", host=host, port=self.port)
        try:
            await stop.wait()
        finally:
            self._is_stopping = True
            listener.close()
            await self._send_away()
            ticking.cancel()

    # What connections say

    def opened(self, connection: Connection) -> None:
        """Wait for a first request, not for ever."""
        self._all.add(connection)
        self._awaited[connection] = self._now() + self._timing.head_s

    def heard(self, connection: Connection) -> None:
        """Wait no more."""
        self._awaited.pop(connection, None)

    def answered(self, connection: Connection) -> None:
        """Wait for the next request."""
        self._awaited[connection] = self._now() + self._timing.idle_s

    def streaming(self, connection: Connection) -> None:
        """Give the connection its turn among the heartbeats."""
        self._beats[self._next_beat].add(connection)

    def closed(self, connection: Peer) -> None:
        """Forget the connection."""
        self._all.discard(connection)
        if isinstance(connection, Connection):
            self._awaited.pop(connection, None)
        for beats in self._beats if connection.is_streaming else ():
            beats.discard(connection)

    async def answer(self, connection: Connection, request: Request) -> None:
        """Answer a request."""
        if request.method != "GET":
            connection.refuse(PROBLEMS.problem_of(MethodNotAllowed(("GET",))))
            return
        match request.path.split("/"):
            case ["", "auction", auction_id, "events"]:
                await self._stream(connection, request, auction_id)
            case ["", "live"]:
                self._shake_hands(connection, request)
            case ["", "healthz"]:
                connection.send(HTTPStatus.OK, TEXT, b"ok\n", {})
            case ["", "readyz"]:
                self._readiness(connection)
            case ["", "metrics"]:
                body = generate_latest(self._registry)
                connection.send(HTTPStatus.OK, CONTENT_TYPE_LATEST, body, {})
            case _:
                connection.refuse(PROBLEMS.problem("not-found"))

    def _readiness(self, connection: Connection) -> None:
        if self._hub.is_ready and not self._is_stopping:
            connection.send(HTTPStatus.OK, TEXT, b"ready\n", {})
        else:
            connection.send(HTTPStatus.SERVICE_UNAVAILABLE, TEXT, b"not ready\n", {})

    def _shake_hands(self, connection: Connection, request: Request) -> None:
        match handshake.judge(request, self._origins):
            case Verdict.NO_UPGRADE:
                connection.refuse(PROBLEMS.problem("upgrade-required"), extra=handshake.OFFER)
            case Verdict.NO_KEY:
                connection.refuse(PROBLEMS.problem("bad-handshake"), close=True)
            case Verdict.FOREIGN_PAGE:
                connection.refuse(PROBLEMS.problem("foreign-page"), close=True)
            case Verdict.WELCOME:
                head = handshake.switching_head(request, connection.request_id)
                connection.upgrade(head, request.rest, self._open_socket)

    def _open_socket(self, transport: asyncio.Transport) -> WebSocket:
        opened = WebSocket(self, transport, self._sessions)
        self._all.add(opened)
        self._beats[self._next_beat].add(opened)
        return opened

    async def _stream(self, connection: Connection, request: Request, text: str) -> None:
        auction_id = self._parse_id(text)
        if auction_id is None:
            connection.refuse(PROBLEMS.problem_of(AuctionNotFound()))
            return
        after = request.headers.get("last-event-id") or request.query.get("after", [None])[0]
        try:
            watch = await self._hub.join(
                auction_id, parse_position(after), connection, connection.attach
            )
        except NothingLeft:
            # A browser then stops coming back (HTML standard, section 9.2.3).
            connection.send(HTTPStatus.NO_CONTENT, TEXT, b"", {})
        except AuctionNotFound as error:
            connection.refuse(PROBLEMS.problem_of(error))
        except StoreUnavailable as error:
            log.info("join-refused", auction_id=auction_id, reason=str(error))
            connection.refuse(PROBLEMS.problem_of(error))
        else:
            connection.watch = watch

    # Time

    async def _tick(self) -> None:
        """Once a second: a part of the heartbeats, and the end of waits that were too long."""
        while True:
            await asyncio.sleep(1.0)
            self._next_beat = (self._next_beat + 1) % len(self._beats)
            for connection in list(self._beats[self._next_beat]):
                connection.beat()
            now = self._now()
            for connection, until in list(self._awaited.items()):
                if until <= now:
                    self._end_wait(connection)

    def _end_wait(self, connection: Connection) -> None:
        self._awaited.pop(connection, None)
        if connection.is_idle:
            connection.finish()
        else:
            connection.refuse(PROBLEMS.problem("request-timeout"), close=True)

    async def _send_away(self) -> None:
        """Close idle connections at once and streams over a while, in random order."""
        connections = list(self._all)
        random.shuffle(connections)
        pause_s = self._timing.drain_s / max(1, len(connections))
        started_at = self._now()
        for count, connection in enumerate(connections):
            if connection.is_streaming:
                wait_ms = random.randint(200, 200 + int(self._timing.drain_s * 1000))  # noqa: S311
                connection.close_for_restart(wait_ms)
            else:
                connection.finish()
            ahead_s = started_at + (count + 1) * pause_s - self._now()
            if ahead_s > 0.01:
                await asyncio.sleep(ahead_s)
        for connection in list(self._all):
            connection.finish()
        await asyncio.sleep(0)

    @staticmethod
    def _now() -> float:
        return asyncio.get_running_loop().time()
