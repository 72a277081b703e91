"""An OpenTelemetry collector that keeps what it is sent, or takes it and never answers."""

import contextlib
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest

PATH = "/v1/traces"


@dataclass(frozen=True)
class Seen:
    """A span as it was decoded."""

    name: str
    id: bytes
    parent_id: bytes
    attributes: dict[str, Any]
    events: int


@dataclass
class Collector:
    """Keeps bodies; once `is_silent` it answers nobody until it is closed."""

    bodies: list[bytes] = field(default_factory=list)
    asked: threading.Event = field(default_factory=threading.Event)
    is_silent: bool = False
    url: str = ""
    closing: threading.Event = field(default_factory=threading.Event)

    def spans(self) -> list[Seen]:
        """Return every span that came."""
        return [span for body in list(self.bodies) for span in _decoded(body)]


def _decoded(body: bytes) -> Iterator[Seen]:
    for resource in ExportTraceServiceRequest.FromString(body).resource_spans:
        for scope in resource.scope_spans:
            for span in scope.spans:
                attributes = {
                    each.key: getattr(each.value, str(each.value.WhichOneof("value")))
                    for each in span.attributes
                }
                yield Seen(
                    span.name, span.span_id, span.parent_span_id, attributes, len(span.events)
                )


@contextlib.contextmanager
def collecting() -> Iterator[Collector]:
    """Serve a collector on a free loopback port."""
    collector = Collector()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            collector.asked.set()
            if collector.is_silent:
                collector.closing.wait()
                return
            assert self.path == PATH
            assert "Content-Encoding" not in self.headers
            collector.bodies.append(body)
            self.send_response(200)
            self.send_header("Content-Length", "0")
            self.end_headers()

        def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - as inherited
            """Say nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    collector.url = f"http://127.0.0.1:{server.server_address[1]}"
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    try:
        yield collector
    finally:
        collector.closing.set()
        server.shutdown()
        thread.join()
        server.server_close()
