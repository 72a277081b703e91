"""One WebSocket to `/live` that may break at any moment, as a thread uses it."""

import itertools
import json
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any
from urllib.parse import urlsplit

from websockets.exceptions import ConnectionClosed, WebSocketException
from websockets.sync.client import ClientConnection, connect

OPENS_WITHIN_S = 2
CLOSES_WITHIN_S = 0.5

Told = dict[str, Any]


class LineBroken(OSError):  # noqa: N818 - says what happened
    """There is no connection, or none any more."""


class LiveLine:
    """What can be said and heard while the connection lasts."""

    def __init__(self, connection: ClientConnection) -> None:
        self._connection = connection
        self._refs = itertools.count(1)

    def send(self, **frame: object) -> int:
        """Send a frame and return the `ref` by which its answer is known."""
        ref = next(self._refs)
        try:
            self._connection.send(json.dumps({"ref": ref, **frame}))
        except ConnectionClosed as error:
            raise LineBroken from error
        return ref

    def hear(self, within_s: float) -> list[Told]:
        """Return what the next message tells; nothing where none comes in time."""
        try:
            told = json.loads(self._connection.recv(timeout=max(within_s, 0)))
        except TimeoutError:
            return []
        except ConnectionClosed as error:
            raise LineBroken from error
        return told if isinstance(told, list) else [told]

    def answer(self, ref: int, within_s: float) -> Told | None:
        """Return the answer to a frame, letting go of all else; `None`: it did not come."""
        until = time.monotonic() + within_s
        while (left_s := until - time.monotonic()) > 0:
            for told in self.hear(left_s):
                if told["ev"] == "answer" and told["ref"] == ref:
                    return told
        return None


@contextmanager
def live_line(url: str) -> Iterator[LiveLine]:
    """Open a connection to the `/live` of `url`, and close it at the end."""
    options: dict[str, Any] = {
        "open_timeout": OPENS_WITHIN_S,
        "close_timeout": CLOSES_WITHIN_S,
        "ping_interval": None,
        "proxy": None,
    }
    try:
        connection = connect(f"ws://127.0.0.1:{urlsplit(url).port}/live", **options)
    except (WebSocketException, EOFError) as error:
        raise LineBroken from error
    with connection:
        yield LiveLine(connection)
