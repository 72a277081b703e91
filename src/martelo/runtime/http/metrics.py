"""What every HTTP process counts, in the text format of Prometheus.

Workers of one port each count in a file of their own, in the folder that `PROMETHEUS_MULTIPROC_DIR`
names, and any of them tells the sum: it never falls when one dies, since its file stays until the
port is served anew.
"""

import os
from functools import cache
from pathlib import Path

from prometheus_client import (
    CONTENT_TYPE_LATEST,
    REGISTRY,
    CollectorRegistry,
    Counter,
    Histogram,
    generate_latest,
)
from prometheus_client.multiprocess import MultiProcessCollector

CONTENT_TYPE = CONTENT_TYPE_LATEST

_REQUESTS = Counter(
    "martelo_http_requests_total", "Requests answered.", ["method", "route", "status"]
)
_SECONDS = Histogram(
    "martelo_http_request_seconds",
    "Time to answer.",
    ["method", "route"],
    buckets=(0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5),
)
_METHODS = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"})


def count_request(method: str, route: str, status: int, seconds: float) -> None:
    """Count one answer; `route` is a template as `/api/auth/keys/<prefix>`, never a path."""
    known = method if method in _METHODS else "other"
    requests, durations = _children(known, route, status)
    requests.inc()
    durations.observe(seconds)


@cache
def _children(method: str, route: str, status: int) -> tuple[Counter, Histogram]:
    """Return what counts such answers; there are as many as there are lines at `/metrics`."""
    return _REQUESTS.labels(method, route, str(status)), _SECONDS.labels(method, route)


def render_metrics() -> bytes:
    """Return every metric of this process, or of all that count in its folder."""
    folder = _folder()
    if folder is None:
        return generate_latest(REGISTRY)
    registry = CollectorRegistry()
    MultiProcessCollector(registry, str(folder))  # type: ignore[no-untyped-call]
    return generate_latest(registry)


def forget_all() -> None:
    """Begin anew, before any worker counts: what lies in the folder is of an earlier start."""
    folder = _folder()
    if folder is not None:
        for file in folder.glob("*.db"):
            file.unlink()


def _folder() -> Path | None:
    # prometheus_client itself reads it from there, when it is imported.
    named = os.environ.get("PROMETHEUS_MULTIPROC_DIR")  # noqa: TID251 - see above
    return Path(named) if named else None
