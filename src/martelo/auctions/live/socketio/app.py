"""The Socket.IO server on uvicorn: health beside it, and connections that cannot hang."""

import asyncio
import contextlib
from collections.abc import Awaitable, Callable, Iterator, MutableMapping
from typing import Any

import socketio
import uvicorn
from prometheus_client import CONTENT_TYPE_LATEST, CollectorRegistry, generate_latest
from uvicorn.protocols.websockets.websockets_sansio_impl import WebSocketsSansIOProtocol

from martelo.auctions.live.hub.hub import Hub
from martelo.auctions.live.socketio.events import MAX_MESSAGE_BYTES, SocketIo
from martelo.runtime.http.protection import PROTECTION

SLOW_S = 30.0
"""A WebSocket that has not made room for this long is dropped, with all that waits for it."""

GRACE_S = 3

Scope = MutableMapping[str, Any]
Send = Callable[[MutableMapping[str, Any]], Awaitable[None]]


class WebSocket(WebSocketsSansIOProtocol):
    """uvicorn's WebSocket, cut off where nobody reads it.

    uvicorn and python-engineio would wait for room for ever, with all that is queued.
    """

    _cutting: asyncio.TimerHandle | None = None

    def pause_writing(self) -> None:
        """Give the reader a while to make room."""
        super().pause_writing()
        self._cutting = asyncio.get_running_loop().call_later(SLOW_S, self.transport.abort)

    def resume_writing(self) -> None:
        """Let it live."""
        self._let_live()
        super().resume_writing()

    def connection_lost(self, exc: Exception | None) -> None:
        """Forget the deadline."""
        self._let_live()
        super().connection_lost(exc)

    def _let_live(self) -> None:
        if self._cutting is not None:
            self._cutting.cancel()
            self._cutting = None


class Health:
    """`/healthz`, `/readyz` and `/metrics`; a problem for everything else."""

    def __init__(self, hub: Hub, registry: CollectorRegistry) -> None:
        self._hub = hub
        self._registry = registry

    async def __call__(self, scope: Scope, _receive: object, send: Send) -> None:
        """Answer one request."""
        if scope["type"] != "http":
            return
        status, content_type, body = self._answer(scope["path"])
        headers = [
            (b"content-type", content_type.encode()),
            (b"cache-control", b"no-store"),
            *((name.lower().encode(), value.encode()) for name, value in PROTECTION),
        ]
        await send({"type": "http.response.start", "status": status, "headers": headers})
        await send({"type": "http.response.body", "body": body})

    def _answer(self, path: str) -> tuple[int, str, bytes]:
        match path:
            case "/healthz":
                return 200, "text/plain", b"ok\n"
            case "/readyz" if self._hub.is_ready:
                return 200, "text/plain", b"ready\n"
            case "/readyz":
                return 503, "text/plain", b"not ready\n"
            case "/metrics":
                return 200, CONTENT_TYPE_LATEST, generate_latest(self._registry)
            case _:
                body = b'{"type":"/problems/not-found","title":"Not Found","status":404}'
                return 404, "application/problem+json", body


class _UvicornServer(uvicorn.Server):
    """Leaves signals to us: uvicorn would raise them again once it has stopped."""

    @contextlib.contextmanager
    def capture_signals(self) -> Iterator[None]:
        """Capture nothing."""
        yield


async def serve(  # noqa: PLR0913 - what a server is made of
    transport: SocketIo,
    health: Health,
    *,
    host: str,
    port: int,
    backlog: int,
    stop: asyncio.Event,
) -> None:
    """Serve until `stop` is set, then close every connection and return."""
    config = uvicorn.Config(
        socketio.ASGIApp(transport.server, other_asgi_app=health, socketio_path="socket.io"),
        host=host,
        port=port,
        loop="none",
        http="httptools",
        ws=WebSocket,
        ws_max_size=MAX_MESSAGE_BYTES,
        ws_ping_interval=None,
        backlog=backlog,
        log_config=None,
        access_log=False,
        server_header=False,
        timeout_graceful_shutdown=GRACE_S,
        lifespan="off",
    )
    server = _UvicornServer(config)
    serving = asyncio.create_task(server.serve())
    stopping = asyncio.create_task(stop.wait())
    await asyncio.wait({serving, stopping}, return_when=asyncio.FIRST_COMPLETED)
    stopping.cancel()
    server.should_exit = True
    await serving
