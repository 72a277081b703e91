"""What every HTTP process counts, in the text format of Prometheus."""

from functools import cache

from prometheus_client import CONTENT_TYPE_LATEST, REGISTRY, Counter, Histogram, generate_latest

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
    """Return every metric of this process."""
    return generate_latest(REGISTRY)
