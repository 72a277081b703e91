"""The one HTTP client: every call has a deadline, and one exception says that it failed."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Protocol

import httpx2  # noqa: TID251 - this is the module it is banned in favour of
import structlog

CONNECT_TIMEOUT_S = 0.3
READ_TIMEOUT_S = 2.0


class HttpFailed(Exception):  # noqa: N818 - says what happened, as the standard library's do
    """No whole answer came: connection refused, time-out, or a broken answer."""


class HttpUnreached(HttpFailed):
    """No connection came about, so that surely nothing was sent."""


@dataclass(frozen=True, slots=True)
class HttpResponse:
    """A whole answer; header names are lower case."""

    status: int
    headers: Mapping[str, str]
    body: bytes


class Http(Protocol):
    """What callers need of a client; fakes stand in for it in tests."""

    def send(
        self,
        method: str,
        url: str,
        *,
        headers: Mapping[str, str] | None = None,
        content: bytes | None = None,
    ) -> HttpResponse:
        """Send one request; raise `HttpFailed` where no whole answer comes."""
        ...


class HttpClient:
    """A pooled, thread-safe client for calls between processes.

    It follows no redirects, retries nothing (a retry is the caller's, with its idempotency key),
    ignores proxies of the environment, and hands on the request id bound to the context.
    """

    def __init__(self, client: httpx2.Client) -> None:
        self._client = client

    def send(
        self,
        method: str,
        url: str,
        *,
        headers: Mapping[str, str] | None = None,
        content: bytes | None = None,
    ) -> HttpResponse:
        """Send one request and return its whole answer, whatever its status.

        Raises:
            HttpFailed: no whole answer came in time.
        """
        try:
            answer = self._client.request(
                method, url, headers=_with_request_id(headers or {}), content=content
            )
        except (httpx2.ConnectError, httpx2.ConnectTimeout, httpx2.PoolTimeout) as error:
            raise HttpUnreached(f"{method} {url}: {type(error).__name__}") from error
        except httpx2.HTTPError as error:
            raise HttpFailed(f"{method} {url}: {type(error).__name__}") from error
        return HttpResponse(answer.status_code, dict(answer.headers), answer.content)

    def close(self) -> None:
        """Close the pooled connections."""
        self._client.close()


def open_client(
    *, connect_timeout_s: float = CONNECT_TIMEOUT_S, read_timeout_s: float = READ_TIMEOUT_S
) -> HttpClient:
    """Return a client for calls between processes; it connects on first use."""
    timeout = httpx2.Timeout(read_timeout_s, connect=connect_timeout_s)
    return HttpClient(httpx2.Client(timeout=timeout, trust_env=False))


def _with_request_id(headers: Mapping[str, str]) -> dict[str, str]:
    request_id = structlog.contextvars.get_contextvars().get("request_id")
    return {"X-Request-Id": request_id, **headers} if request_id else dict(headers)
