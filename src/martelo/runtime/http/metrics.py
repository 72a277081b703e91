"""What every HTTP process counts, in the text format of Prometheus.

Workers of one port each count in a file of their own, in one folder, and any of them reports the
sum: it never falls when one dies, since its file stays until the port is served again.
prometheus_client takes the folder from `PROMETHEUS_MULTIPROC_DIR` when it is imported, so there is
one a process: two contexts in one process then report their sum, too.
"""

from functools import cache
from pathlib import Path

from prometheus_client import (
    CONTENT_TYPE_LATEST,
    CollectorRegistry,
    Counter,
    Histogram,
    generate_latest,
)
from prometheus_client.multiprocess import MultiProcessCollector

CONTENT_TYPE = CONTENT_TYPE_LATEST

_METHODS = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"})


class HttpMetrics:
    """The metrics of one API; `folder` is where its workers count together, if there are any."""

    def __init__(self, registry: CollectorRegistry, folder: Path | None = None) -> None:
        self._registry = registry
        self._folder = folder
        self._requests = Counter(
            "martelo_http_requests_total",
            "Requests answered.",
            ["method", "route", "status"],
            registry=registry,
        )
        self._seconds = Histogram(
            "martelo_http_request_seconds",
            "Time to answer.",
            ["method", "route"],
            buckets=(0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5),
            registry=registry,
        )
        self._problems = Counter(
            "martelo_http_problems_total",
            "Problems answered.",
            ["slug"],
            registry=registry,
        )
        self._security_events = Counter(
            "martelo_security_events_total",
            "Sign-ins, changed passwords and other events of accounts and administrators.",
            ["event"],
            registry=registry,
        )
        # As many entries as there are lines at `/metrics`.
        self._children = cache(self._find_children)

    def count_request(self, method: str, route: str, status: int, seconds: float) -> None:
        """Count one answer; `route` is a template as `/api/auth/keys/<prefix>`, never a path."""
        known = method if method in _METHODS else "other"
        requests, durations = self._children(known, route, status)
        requests.inc()
        durations.observe(seconds)

    def count_problem(self, slug: str) -> None:
        """Count one problem answered, by its slug in the problem table."""
        self._problems.labels(slug).inc()

    def count_security_event(self, event: str) -> None:
        """Count an event of an account or an administrator, by its stable name."""
        self._security_events.labels(event).inc()

    def render(self) -> bytes:
        """Return every metric of the registry, or of all workers that count in the folder."""
        if self._folder is None:
            return generate_latest(self._registry)
        together = CollectorRegistry()
        MultiProcessCollector(together, str(self._folder))  # type: ignore[no-untyped-call]
        return generate_latest(together)

    def _find_children(self, method: str, route: str, status: int) -> tuple[Counter, Histogram]:
        return (
            self._requests.labels(method, route, str(status)),
            self._seconds.labels(method, route),
        )


def forget_counts(folder: Path | None) -> None:
    """Remove what workers of an earlier start counted, before any worker of this one counts."""
    if folder is not None:
        for file in folder.glob("*.db"):
            file.unlink()
