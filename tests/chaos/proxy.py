"""A proxy on loopback that loses replies: drops them, delays them, cuts them in two."""

import asyncio
import contextlib
import random
import threading
from collections.abc import Iterator
from enum import Enum

BLOCK = 65_536


class Fate(Enum):
    """What the proxy does with a reply."""

    PASS = "pass"
    DROP = "drop"
    DELAY = "delay"
    CUT = "cut"


class Proxy:
    """Forwards bytes to `target`, which may change; requests always arrive, replies may not."""

    def __init__(self, target: int, *, delay_s: float, odds: float = 0.3) -> None:
        self.port = 0
        self.target = target
        self.is_calm = True
        self.counts = dict.fromkeys(Fate, 0)
        self._delay_s = delay_s
        self._odds = odds
        self._random = random.Random(11)  # noqa: S311 - repeatable, no secret
        self._loop = asyncio.new_event_loop()
        self._ending = asyncio.Event()
        self._started = threading.Event()

    @contextlib.contextmanager
    def running(self) -> Iterator["Proxy"]:
        """Serve while the block runs."""
        thread = threading.Thread(target=self._loop.run_until_complete, args=(self._serve(),))
        thread.start()
        self._started.wait()
        try:
            yield self
        finally:
            self._loop.call_soon_threadsafe(self._ending.set)
            thread.join()
            self._loop.close()

    async def _serve(self) -> None:
        connections: set[asyncio.Task[None]] = set()

        def accept(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            connection = asyncio.create_task(self._join(reader, writer))
            connections.add(connection)
            connection.add_done_callback(connections.discard)

        server = await asyncio.start_server(accept, "127.0.0.1", self.port)
        self.port = server.sockets[0].getsockname()[1]
        self._started.set()
        await self._ending.wait()
        server.close()
        for connection in connections:
            connection.cancel()
        await asyncio.gather(*connections, return_exceptions=True)

    async def _join(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        target: asyncio.StreamWriter | None = None
        try:
            replies, target = await asyncio.open_connection("127.0.0.1", self.target)
            copies = (self._forward(reader, target), self._forward_replies(replies, writer))
            tasks = [asyncio.create_task(copy) for copy in copies]
            try:
                await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
            finally:
                for task in tasks:
                    task.cancel()
                await asyncio.gather(*tasks, return_exceptions=True)
        except OSError:
            pass  # the target is down: the client sees a closed connection
        finally:
            for end in (writer, target):
                if end is not None:
                    end.close()

    async def _forward(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        while data := await reader.read(BLOCK):
            writer.write(data)
            await writer.drain()

    async def _forward_replies(
        self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter
    ) -> None:
        while data := await reader.read(BLOCK):
            fate = self._decide()
            if fate is Fate.DELAY:
                await asyncio.sleep(self._delay_s)
            if fate is not Fate.DROP:
                writer.write(data[: len(data) // 2] if fate is Fate.CUT else data)
                await writer.drain()
            if fate in {Fate.DROP, Fate.CUT}:
                return

    def _decide(self) -> Fate:
        if self.is_calm or self._random.random() > self._odds:
            fate = Fate.PASS
        else:
            fate = self._random.choice((Fate.DROP, Fate.DELAY, Fate.CUT))
        self.counts[fate] += 1
        return fate
