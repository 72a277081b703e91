"""The health of a WSGI worker, on a port of its own.

Requests wait in a queue for a few threads. To a probe that waited with them, a busy worker would
look like a dead one.
"""

import sys
import threading
import time
from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from socketserver import ThreadingMixIn
from typing import TYPE_CHECKING
from wsgiref.simple_server import WSGIRequestHandler, WSGIServer

import structlog

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

LIVENESS = "/healthz"
PATHS = frozenset({"/readyz", "/metrics"})
STUCK_S = 120.0
"""Longer than any request may take."""
READ_TIMEOUT_S = 2.0
TURN_TIMEOUT_S = 1.0

log = structlog.get_logger(__name__)


class Progress:
    """Which requests a worker's threads are answering, and when the last one was answered."""

    def __init__(self, threads: int, clock: Callable[[], float] = time.monotonic) -> None:
        self._threads = threads
        self._clock = clock
        self._began: dict[int, float] = {}
        self._answered_at = clock()

    @property
    def is_stuck(self) -> bool:
        """Whether every thread is busy, and none has answered anything for `STUCK_S`."""
        began = list(self._began.values())
        if len(began) < self._threads:
            return False
        return self._clock() - max(self._answered_at, *began) > STUCK_S

    def follow(self, app: "WSGIApplication") -> "WSGIApplication":
        """Return `app`, whose requests are counted here."""

        def answer(
            environment: "WSGIEnvironment", start_response: "StartResponse"
        ) -> Iterable[bytes]:
            thread = threading.get_ident()
            self._began[thread] = self._clock()
            try:
                return app(environment, start_response)
            finally:
                del self._began[thread]
                self._answered_at = self._clock()

        return answer


def open_health_port(host: str, port: int, app: "WSGIApplication", progress: Progress) -> int:
    """Serve the health of `app` in threads, until the process ends; return the port.

    Workers share the port: each probe reaches one of them.
    """
    server = _Server((host, port), _Handler)
    server.set_app(Health(app, progress))
    threading.Thread(target=server.serve_forever, name="health-port", daemon=True).start()
    return server.server_port


class Health:
    """Liveness, which waits for nothing, and what `app` says at the other paths."""

    def __init__(self, app: "WSGIApplication", progress: Progress) -> None:
        self._app = app
        self._progress = progress
        # In one thread, since each has a connection of its own to the database.
        self._thread = ThreadPoolExecutor(1, "health")
        self._turn = threading.Semaphore()

    def __call__(
        self, environment: "WSGIEnvironment", start_response: "StartResponse"
    ) -> Iterable[bytes]:
        """Answer one probe."""
        path = environment["PATH_INFO"]
        if path == LIVENESS:
            is_stuck = self._progress.is_stuck
            return _plain("503 Service Unavailable" if is_stuck else "200 OK", start_response)
        if path not in PATHS:
            return _plain("404 Not Found", start_response)
        # A check that takes long must not let others queue behind it.
        if not self._turn.acquire(timeout=TURN_TIMEOUT_S):
            return _plain("503 Service Unavailable", start_response)
        try:
            return self._thread.submit(self._app, environment, start_response).result()
        finally:
            self._turn.release()


def _plain(status: str, start_response: "StartResponse") -> list[bytes]:
    body = f"{status}\n".encode()
    start_response(status, [("Content-Type", "text/plain"), ("Content-Length", str(len(body)))])
    return [body]


class _Server(ThreadingMixIn, WSGIServer):
    daemon_threads = True
    allow_reuse_port = True

    def handle_error(self, request: object, client_address: object) -> None:  # noqa: ARG002 - the base's
        """Log that a probe could not be answered, as where it has left."""
        log.info("probe-not-answered", exc_info=sys.exc_info())


class _Handler(WSGIRequestHandler):
    timeout = READ_TIMEOUT_S

    def log_message(self, *_: object) -> None:
        """Keep probes out of the logs."""
