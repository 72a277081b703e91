"""A proxy on loopback that loses replies: drops them, delays them, cuts them in two."""

import asyncio
import contextlib
import random
import threading
from collections.abc import Iterator
from enum import Enum

BLOCK = 65_536


class Fate(Enum):
    """What becomes of a reply on its way."""

    PASS = "pass"
    DROP = "drop"
    DELAY = "delay"
    CUT = "cut"


class Proxy:
    """Hands bytes on to `target`, which may change; requests always arrive, replies may not."""

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
        lines: set[asyncio.Task[None]] = set()

        def accept(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            line = asyncio.create_task(self._join(reader, writer))
            lines.add(line)
            line.add_done_callback(lines.discard)

        server = await asyncio.start_server(accept, "127.0.0.1", self.port)
        self.port = server.sockets[0].getsockname()[1]
        self._started.set()
        await self._ending.wait()
        server.close()
        for line in lines:
            line.cancel()
        await asyncio.gather(*lines, return_exceptions=True)

    async def _join(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        there: asyncio.StreamWriter | None = None
        try:
            back, there = await asyncio.open_connection("127.0.0.1", self.target)
            ways = (self._hand_on(reader, there), self._hand_back(back, writer))
            tasks = [asyncio.create_task(way) for way in ways]
            try:
                await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
            finally:
                for task in tasks:
                    task.cancel()
                await asyncio.gather(*tasks, return_exceptions=True)
        except OSError:
            pass  # nobody listens there: the client sees a closed line
        finally:
            for end in (writer, there):
                if end is not None:
                    end.close()

    async def _hand_on(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        while data := await reader.read(BLOCK):
            writer.write(data)
            await writer.drain()

    async def _hand_back(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
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
