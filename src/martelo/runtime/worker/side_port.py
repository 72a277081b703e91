"""The side port of processes that serve nothing else: `/healthz`, `/readyz`, `/metrics`."""

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import orjson
from prometheus_client import CollectorRegistry, generate_latest

from martelo.runtime.http.metrics import CONTENT_TYPE

REQUEST_TIMEOUT_S = 5

Faults = Callable[[], list[str]]
"""Returns the names of the parts at fault, none where all is well."""


@contextmanager
def side_port(
    host: str, port: int, registry: CollectorRegistry, *, stuck: Faults, not_ready: Faults
) -> Iterator[int]:
    """Serve health and metrics in a thread; yield the port, which is a free one for 0."""

    class Handler(BaseHTTPRequestHandler):
        timeout = REQUEST_TIMEOUT_S

        def do_GET(self) -> None:
            match self.path.partition("?")[0]:
                case "/healthz":
                    self._answer_faults(stuck())
                case "/readyz":
                    self._answer_faults([*stuck(), *not_ready()])
                case "/metrics":
                    self._answer(HTTPStatus.OK, CONTENT_TYPE, generate_latest(registry))
                case _:
                    self._answer(HTTPStatus.NOT_FOUND, "text/plain", b"")

        def _answer_faults(self, faults: list[str]) -> None:
            status = HTTPStatus.SERVICE_UNAVAILABLE if faults else HTTPStatus.OK
            body = orjson.dumps({"status": "fault" if faults else "ok", "faults": faults})
            self._answer(status, "application/json", body)

        def _answer(self, status: HTTPStatus, content_type: str, body: bytes) -> None:
            self.send_response(status)
            self.send_header("Content-Type", content_type)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: object) -> None:
            """Keep probes out of the logs."""

    server = ThreadingHTTPServer((host, port), Handler)
    server.daemon_threads = True
    thread = threading.Thread(target=server.serve_forever, name="side-port", daemon=True)
    thread.start()
    try:
        yield server.server_port
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
