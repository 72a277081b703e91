"""Reading what an app left of a request's body.

A server closes the connection of a request whose body was not read, and the next request on it is
lost. Apps that refuse by a header or an address answer before they read.
"""

from collections.abc import Iterable
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

MAX_UNREAD_BYTES = 65_536
"""Of a longer body nothing is read: closing the connection costs less."""


def read_bodies(app: "WSGIApplication") -> "WSGIApplication":
    """Return `app`, after which no short body is left unread."""

    def answer(environment: "WSGIEnvironment", start_response: "StartResponse") -> Iterable[bytes]:
        chunks = app(environment, start_response)
        length = environment.get("CONTENT_LENGTH", "")
        if length.isdigit() and 0 < int(length) <= MAX_UNREAD_BYTES:
            environment["wsgi.input"].read()
        return chunks

    return answer
