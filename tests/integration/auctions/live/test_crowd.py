"""Two thousand viewers who reconnect at once to a real process."""

import asyncio
import resource
import time
from collections.abc import Iterator

import pytest

from engines.live_process import LiveProcess
from engines.lots import Lots
from fakes.event_stream import parse_events

VIEWERS = 2_000
COMES_WITHIN_S = 60


@pytest.fixture(autouse=True)
def files() -> Iterator[None]:
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    assert hard >= VIEWERS + 200, f"this machine allows {hard} open files, too few for the crowd"
    resource.setrlimit(resource.RLIMIT_NOFILE, (max(soft, VIEWERS + 200), hard))
    yield
    resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))


class Watcher(asyncio.Protocol):
    """Asks for a stream and keeps what comes, as cheaply as it can."""

    def __init__(self, request: bytes) -> None:
        self.body = bytearray()
        self._request = request
        self._transport: asyncio.Transport | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self._transport = transport
        transport.write(self._request)

    def data_received(self, data: bytes) -> None:
        self.body += data

    def close(self) -> None:
        if self._transport is not None:
            self._transport.abort()


async def crowd(port: int, lot: str, after: str | None) -> list[Watcher]:
    loop = asyncio.get_running_loop()
    last = f"Last-Event-ID: {after}\r\n" if after else ""
    request = f"GET /auction/{lot}/events HTTP/1.1\r\nHost: live\r\n{last}\r\n".encode()
    pairs = await asyncio.gather(
        *(
            loop.create_connection(lambda: Watcher(request), "127.0.0.1", port)
            for _ in range(VIEWERS)
        )
    )
    return [watcher for _, watcher in pairs]


async def until_all(watchers: list[Watcher], mark: bytes) -> None:
    deadline = time.monotonic() + COMES_WITHIN_S
    while any(mark not in watcher.body for watcher in watchers):
        assert time.monotonic() < deadline, "not everyone was served in time"
        await asyncio.sleep(0.1)


@pytest.mark.slow
async def test_serves_everyone_who_reconnects_at_once(lots: Lots, feed: LiveProcess) -> None:
    lot = lots.create()
    lots.bid(lot, 20)
    first = await crowd(feed.port, lot, None)
    await until_all(first, b"event: snapshot\n")
    last_id = parse_events(bytes(first[0].body))[-1].last_id
    for watcher in first:
        watcher.close()
    await asyncio.to_thread(lots.bid, lot, 30)

    second = await crowd(feed.port, lot, last_id)
    last = await asyncio.to_thread(lots.bid, lot, 10)
    await until_all(second, f":{last}\n".encode())

    for watcher in second:
        events = parse_events(bytes(watcher.body).partition(b"\r\n\r\n")[2])
        assert [event.seq for event in events] == list(range(22, last + 1))
        watcher.close()
