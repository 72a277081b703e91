"""The one HTTP client: every call has a time-out, and one exception says that it failed."""

from collections.abc import Mapping
from dataclasses import dataclass
from http.cookiejar import CookieJar, DefaultCookiePolicy
from typing import Protocol

import httpx2  # noqa: TID251 - this is the module it is banned in favour of
import structlog

CONNECT_TIMEOUT_S = 0.3
READ_TIMEOUT_S = 2.0


class HttpFailed(Exception):  # noqa: N818 - says what happened, as the standard library's do
    """No complete response: connection refused, time-out, or a malformed response."""


class HttpUnreached(HttpFailed):
    """No connection was made, so nothing was sent."""


@dataclass(frozen=True, slots=True)
class HttpResponse:
    """A complete response; header names are lower case."""

    status: int
    headers: Mapping[str, str]
    body: bytes


class Http(Protocol):
    """A client, as its callers use it; tests pass fakes."""

    def send(
        self,
        method: str,
        url: str,
        *,
        headers: Mapping[str, str] | None = None,
        content: bytes | None = None,
    ) -> HttpResponse:
        """Send one request; raise `HttpFailed` without a complete response."""
        ...


class HttpClient:
    """A pooled, thread-safe client for calls between processes.

    It follows no redirects, stores no cookies (its callers act for many people), does not retry
    (callers do, with an idempotency key), ignores proxies of the environment, and forwards the
    request id bound to the logging context.
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
        """Send one request and return the response, with any status.

        Raises:
            HttpFailed: No complete response in time.
        """
        try:
            response = self._client.request(
                method, url, headers=_with_request_id(headers or {}), content=content
            )
        except (httpx2.ConnectError, httpx2.ConnectTimeout, httpx2.PoolTimeout) as error:
            raise HttpUnreached(f"{method} {url}: {type(error).__name__}") from error
        except httpx2.HTTPError as error:
            raise HttpFailed(f"{method} {url}: {type(error).__name__}") from error
        return HttpResponse(response.status_code, dict(response.headers), response.content)

    def close(self) -> None:
        """Close the pooled connections."""
        self._client.close()


def open_client(
    *, connect_timeout_s: float = CONNECT_TIMEOUT_S, read_timeout_s: float = READ_TIMEOUT_S
) -> HttpClient:
    """Return a client for calls between processes; it connects on first use."""
    timeout = httpx2.Timeout(read_timeout_s, connect=connect_timeout_s)
    no_cookies = CookieJar(DefaultCookiePolicy(allowed_domains=[]))
    return HttpClient(httpx2.Client(timeout=timeout, trust_env=False, cookies=no_cookies))


def _with_request_id(headers: Mapping[str, str]) -> dict[str, str]:
    request_id = structlog.contextvars.get_contextvars().get("request_id")
    return {"X-Request-Id": request_id, **headers} if request_id else dict(headers)
