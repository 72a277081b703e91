"""HTTP/1.1 as far as a stream of events needs it: a request's head in, an answer's head out."""

from dataclasses import dataclass, field
from http import HTTPStatus
from urllib.parse import parse_qs, unquote

import httptools

MAX_HEAD_BYTES = 16 * 1024
MAX_BODY_BYTES = 16 * 1024


@dataclass(slots=True)
class Request:
    """What of a request matters here; header names are lower case."""

    method: str = ""
    path: str = ""
    query: dict[str, list[str]] = field(default_factory=dict)
    headers: dict[str, str] = field(default_factory=dict)
    keep_alive: bool = False
    rest: bytes = b""
    """What came after a request to upgrade, in its new protocol."""


class BadRequest(Exception):  # noqa: N818 - says what came
    """A request that cannot be answered here."""

    def __init__(self, status: HTTPStatus, detail: str) -> None:
        super().__init__(detail)
        self.status = status
        self.detail = detail


class RequestReader:
    """Reads one request after another from the bytes of a connection, each within bounds."""

    __slots__ = ("_head_bytes", "_is_head", "_is_whole", "_parser", "_read_bytes", "_request",
                 "_url")  # fmt: skip

    def __init__(self) -> None:
        self._parser = httptools.HttpRequestParser(self)
        self._begin()

    @property
    def is_idle(self) -> bool:
        """Whether nothing of a request has come yet."""
        return self._read_bytes == 0

    def feed(self, data: bytes) -> Request | None:
        """Return the request that `data` completes, or `None` while it is incomplete.

        Raises:
            BadRequest: It is none, or too large, or another one follows before the answer.
        """
        self._read_bytes += len(data)
        try:
            self._parser.feed_data(data)
        except httptools.HttpParserUpgrade as upgrade:
            # Where it becomes nothing else it stays HTTP, as RFC 9110 7.8 allows.
            self._is_whole = True
            self._request.rest = data[upgrade.args[0] :]
        except httptools.HttpParserError as error:
            raise BadRequest(HTTPStatus.BAD_REQUEST, "This is no HTTP request.") from error
        head_bytes = self._read_bytes if self._is_head else self._head_bytes
        if head_bytes > MAX_HEAD_BYTES:
            raise BadRequest(HTTPStatus.REQUEST_HEADER_FIELDS_TOO_LARGE, "The head is too large.")
        if self._read_bytes > MAX_HEAD_BYTES + MAX_BODY_BYTES:
            raise BadRequest(HTTPStatus.REQUEST_ENTITY_TOO_LARGE, "The request is too large.")
        if not self._is_whole:
            return None
        request = self._request
        request.keep_alive = self._parser.should_keep_alive()
        self._begin()
        return request

    def on_message_begin(self) -> None:
        """Refuse a second request in one go."""
        if self._is_whole:
            raise ValueError("another request before the answer")

    def on_url(self, url: bytes) -> None:
        """Take a part of the target."""
        self._url += url
        self._head_bytes += len(url)

    def on_header(self, name: bytes, value: bytes) -> None:
        """Take a header."""
        self._head_bytes += len(name) + len(value) + len(": \r\n")
        self._request.headers[name.decode("latin-1").lower()] = value.decode("latin-1")

    def on_headers_complete(self) -> None:
        """Parse the target."""
        target = httptools.parse_url(self._url)
        self._request.method = self._parser.get_method().decode("ascii")
        self._request.path = unquote((target.path or b"/").decode("ascii"), errors="strict")
        query = (target.query or b"").decode("ascii")
        self._request.query = parse_qs(query, max_num_fields=20)
        self._is_head = False

    def on_message_complete(self) -> None:
        """Note that the request is complete."""
        self._is_whole = True

    def _begin(self) -> None:
        self._request = Request()
        self._url = b""
        self._read_bytes = self._head_bytes = 0
        self._is_head, self._is_whole = True, False


def response_head(status: HTTPStatus, headers: dict[str, str]) -> bytes:
    """Return status line and headers, and the empty line after them."""
    lines = [f"HTTP/1.1 {status.value} {status.phrase}"]
    lines += [f"{name}: {value}" for name, value in headers.items()]
    return ("\r\n".join(lines) + "\r\n\r\n").encode("latin-1")
