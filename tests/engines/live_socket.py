"""A client of `/live` on the library `websockets`, which is none of ours."""

import asyncio
import contextlib
import itertools
import json
import time
from collections.abc import AsyncIterator, Callable
from typing import Any

from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed

COMES_WITHIN_S = 20

Message = dict[str, Any]


class LiveSocket:
    """One connection: what it received, in order, and how it ended."""

    def __init__(self, connection: ClientConnection) -> None:
        self.connection = connection
        self.messages: list[Message] = []
        self.close_code: int | None = None
        self._refs = itertools.count(1)
        self._reading = asyncio.create_task(self._read())

    @property
    def events(self) -> list[Message]:
        return [message for message in self.messages if message["ev"] not in {"answer", "pong"}]

    @property
    def answers(self) -> list[Message]:
        return [message for message in self.messages if message["ev"] == "answer"]

    @property
    def seqs(self) -> list[int]:
        return [event["seq"] for event in self.events if event["ev"] != "extended"]

    async def send(self, *frames: object) -> None:
        """Send frames, each a message of its own."""
        for frame in frames:
            text = frame if isinstance(frame, str | bytes) else json.dumps(frame)
            await self.connection.send(text)

    async def ask(self, **frame: object) -> Message:
        """Send a frame with a `ref` and return its answer."""
        ref = next(self._refs)
        await self.send({"ref": ref, **frame})
        await self.until(lambda s: any(answer["ref"] == ref for answer in s.answers))
        return next(answer for answer in self.answers if answer["ref"] == ref)

    async def until(self, holds: Callable[["LiveSocket"], object]) -> None:
        deadline = time.monotonic() + COMES_WITHIN_S
        while not holds(self):
            assert time.monotonic() < deadline, f"it did not come: {self.messages[-5:]}"
            await asyncio.sleep(0.005)

    async def close(self) -> None:
        await self.connection.close()
        await self._reading

    async def _read(self) -> None:
        try:
            async for text in self.connection:
                decoded = json.loads(text)
                self.messages += decoded if isinstance(decoded, list) else [decoded]
        except ConnectionClosed:
            pass
        self.close_code = self.connection.close_code


@contextlib.asynccontextmanager
async def live_socket(port: int, *, origin: str | None = None) -> AsyncIterator[LiveSocket]:
    """Open a connection and close it at the end."""
    options: dict[str, Any] = {"origin": origin} if origin else {}
    connection = await connect(f"ws://127.0.0.1:{port}/live", **options)
    socket = LiveSocket(connection)
    try:
        yield socket
    finally:
        await socket.close()
