"""A blocking WebSocket connection to `/live` that may break at any moment."""

import itertools
import json
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any
from urllib.parse import urlsplit

from websockets.exceptions import ConnectionClosed, WebSocketException
from websockets.sync.client import ClientConnection, connect

OPEN_TIMEOUT_S = 2
CLOSE_TIMEOUT_S = 0.5

Message = dict[str, Any]


class ConnectionBroken(OSError):  # noqa: N818 - says what happened
    """The connection was lost, or could not be opened."""


class LiveConnection:
    """Sends frames and receives messages while the connection lasts."""

    def __init__(self, connection: ClientConnection) -> None:
        self._connection = connection
        self._refs = itertools.count(1)

    def send(self, **frame: object) -> int:
        """Send a frame and return the `ref` of its answer."""
        ref = next(self._refs)
        try:
            self._connection.send(json.dumps({"ref": ref, **frame}))
        except ConnectionClosed as error:
            raise ConnectionBroken from error
        return ref

    def receive(self, timeout_s: float) -> list[Message]:
        """Return the messages of the next frame; empty if none arrives in time."""
        try:
            messages = json.loads(self._connection.recv(timeout=max(timeout_s, 0)))
        except TimeoutError:
            return []
        except ConnectionClosed as error:
            raise ConnectionBroken from error
        return messages if isinstance(messages, list) else [messages]

    def answer(self, ref: int, timeout_s: float) -> Message | None:
        """Return the answer to a frame, ignoring other messages; `None`: it did not arrive."""
        until = time.monotonic() + timeout_s
        while (left_s := until - time.monotonic()) > 0:
            for message in self.receive(left_s):
                if message["ev"] == "answer" and message["ref"] == ref:
                    return message
        return None


@contextmanager
def open_live(url: str) -> Iterator[LiveConnection]:
    """Open a connection to the `/live` of `url`, and close it at the end."""
    options: dict[str, Any] = {
        "open_timeout": OPEN_TIMEOUT_S,
        "close_timeout": CLOSE_TIMEOUT_S,
        "ping_interval": None,
        "proxy": None,
    }
    try:
        connection = connect(f"ws://127.0.0.1:{urlsplit(url).port}/live", **options)
    except (WebSocketException, EOFError) as error:
        raise ConnectionBroken from error
    with connection:
        yield LiveConnection(connection)
