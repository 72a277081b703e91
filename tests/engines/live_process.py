"""Real `live` and `socketio` processes for tests, and a client that reads event streams."""

import asyncio
import contextlib
import os
import signal
import subprocess
import sys
import time
from collections.abc import AsyncIterator, Callable, Iterator
from pathlib import Path
from urllib.request import urlopen

from engines.ports import free_port
from fakes.event_stream import Event, parse_events

READY_WITHIN_S = 20
COMES_WITHIN_S = 20


class LiveProcess:
    """`live` or `socketio` on a free port, against a store and its neighbours."""

    def __init__(
        self, name: str, folder: Path, valkey_url: str, neighbours_url: str, **settings: str
    ) -> None:
        self.port = free_port()
        self.log = folder / f"{name}-{self.port}.log"
        self._command = [sys.executable, "-m", "martelo.auctions.main", name]
        self._settings = {
            "PATH": os.defpath,
            "PYTHONPATH": os.pathsep.join(sys.path),
            "MARTELO_ENV": "development",
            "MARTELO_PORT": str(self.port),
            "VALKEY_URL": valkey_url,
            "AUCTIONS_URL": neighbours_url,
            "ACCOUNTS_URL": neighbours_url,
            **settings,
        }
        self._process: subprocess.Popen[bytes] | None = None

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    @property
    def pid(self) -> int:
        assert self._process is not None
        return self._process.pid

    def start(self) -> None:
        with self.log.open("ab") as log:
            self._process = subprocess.Popen(
                self._command, stdout=log, stderr=log, env=self._settings
            )
        deadline = time.monotonic() + READY_WITHIN_S
        while True:
            with contextlib.suppress(OSError), urlopen(f"{self.url}/readyz", timeout=2):  # noqa: S310 - loopback
                return
            assert self._process.poll() is None, self.log.read_text()
            assert time.monotonic() < deadline, self.log.read_text()
            time.sleep(0.02)

    def stop(self) -> int:
        return self._end(signal.SIGTERM)

    def kill(self) -> int:
        return self._end(signal.SIGKILL)

    def _end(self, how: signal.Signals) -> int:
        assert self._process is not None
        self._process.send_signal(how)
        status = self._process.wait(timeout=20)
        self._process = None
        return status

    def resident_bytes(self) -> int:
        pages = Path(f"/proc/{self.pid}/statm").read_text().split()[1]
        return int(pages) * os.sysconf("SC_PAGE_SIZE")

    def metrics(self) -> dict[str, float]:
        with urlopen(f"{self.url}/metrics", timeout=5) as answer:  # noqa: S310 - loopback
            lines = answer.read().decode().splitlines()
        pairs = (line.rpartition(" ") for line in lines if not line.startswith("#"))
        return {name: float(value) for name, _, value in pairs}


@contextlib.contextmanager
def running_process(process: LiveProcess) -> Iterator[LiveProcess]:
    """Start `process` and stop it at the end."""
    process.start()
    try:
        yield process
    finally:
        if process._process is not None:  # noqa: SLF001 - our own
            process.stop()


class Stream:
    """One viewer: the head it got, and everything after it."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.status = 0
        self.headers: dict[str, str] = {}
        self.body = b""
        self.has_ended = False
        self._reader = reader
        self._writer = writer
        self._reading: asyncio.Task[None] | None = None

    @property
    def events(self) -> list[Event]:
        return parse_events(self.body)

    @property
    def names(self) -> list[str]:
        return [event.name for event in self.events]

    @property
    def seqs(self) -> list[int]:
        return [event.seq for event in self.events if event.name != "extended"]

    @property
    def last_id(self) -> str:
        return self.events[-1].last_id

    async def read_head(self) -> None:
        head = (await self._reader.readuntil(b"\r\n\r\n")).decode().split("\r\n")
        self.status = int(head[0].split(" ")[1])
        pairs = (line.partition(": ") for line in head[1:] if line)
        self.headers = {name.lower(): value for name, _, value in pairs}
        self._reading = asyncio.create_task(self._read())

    async def until(self, holds: Callable[["Stream"], object]) -> None:
        deadline = time.monotonic() + COMES_WITHIN_S
        while not holds(self):
            assert time.monotonic() < deadline, f"it did not come: {self.names} {self.seqs}"
            await asyncio.sleep(0.005)

    async def close(self) -> None:
        if self._reading is not None:
            self._reading.cancel()
            await asyncio.gather(self._reading, return_exceptions=True)
        self._writer.close()
        with contextlib.suppress(OSError):
            await self._writer.wait_closed()

    async def _read(self) -> None:
        with contextlib.suppress(OSError):
            while data := await self._reader.read(65_536):
                self.body += data
        self.has_ended = True


@contextlib.asynccontextmanager
async def watching(port: int, auction_id: str, after: str | None = None) -> AsyncIterator[Stream]:
    """Open a stream and close it at the end."""
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    last = f"Last-Event-ID: {after}\r\n" if after else ""
    writer.write(f"GET /auction/{auction_id}/events HTTP/1.1\r\nHost: live\r\n{last}\r\n".encode())
    stream = Stream(reader, writer)
    try:
        await asyncio.wait_for(stream.read_head(), COMES_WITHIN_S)
        yield stream
    finally:
        await stream.close()
