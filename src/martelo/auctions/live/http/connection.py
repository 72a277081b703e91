"""One HTTP connection: requests until one of them becomes a stream of events."""

import asyncio
import random
import socket
from collections.abc import Callable
from http import HTTPStatus
from typing import Protocol, cast

import structlog

from martelo.auctions.live.http.head import BadRequest, Request, RequestReader, response_head
from martelo.auctions.live.hub.frames import Snapshot
from martelo.auctions.live.hub.hub import Watch
from martelo.auctions.live.hub.viewer import Viewer
from martelo.auctions.live.sse.events import CONTENT_TYPE, ENCODING, HEARTBEAT, retry_field
from martelo.auctions.wire.problems import PROBLEMS
from martelo.runtime.http.protection import PROTECTION
from martelo.runtime.http.request_ids import HEADER, accept_request_id
from martelo.runtime.problems.rendering import CONTENT_TYPE as PROBLEM_TYPE
from martelo.runtime.problems.rendering import Problem

ROOM_BYTES = 64 * 1024
"""What the connection takes before the viewer's own bounded buffer begins."""

SEND_BUFFER_BYTES = 64 * 1024
"""Asked of the system, which else grows it to megabytes for a viewer who does not read."""

UNACKNOWLEDGED_MS = 60_000
RETRY_MS = (1_000, 3_000)
"""A browser reconnects after a random time between these, so that not all come at once."""

log = structlog.get_logger(__name__)


class Streams(Protocol):
    """What a connection needs of its server."""

    async def answer(self, connection: "Connection", request: Request) -> None:
        """Answer a request, once."""

    def opened(self, connection: "Connection") -> None:
        """Note a connection, and that a request is awaited from it."""

    def heard(self, connection: "Connection") -> None:
        """Note that a request came, so that it is not waited for."""

    def answered(self, connection: "Connection") -> None:
        """Note that the next request is awaited."""

    def streaming(self, connection: "Connection") -> None:
        """Note that the connection carries events from now on."""

    def closed(self, connection: "Connection") -> None:
        """Note that it is gone."""


class Connection(asyncio.Protocol):
    """Reads requests, writes answers, and is the sink of a viewer."""

    encoding = ENCODING
    __slots__ = ("_keep_alive", "_reader", "_request_id", "_server", "_task", "_transport",
                 "_viewer", "is_streaming", "watch")  # fmt: skip

    def __init__(self, server: Streams) -> None:
        self._server = server
        self._transport: asyncio.Transport | None = None
        self._reader: RequestReader | None = RequestReader()
        self._task: asyncio.Task[None] | None = None
        self._viewer: Viewer | None = None
        self._request_id = ""
        self._keep_alive = False
        self.watch: Watch | None = None
        self.is_streaming = False

    @property
    def is_idle(self) -> bool:
        """Whether nothing is asked or answered here."""
        return self._task is None and self._reader is not None and self._reader.is_idle

    @property
    def request_id(self) -> str:
        """The id of the request at hand."""
        return self._request_id

    # What the event loop says

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Take the connection."""
        # uvloop's transports are not asyncio.Transport by inheritance, only by what they do.
        self._transport = cast("asyncio.Transport", transport)
        self._transport.set_write_buffer_limits(high=ROOM_BYTES, low=ROOM_BYTES // 4)
        raw = transport.get_extra_info("socket")
        if raw is not None:
            raw.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, SEND_BUFFER_BYTES)
            if hasattr(socket, "TCP_USER_TIMEOUT"):
                raw.setsockopt(socket.IPPROTO_TCP, socket.TCP_USER_TIMEOUT, UNACKNOWLEDGED_MS)
        self._server.opened(self)

    def connection_lost(self, _error: Exception | None) -> None:
        """Watch no more."""
        self._transport = None
        if self._task is not None:
            self._task.cancel()
        if self.watch is not None:
            self.watch.leave()
        self._viewer = self.watch = None
        self._server.closed(self)

    def eof_received(self) -> bool:
        """Close our side too: who has stopped sending a stream's request has left it."""
        return False

    def data_received(self, data: bytes) -> None:
        """Read requests; what comes while events go out is not looked at."""
        if self._reader is None:
            return
        if self._task is not None:
            self.refuse(PROBLEMS.problem("pipelined"), close=True)
            return
        try:
            request = self._reader.feed(data)
        except BadRequest as error:
            self._request_id = accept_request_id(None)
            self.refuse(PROBLEMS.problem("bad-request", status=error.status), close=True)
            return
        if request is not None:
            self._server.heard(self)
            self._request_id = accept_request_id(request.headers.get(HEADER.lower()))
            self._keep_alive = request.keep_alive
            self._task = asyncio.create_task(self._server.answer(self, request))
            self._task.add_done_callback(self._answered)

    def pause_writing(self) -> None:
        """Let the viewer buffer its events: there is no room."""
        if self._viewer is not None:
            self._viewer.hold()

    def resume_writing(self) -> None:
        """Let the viewer send what it buffered."""
        if self._viewer is not None:
            self._viewer.release()

    def _answered(self, task: asyncio.Task[None]) -> None:
        self._task = None
        if task.cancelled():
            return
        error = task.exception()
        if error is not None:
            log.error("request-failed", request_id=self._request_id, exc_info=error)
            self.refuse(PROBLEMS.problem("internal-error"), close=True)

    # Whole answers

    def send(
        self, status: HTTPStatus, content_type: str, body: bytes, extra: dict[str, str]
    ) -> None:
        """Send a complete answer; the connection stays open where the client wants it."""
        if self._transport is None or self.is_streaming:
            return
        self._viewer = None
        headers = {
            HEADER: self._request_id,
            "Cache-Control": "no-store",
            **dict(PROTECTION),
            **extra,
        }
        if status is not HTTPStatus.NO_CONTENT:
            headers |= {"Content-Type": content_type, "Content-Length": str(len(body))}
        if not self._keep_alive:
            headers["Connection"] = "close"
        self._transport.write(response_head(status, headers) + body)
        if self._keep_alive:
            self._server.answered(self)
        else:
            self._reader = None
            self._transport.close()

    def refuse(
        self, problem: Problem, *, extra: dict[str, str] | None = None, close: bool = False
    ) -> None:
        """Send a problem."""
        self._keep_alive = self._keep_alive and not close
        headers = {**dict(problem.headers), **(extra or {})}
        body = problem.render(self._request_id)
        self.send(HTTPStatus(problem.status), PROBLEM_TYPE, body, headers)

    def upgrade(
        self, head: bytes, rest: bytes, protocol: Callable[[asyncio.Transport], asyncio.Protocol]
    ) -> None:
        """Send `head` and leave the connection to another protocol, with what came of it."""
        transport, self._transport, self._reader = self._transport, None, None
        if transport is None:
            return
        self._server.closed(self)
        transport.write(head)
        successor = protocol(transport)
        transport.set_protocol(successor)
        if rest:
            successor.data_received(rest)

    # A viewer's sink

    def attach(self, viewer: Viewer) -> None:
        """Learn which viewer is served, to report a full connection to it."""
        self._viewer = viewer

    def begin(self, snapshot: Snapshot | None) -> None:
        """Send the head, and the snapshot there is."""
        self._reader = None
        self.is_streaming = True
        headers = {
            "Content-Type": CONTENT_TYPE,
            "Cache-Control": "no-store",
            **dict(PROTECTION),
            "X-Accel-Buffering": "no",
            HEADER: self._request_id,
            "Connection": "close",
        }
        wait_ms = random.randint(*RETRY_MS)  # noqa: S311 - spreads load, guards nothing
        self.write(response_head(HTTPStatus.OK, headers) + retry_field(wait_ms))
        if snapshot is not None:
            self.write(snapshot.frame.encoded(ENCODING))
        self._server.streaming(self)

    def write(self, data: bytes) -> None:
        """Send events."""
        if self._transport is not None and not self._transport.is_closing():
            self._transport.write(data)

    def finish(self) -> None:
        """End the stream once what was written has gone out."""
        if self._transport is not None:
            self._transport.close()

    def abort(self) -> None:
        """Drop the connection with what it still holds."""
        if self._transport is not None:
            self._transport.abort()

    def beat(self) -> None:
        """Send a heartbeat, unless there is no room for one."""
        if self._viewer is not None and not self._viewer.is_held:
            self.write(HEARTBEAT)

    def close_for_restart(self, wait_ms: int) -> None:
        """End the stream, and say when to come back."""
        if self._viewer is not None and self._viewer.is_held:
            self.abort()
            return
        self.write(retry_field(wait_ms))
        self.finish()
