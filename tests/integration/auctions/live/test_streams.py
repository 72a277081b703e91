"""Event streams of a real process on a real Valkey."""

import asyncio
import contextlib
import itertools
import json
import socket
import time
from collections.abc import Callable
from typing import Any
from urllib.error import HTTPError
from urllib.request import urlopen

import pytest

from engines.live_process import LiveProcess, Stream, watching
from engines.lots import Lots
from engines.valkey import ValkeyServer
from fakes.event_stream import Event
from fakes.neighbours import Neighbours, archived

Start = Callable[..., LiveProcess]


async def wait_ready(feed: LiveProcess) -> None:
    deadline = time.monotonic() + 20
    while True:
        with contextlib.suppress(OSError):
            await asyncio.to_thread(get, f"{feed.url}/readyz")
            return
        assert time.monotonic() < deadline, "not ready in time"
        await asyncio.sleep(0.05)


def reaches(seq: int) -> Callable[[Stream], bool]:
    return lambda stream: stream.seqs[-1] == seq


def assert_whole(events: list[Event]) -> None:
    """Every entry once and in order; a snapshot replaces those up to its own."""
    for before, event in itertools.pairwise(events):
        if event.name == "snapshot":
            assert event.seq >= before.seq
        else:
            assert event.seq == before.seq + 1


def refused(url: str) -> tuple[int, dict[str, Any]]:
    with pytest.raises(HTTPError) as caught:
        get(url)
    with caught.value as answer:
        return answer.code, json.loads(answer.read())


def get(url: str) -> bytes:
    with urlopen(url, timeout=5) as answer:  # noqa: S310 - loopback
        body: bytes = answer.read()
    return body


class TestStream:
    async def test_shows_the_auction_and_then_every_entry(
        self, lots: Lots, feed: LiveProcess
    ) -> None:
        lot = lots.create()

        async with watching(feed.port, lot) as stream:
            await stream.until(lambda s: s.names == ["snapshot"])
            await asyncio.to_thread(lots.bid, lot, 30)
            await stream.until(lambda s: len(s.seqs) == 31)
            lots.cancel(lot)
            await stream.until(lambda s: s.has_ended)

        assert stream.status == 200
        assert stream.headers["content-type"] == "text/event-stream; charset=utf-8"
        assert stream.headers["cache-control"] == "no-store"
        assert stream.headers["x-accel-buffering"] == "no"
        assert stream.body.startswith(b"retry: ")
        assert stream.seqs == list(range(1, 33))
        assert stream.events[0].data["viewers"] == 1
        assert stream.events[-1].name == "cancelled"

    async def test_resumes_without_a_gap_or_a_repeat(self, lots: Lots, feed: LiveProcess) -> None:
        lot = lots.create()
        async with watching(feed.port, lot) as stream:
            await asyncio.to_thread(lots.bid, lot, 10)
            await stream.until(lambda s: len(s.seqs) >= 6)
        await asyncio.to_thread(lots.bid, lot, 40)

        async with watching(feed.port, lot, after=stream.last_id) as again:
            await asyncio.to_thread(lots.bid, lot, 5)
            await again.until(lambda s: s.seqs and s.seqs[-1] == 56)

        assert "snapshot" not in again.names
        assert stream.seqs + again.seqs == list(range(1, 57))

    async def test_resumes_in_another_process(
        self, lots: Lots, feed: LiveProcess, start: Start
    ) -> None:
        lot = lots.create()
        async with watching(feed.port, lot) as stream:
            await asyncio.to_thread(lots.bid, lot, 10)
            await stream.until(lambda s: len(s.seqs) == 11)

        other = start("live")
        await asyncio.to_thread(lots.bid, lot, 10)
        async with watching(other.port, lot, after=stream.last_id) as again:
            await again.until(lambda s: len(s.seqs) == 10)

        assert stream.seqs + again.seqs == list(range(1, 22))

    async def test_ends_an_ended_auction_and_stops_who_has_seen_it(
        self, lots: Lots, feed: LiveProcess
    ) -> None:
        lot = lots.create()
        lots.bid(lot, 3)
        lots.cancel(lot)

        async with watching(feed.port, lot) as stream:
            await stream.until(lambda s: s.has_ended)
        async with watching(feed.port, lot, after=stream.last_id) as again:
            await again.until(lambda s: s.has_ended or s.status == 204)

        assert stream.names == ["snapshot", "cancelled"]
        assert stream.seqs == [5, 5]
        assert again.status == 204

    async def test_tells_the_end_of_an_archived_lot_and_stops_who_has_seen_it(
        self, feed: LiveProcess, neighbours: Neighbours
    ) -> None:
        lot = "07-0123456789abc"
        neighbours.lots[lot] = archived(lot)

        async with watching(feed.port, lot) as stream:
            await stream.until(lambda s: s.has_ended)
        async with watching(feed.port, lot, after=stream.last_id) as again:
            status = again.status

        assert stream.names == ["snapshot", "closed"]
        assert stream.events[1].data["final_price"] == "150.00"
        assert status == 204

    @pytest.mark.parametrize("lot", ["07-0123456789abc", "99-0123456789abc", "nonsense", "%00"])
    async def test_answers_an_unknown_auction_with_a_problem(
        self, feed: LiveProcess, lot: str
    ) -> None:
        status, problem = await asyncio.to_thread(refused, f"{feed.url}/auction/{lot}/events")

        assert status == 404
        assert problem["type"] == "/problems/auction-not-found"
        assert problem["instance"]


class TestBreaks:
    async def test_fills_what_was_published_while_messages_did_not_come(
        self, lots: Lots, feed: LiveProcess, engine: ValkeyServer
    ) -> None:
        lot = lots.create()
        async with watching(feed.port, lot) as stream:
            await stream.until(lambda s: s.seqs == [1])
            for _ in range(5):
                with engine.client() as client:
                    client.execute_command("CLIENT", "KILL", "TYPE", "pubsub")
                await asyncio.to_thread(lots.bid, lot, 10)
            await stream.until(lambda s: len(s.seqs) == 51)

        assert stream.seqs == list(range(1, 52))
        assert stream.names == ["snapshot"] + ["bid"] * 50

    async def test_survives_the_store_being_killed_twice(
        self, lots: Lots, feed: LiveProcess, engine: ValkeyServer
    ) -> None:
        lot = lots.create()
        async with watching(feed.port, lot) as stream:
            for _ in range(2):
                last = await asyncio.to_thread(lots.bid, lot, 10)
                await stream.until(reaches(last))
                await asyncio.to_thread(engine.kill)
                await asyncio.to_thread(engine.start)
            await wait_ready(feed)
            await stream.until(lambda s: s.names.count("snapshot") >= 2)
            last = await asyncio.to_thread(lots.bid, lot, 10)
            await stream.until(lambda s: s.seqs[-1] == last)

            assert last == 31
            epochs = {event.last_id.partition(":")[0] for event in stream.events}
            assert len(epochs) >= 2
            assert_whole(stream.events)

    async def test_says_503_while_the_store_is_away_and_serves_again_after(
        self, lots: Lots, feed: LiveProcess, engine: ValkeyServer
    ) -> None:
        lot = lots.create()
        await asyncio.to_thread(engine.kill)

        async with watching(feed.port, lot) as refused:
            status, headers = refused.status, refused.headers
        await asyncio.to_thread(engine.start)
        await wait_ready(feed)
        async with watching(feed.port, lot) as stream:
            await stream.until(lambda s: s.names == ["snapshot"])

        assert status == 503
        assert headers["retry-after"] == "1"

    async def test_serves_who_comes_back_after_the_process_was_killed(
        self, lots: Lots, feed: LiveProcess
    ) -> None:
        lot = lots.create()
        async with watching(feed.port, lot) as stream:
            await asyncio.to_thread(lots.bid, lot, 5)
            await stream.until(lambda s: len(s.seqs) == 6)
            feed.kill()
            await stream.until(lambda s: s.has_ended)
        await asyncio.to_thread(lots.bid, lot, 20)
        await asyncio.to_thread(feed.start)

        async with watching(feed.port, lot, after=stream.last_id) as again:
            await again.until(lambda s: len(s.seqs) == 20)

        assert stream.seqs + again.seqs == list(range(1, 27))

    async def test_sends_viewers_away_at_a_stop(self, lots: Lots, feed: LiveProcess) -> None:
        lot = lots.create()
        async with contextlib.AsyncExitStack() as stack:
            streams: list[Stream] = [
                await stack.enter_async_context(watching(feed.port, lot)) for _ in range(20)
            ]
            for stream in streams:
                await stream.until(lambda s: s.names == ["snapshot"])

            status = await asyncio.to_thread(feed.stop)
            for stream in streams:
                await stream.until(lambda s: s.has_ended)

        assert status == 0
        assert all(stream.body.count(b"retry: ") == 2 for stream in streams)


class TestSlowViewers:
    @pytest.mark.slow
    async def test_bounds_and_drops_viewers_who_never_read(self, lots: Lots, start: Start) -> None:
        lot, feed = lots.create(description="x" * 5_000), start("live", LIVE_SLOW_S="5")
        before = feed.resident_bytes()
        sockets = [deaf_viewer(feed.port, lot) for _ in range(50)]
        async with watching(feed.port, lot) as reading:
            await reading.until(lambda s: s.seqs == [1])
            most = 0
            for _ in range(40):
                await asyncio.to_thread(lots.bid, lot, 100)
                most = max(most, feed.resident_bytes())
            await reading.until(lambda s: s.seqs[-1] == 4_001)
            deadline = time.monotonic() + 30
            while (await asyncio.to_thread(feed.metrics))["martelo_live_viewers"] > 1:
                assert time.monotonic() < deadline, "the deaf viewers are still there"
                await asyncio.sleep(0.2)
            counted = await asyncio.to_thread(feed.metrics)
        for raw in sockets:
            raw.close()

        # 50 viewers may hold 64 KiB each, and as much in their connection; all would be 90 MB.
        assert most - before < 50 * 200 * 1024
        assert counted["martelo_live_dropped_total"] == 50
        assert reading.seqs == list(range(1, 4_002))


def deaf_viewer(port: int, lot: str) -> socket.socket:
    raw = socket.socket()
    raw.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4_096)
    raw.connect(("127.0.0.1", port))
    raw.sendall(f"GET /auction/{lot}/events HTTP/1.1\r\nHost: live\r\n\r\n".encode())
    return raw
