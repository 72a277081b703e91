"""`/live` of a real process, with a client that is not ours; bids: `tests/conformance`."""

import asyncio
import base64
import contextlib
import itertools
import json
import resource
import socket
import time
from collections.abc import Callable, Iterator, Sequence

import pytest
from prometheus_client import CollectorRegistry
from websockets.exceptions import InvalidStatus

from engines.live_process import LiveProcess
from engines.live_socket import LiveSocket, live_socket
from engines.lots import Lots
from engines.valkey import ValkeyServer as Engine
from fakes.house import FakeArchive, until
from fakes.memory_feed import MemoryFeed
from fakes.memory_store import MemoryStore
from fakes.neighbours import Neighbours, archived
from martelo.auctions.domain.answers import Placed
from martelo.auctions.domain.bidding import Bid
from martelo.auctions.domain.standing import Standing
from martelo.auctions.live.bids.batches import Batches
from martelo.auctions.live.bids.bidding import Bidding
from martelo.auctions.live.http.server import FeedServer, Timing
from martelo.auctions.live.hub.dependencies import Dependencies
from martelo.auctions.live.hub.hub import Hub
from martelo.auctions.live.limits import Limits
from martelo.auctions.live.metrics import BidMetrics, LiveMetrics
from martelo.auctions.live.origins import Origins
from martelo.auctions.live.websocket.session import MAX_WATCHED, SessionDependencies
from martelo.kernel.ids import AccountId, AuctionId
from martelo.runtime.http.client import open_client
from martelo.runtime.identity.tokens import TokenVerifier

Start = Callable[..., LiveProcess]
COMES_WITHIN_S = 20
VIEWERS = 1_000
PAUSE_MS = 300
"""For so long the store answers nothing: shorter than a process takes to send everyone away."""

MAX_BUFFERED_BYTES = 32 * 1024 * 1024
SHAKE = (
    b"GET /live HTTP/1.1\r\nHost: live\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
    b"Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: "
    + base64.b64encode(b"0123456789abcdef")
    + b"\r\n\r\n"
)


def masked(payload: bytes, first: int = 0x81) -> bytes:
    """Return a client's frame; a mask of zeros leaves the payload readable."""
    size = len(payload)
    length = bytes((0x80 | size,)) if size < 126 else b"\xfe" + size.to_bytes(2, "big")
    return bytes((first,)) + length + b"\0\0\0\0" + payload


class TestWatching:
    async def test_shows_the_auction_and_then_every_entry(
        self, lots: Lots, feed: LiveProcess
    ) -> None:
        lot = lots.create()
        async with live_socket(feed.port) as client:
            joined = await client.ask(op="subscribe", auction_id=lot)
            await asyncio.to_thread(lots.bid, lot, 20)
            await client.until(lambda s: len(s.seqs) == 21)
            await asyncio.to_thread(lots.cancel, lot)
            await client.until(lambda s: s.events[-1]["ev"] == "cancelled")
            left = await client.ask(op="unsubscribe", auction_id=lot)

        assert {**joined, "ref": 0} == {
            "ev": "answer",
            "ref": 0,
            "status": 200,
            "auction_id": lot,
            "ended": False,
        }
        snapshot, first, last = client.events[0], client.events[1], client.events[-1]
        assert snapshot["ev"] == "snapshot"
        assert snapshot["title"] == "Bolo"
        assert snapshot["id"].endswith(":1")
        assert [first["ev"], first["auction_id"]] == ["bid", lot]
        assert first["id"] == snapshot["id"].replace(":1", ":2")
        assert (last["reason"], last["by"]) == ("quebrou", "seller")
        assert client.seqs == list(range(1, 23))
        assert left["left"] is False  # it ended by itself

    async def test_watches_many_and_leaves_one(self, lots: Lots, feed: LiveProcess) -> None:
        first, second, third = (lots.create() for _ in range(3))
        async with live_socket(feed.port) as client:
            await client.send([{"op": "subscribe", "auction_id": lot} for lot in (first, second)])
            await client.ask(op="subscribe", auction_id=third)
            await client.until(lambda s: len(s.seqs) == 3)
            assert (await client.ask(op="unsubscribe", auction_id=second))["left"] is True
            for lot in (second, first, third):
                await asyncio.to_thread(lots.bid, lot, 3)
            await client.until(lambda s: len(s.seqs) == 9)

        received = [event["auction_id"] for event in client.events if event["ev"] == "bid"]
        assert sorted(received) == sorted([first] * 3 + [third] * 3)

    async def test_resumes_after_a_cut_without_a_gap_or_a_repeat(
        self, lots: Lots, feed: LiveProcess
    ) -> None:
        lot = lots.create()
        async with live_socket(feed.port) as client:
            await client.ask(op="subscribe", auction_id=lot)
            await asyncio.to_thread(lots.bid, lot, 5)
            await client.until(lambda s: len(s.seqs) == 6)
            client.connection.transport.abort()
        await asyncio.to_thread(lots.bid, lot, 20)

        async with live_socket(feed.port) as again:
            await again.ask(op="subscribe", auction_id=lot, after=client.events[-1]["id"])
            await asyncio.to_thread(lots.bid, lot, 5)
            await again.until(lambda s: len(s.seqs) == 25)
        async with live_socket(feed.port) as stranger:
            await stranger.ask(op="subscribe", auction_id=lot, after="elsewhere:7")
            await stranger.until(lambda s: s.seqs and s.seqs[-1] == 31)

        assert client.seqs + again.seqs == list(range(1, 32))
        assert {event["ev"] for event in again.events} == {"bid"}
        # A snapshot may be a moment old: what came since follows it.
        assert stranger.events[0]["ev"] == "snapshot"
        assert stranger.seqs == list(range(stranger.seqs[0], 32))

    async def test_tells_the_end_of_what_has_ended_once(
        self, lots: Lots, feed: LiveProcess, neighbours: Neighbours
    ) -> None:
        lot, old = lots.create(), "07-0123456789abc"
        lots.cancel(lot)
        neighbours.lots[old] = archived(old)
        async with live_socket(feed.port) as client:
            await client.send(*({"op": "subscribe", "auction_id": each} for each in (lot, old)))
            await client.until(lambda s: len(s.events) == 4)
            ends = {event["auction_id"]: event for event in client.events if "reason" in event}
            again = await client.ask(op="subscribe", auction_id=lot, after=ends[lot]["id"])

        assert sorted(e["ev"] for e in client.events) == [
            "cancelled",
            "closed",
            "snapshot",
            "snapshot",
        ]
        assert again["ended"] is True

    async def test_goes_on_after_the_store_was_killed(
        self, lots: Lots, feed: LiveProcess, engine: Engine
    ) -> None:
        lot = lots.create()
        async with live_socket(feed.port) as client:
            await client.ask(op="subscribe", auction_id=lot)
            await asyncio.to_thread(lots.bid, lot, 3)
            await asyncio.to_thread(engine.kill)
            away = await client.ask(op="subscribe", auction_id=lots_elsewhere())
            await asyncio.to_thread(engine.start)
            await client.until(lambda s: [e["ev"] for e in s.events].count("snapshot") >= 2)
            last = await asyncio.to_thread(lots.bid, lot, 3)
            await client.until(lambda s: s.seqs[-1] == last)

        assert away["status"] == 503
        assert away["type"] == "/problems/store-unavailable"

    async def test_bounds_what_one_connection_watches(self, lots: Lots, feed: LiveProcess) -> None:
        watched = [lots.create() for _ in range(MAX_WATCHED + 1)]
        async with live_socket(feed.port) as client:
            answers = [await client.ask(op="subscribe", auction_id=lot) for lot in watched]
            twice = await client.ask(op="subscribe", auction_id=watched[0])

        assert [answer["status"] for answer in answers] == [200] * MAX_WATCHED + [400]
        assert twice["status"] == 400

    async def test_lets_go_of_who_has_gone(self, lots: Lots, feed: LiveProcess) -> None:
        lot = lots.create()
        async with live_socket(feed.port) as client:
            await client.ask(op="subscribe", auction_id=lot)
        async with live_socket(feed.port) as cut:
            await cut.ask(op="subscribe", auction_id=lot)
            cut.connection.transport.abort()

        await nobody_watches(feed)


class TestProving:
    async def test_says_who_it_is_and_until_when(
        self, feed: LiveProcess, neighbours: Neighbours
    ) -> None:
        async with live_socket(feed.port) as client:
            received = await client.ask(op="auth", token=neighbours.token("b2", "Bruno"))
            forged = await client.ask(op="auth", token="x.y.z")

        assert [received["status"], received["account_id"]] == [200, "b2"]
        assert received["expires_at"].endswith("Z")
        assert [forged["status"], forged["type"]] == [401, "/problems/not-signed-in"]

    async def test_lets_what_follows_wait_for_it(
        self, lots: Lots, feed: LiveProcess, neighbours: Neighbours
    ) -> None:
        lot = lots.create()
        bid = {"op": "bid", "ref": "r", "auction_id": lot, "amount": "5.00"}
        async with live_socket(feed.port) as client:
            proofs = [neighbours.token(name, name) for name in ("b2", "c3")]
            await client.send(
                {"op": "auth", "token": proofs[0]},
                [bid, {"op": "auth", "token": proofs[1], "ref": "second"}, {**bid, "amount": 7}],
            )
            await client.until(lambda s: len(s.answers) == 3)

        by_seq = {answer.get("seq"): answer for answer in client.answers}
        assert [by_seq[2]["number"], by_seq[3]["number"]] == [1, 2]

    async def test_keeps_watching_and_refuses_bids_once_a_ticket_has_expired(
        self, lots: Lots, feed: LiveProcess, neighbours: Neighbours
    ) -> None:
        lot = lots.create()
        async with live_socket(feed.port) as client:
            await client.ask(op="subscribe", auction_id=lot)
            ticket = neighbours.ticket("b2", "Bruno", lasts_s=5)
            received = await client.ask(op="auth", token=ticket)
            answers = [await client.ask(op="bid", auction_id=lot, amount="5.00")]
            cents = itertools.count(600)
            while answers[-1]["status"] == 201:
                amount = f"{next(cents) / 100:.2f}"
                answers.append(await client.ask(op="bid", auction_id=lot, amount=amount))
                await asyncio.sleep(0.1)  # as fast as an account may bid
            await asyncio.to_thread(lots.bid, lot, 1)
            await client.until(lambda s: s.seqs[-1] == len(answers) + 1)
            await client.ask(op="auth", token=neighbours.ticket("b2", "Bruno"))
            renewed = await client.ask(op="bid", auction_id=lot, amount="99.00")

        assert received["account_id"] == "b2"
        assert answers[0]["status"] == 201
        assert [answers[-1]["status"], answers[-1]["type"]] == [401, "/problems/not-signed-in"]
        assert renewed["status"] == 201

    async def test_refuses_bids_by_a_key_that_was_revoked_meanwhile(
        self, lots: Lots, feed: LiveProcess, neighbours: Neighbours
    ) -> None:
        lot, key = lots.create(), "mk_revoked123_" + "s" * 43
        neighbours.api_keys[key] = neighbours.token("b2", "Bruno", scope="bid")
        async with live_socket(feed.port) as client:
            received = await client.ask(op="auth", token=key)
            answers = [await client.ask(op="bid", auction_id=lot, amount="5.00")]
            del neighbours.api_keys[key]
            cents = itertools.count(600)
            while answers[-1]["status"] == 201:
                amount = f"{next(cents) / 100:.2f}"
                answers.append(await client.ask(op="bid", auction_id=lot, amount=amount))
                await asyncio.sleep(0.1)  # as fast as an account may bid

        assert received["account_id"] == "b2"
        assert answers[0]["status"] == 201
        assert [answers[-1]["status"], answers[-1]["type"]] == [401, "/problems/not-signed-in"]

    async def test_ends_with_who_keeps_proving_nothing(self, feed: LiveProcess) -> None:
        async with live_socket(feed.port) as client:
            await client.send(*({"op": "auth", "token": f"x.{i}.z"} for i in range(12)))
            await client.until(lambda s: s.close_code is not None)

        assert client.close_code == 1008
        assert len(client.answers) == 10


class TestHostileClients:
    async def test_answers_what_makes_no_sense_and_goes_on(
        self, lots: Lots, feed: LiveProcess
    ) -> None:
        lot = lots.create()
        frames: list[object] = [
            *("{", "[]", '{"op":"ping","op":"ping"}', "null", "[" * 30_000),
            *({}, {"op": "no-such"}, {"op": "ping", "x": 1}, {"op": ["bid"]}),
        ]
        async with live_socket(feed.port) as client:
            for count, frame in enumerate(frames, 1):
                await client.send(frame)
                await client.until(lambda s, count=count: len(s.answers) == count)  # type: ignore[misc]
            joined = await client.ask(op="subscribe", auction_id=lot)

        assert [answer["status"] for answer in client.answers[:-1]] == [400] * len(frames)
        assert {answer["type"] for answer in client.answers[:-1]} == {"/problems/invalid-request"}
        assert joined["status"] == 200

    async def test_cuts_off_at_the_tenth(self, feed: LiveProcess) -> None:
        async with live_socket(feed.port) as client:
            await client.send(json.dumps([{"op": "no-such"}] * 20))
            await client.until(lambda s: s.close_code is not None)

        assert client.close_code == 1008
        assert len(client.answers) == 10

    @pytest.mark.parametrize(
        ("data", "code"),
        [
            pytest.param(b"\x81\x02{}", 1002, id="not masked"),
            pytest.param(masked(b"{}", 0xC1), 1002, id="compressed"),
            pytest.param(masked(b"{}", 0x82), 1003, id="binary"),
            pytest.param(masked(b"\xff"), 1007, id="no text"),
            pytest.param(masked(b"x" * 65_000, 0x01) * 2, 1002, id="two begun"),
            pytest.param(
                masked(b"x" * 65_000, 0x01) + masked(b"x" * 65_000, 0x00), 1009, id="too large"
            ),
            pytest.param(masked(b"\x03", 0x88), 1002, id="half a close"),
            pytest.param(masked(b"\x03\xe9gone", 0x88), 1001, id="a proper close"),
        ],
    )
    async def test_closes_as_the_standard_says(
        self, feed: LiveProcess, data: bytes, code: int
    ) -> None:
        reader, writer = await asyncio.open_connection("127.0.0.1", feed.port)
        writer.write(SHAKE)
        head = await asyncio.wait_for(reader.readuntil(b"\r\n\r\n"), COMES_WITHIN_S)
        writer.write(data)
        said = await asyncio.wait_for(reader.read(), COMES_WITHIN_S)
        writer.close()

        assert head.startswith(b"HTTP/1.1 101 ")
        assert said[:1] == b"\x88"
        assert int.from_bytes(said[2:4], "big") == code

    async def test_takes_frames_in_fragments_and_answers_pings(self, feed: LiveProcess) -> None:
        reader, writer = await asyncio.open_connection("127.0.0.1", feed.port)
        writer.write(SHAKE)
        await asyncio.wait_for(reader.readuntil(b"\r\n\r\n"), COMES_WITHIN_S)
        writer.write(masked(b'{"op":', 0x01) + masked(b"abc", 0x89) + masked(b'"ping"}', 0x80))
        said = await asyncio.wait_for(reader.readexactly(5 + 15), COMES_WITHIN_S)
        writer.close()

        assert said == b"\x8a\x03abc" + b"\x81\x0d" + b'{"ev":"pong"}'

    async def test_admits_pages_of_this_house_only(self, start: Start) -> None:
        feed = start("live", PUBLIC_URL="https://leiloes.example/", ALLOWED_ORIGINS="https://b.ex")
        for origin in ("https://leiloes.example", "https://b.ex"):
            async with live_socket(feed.port, origin=origin) as client:
                await client.send({"op": "ping"})
                await client.until(lambda s: s.messages == [{"ev": "pong"}])
        evil = ("https://evil.example", "null", "https://leiloes.example.evil.example", feed.url)
        for origin in evil:
            with pytest.raises(InvalidStatus) as refused:
                async with live_socket(feed.port, origin=origin):
                    raise AssertionError(origin)
            assert refused.value.response.status_code == 403

    async def test_tells_plain_http_what_is_spoken_here(self, feed: LiveProcess) -> None:
        reader, writer = await asyncio.open_connection("127.0.0.1", feed.port)
        writer.write(b"GET /live HTTP/1.1\r\nHost: live\r\n\r\n")
        head = await asyncio.wait_for(reader.readuntil(b"\r\n\r\n"), COMES_WITHIN_S)
        writer.close()

        assert head.startswith(b"HTTP/1.1 426 ")
        assert b"Upgrade: websocket\r\n" in head

    async def test_rests_where_answers_are_not_read(self, lots: Lots, feed: LiveProcess) -> None:
        before = feed.resident_bytes()
        raw = deaf_socket(feed.port)
        raw.settimeout(1)
        flood = masked(b'{"op":"unsubscribe","ref":1,"auction_id":"%s"}' % lots.create().encode())
        sent = 0
        with contextlib.suppress(TimeoutError):
            while sent < MAX_BUFFERED_BYTES:
                sent += await asyncio.to_thread(raw.send, flood * 100)
        after = feed.resident_bytes()
        raw.close()

        # The system's buffers take some; then nothing more is read.
        assert sent < MAX_BUFFERED_BYTES
        assert after - before < 8 * 1024 * 1024


class TestSlowViewers:
    @pytest.mark.slow
    async def test_bounds_and_drops_viewers_who_never_read(self, lots: Lots, start: Start) -> None:
        lot, feed = lots.create(description="x" * 5_000), start("live", LIVE_SLOW_S="5")
        before = feed.resident_bytes()
        sockets = [deaf_socket(feed.port) for _ in range(50)]
        for raw in sockets:
            raw.sendall(masked(b'{"op":"subscribe","auction_id":"%s"}' % lot.encode()))
        async with live_socket(feed.port) as reading:
            await reading.ask(op="subscribe", auction_id=lot)
            most = 0
            for _ in range(40):
                await asyncio.to_thread(lots.bid, lot, 100)
                most = max(most, feed.resident_bytes())
            await reading.until(lambda s: s.seqs[-1] == 4_001)
            await nobody_watches(feed, but=1)
            counted = await asyncio.to_thread(feed.metrics)
        for raw in sockets:
            raw.close()

        # 50 viewers may hold 64 KiB each, and as much in their connection; all would be 90 MB.
        assert most - before < 50 * 200 * 1024
        assert counted["martelo_live_dropped_total"] == 50
        assert reading.seqs == list(range(1, 4_002))


class TestStopping:
    async def test_sends_everyone_away_and_answers_what_is_under_way(
        self, lots: Lots, start: Start, neighbours: Neighbours, engine: Engine
    ) -> None:
        lot, feed = lots.create(), start("live", LIVE_DRAIN_S="2")
        async with contextlib.AsyncExitStack() as stack:
            clients: list[LiveSocket] = [
                await stack.enter_async_context(live_socket(feed.port)) for _ in range(20)
            ]
            for client in clients:
                await client.ask(op="auth", token=neighbours.token("b2", "Bruno"))
                await client.ask(op="subscribe", auction_id=lot)
            with engine.client() as store:
                store.execute_command("CLIENT", "PAUSE", PAUSE_MS, "ALL")
            for count, client in enumerate(clients):
                bid = {"op": "bid", "ref": "r", "auction_id": lot, "amount": f"{count + 5}.00"}
                await client.send([bid, {"op": "ping"}])
            for client in clients:  # who answers what comes after a bid has taken it
                await client.until(lambda s: {"ev": "pong"} in s.messages)

            status = await asyncio.to_thread(feed.stop)
            for client in clients:
                await client.until(lambda s: s.close_code is not None)

        assert status == 0
        assert {client.close_code for client in clients} == {1012}
        answers = [[a for a in client.answers if a["ref"] == "r"] for client in clients]
        assert [len(each) for each in answers] == [1] * 20


class TestHeartbeats:
    async def test_pings_and_drops_who_does_not_answer(self) -> None:
        parts = SessionDependencies(memory_hub(), no_bidding(), lambda _: None, None)
        server = FeedServer(
            CollectorRegistry(), parts, Origins(frozenset()), Timing(heartbeat_s=1, drain_s=0)
        )
        stop = asyncio.Event()
        running = asyncio.create_task(server.run("127.0.0.1", 0, 10, stop))
        await until(lambda: server.port)
        reader, writer = await asyncio.open_connection("127.0.0.1", server.port)
        writer.write(SHAKE)
        await reader.readuntil(b"\r\n\r\n")
        async with live_socket(server.port) as alive:
            said = await asyncio.wait_for(read_all(reader), COMES_WITHIN_S)
            await alive.send({"op": "ping"})
            await alive.until(lambda s: s.messages == [{"ev": "pong"}])
        writer.close()
        stop.set()
        await running

        assert said == b"\x89\x00" * 2


@pytest.fixture
def many_files() -> Iterator[None]:
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    assert hard >= VIEWERS + 200, f"this machine allows {hard} open files, too few for the crowd"
    resource.setrlimit(resource.RLIMIT_NOFILE, (max(soft, VIEWERS + 200), hard))
    yield
    resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))


@pytest.mark.slow
@pytest.mark.usefixtures("many_files")
async def test_serves_a_thousand_who_reconnect_at_once(lots: Lots, feed: LiveProcess) -> None:
    lot = lots.create()
    lots.bid(lot, 20)
    async with live_socket(feed.port) as first:
        await first.ask(op="subscribe", auction_id=lot)
        await first.until(lambda s: s.events)
        last_id = first.events[-1]["id"]
    await asyncio.to_thread(lots.bid, lot, 30)

    asking = masked(json.dumps({"op": "subscribe", "auction_id": lot, "after": last_id}).encode())
    crowd = await asyncio.gather(*(raw_viewer(feed.port, asking) for _ in range(VIEWERS)))
    last = await asyncio.to_thread(lots.bid, lot, 10)
    received = await asyncio.gather(
        *(read_until(reader, b'"seq":%d,' % last) for reader, _ in crowd)
    )
    for _, writer in crowd:
        writer.close()

    wanted = [b'"seq":%d,' % seq for seq in range(22, last + 1)]
    for text in received:
        places = [text.index(seq) for seq in wanted]
        assert places == sorted(places)
        assert text.count(b'"ev":"bid"') == len(wanted)


async def raw_viewer(port: int, asking: bytes) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    writer.write(SHAKE + asking)
    await reader.readuntil(b"\r\n\r\n")
    return reader, writer


async def read_until(reader: asyncio.StreamReader, mark: bytes) -> bytes:
    text = b""
    async with asyncio.timeout(60):
        while mark not in text:
            text += await reader.read(65_536)
    return text


async def read_all(reader: asyncio.StreamReader) -> bytes:
    said = b""
    with contextlib.suppress(OSError):
        while data := await reader.read(4_096):
            said += data
    return said


async def nobody_watches(feed: LiveProcess, but: int = 0) -> None:
    deadline = time.monotonic() + 30
    while (await asyncio.to_thread(feed.metrics))["martelo_live_viewers"] > but:
        assert time.monotonic() < deadline, "somebody is still counted"
        await asyncio.sleep(0.1)


def deaf_socket(port: int) -> socket.socket:
    raw = socket.socket()
    raw.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4_096)
    raw.connect(("127.0.0.1", port))
    raw.sendall(SHAKE)
    return raw


def lots_elsewhere() -> str:
    return "11-0123456789abc"


def memory_hub() -> Hub:
    store = MemoryStore()
    metrics = LiveMetrics(CollectorRegistry())
    feed = MemoryFeed(store)
    return Hub(Dependencies(feed, FakeArchive(), Limits(), metrics, time.monotonic, {}))


def no_bidding() -> Bidding:
    """Return what takes no bids: nobody signs in."""
    return Bidding(
        batches=Batches(NoBids(), BidMetrics(CollectorRegistry())),
        standings=NoBids(),
        verifier=TokenVerifier("http://127.0.0.1:9", open_client(), time.time),
        buckets=None,
        archive=FakeArchive(),
        parse_id=lambda _: None,
    )


class NoBids:
    """A store that nobody asks."""

    max_bids = 1

    async def place_many(self, _auction_id: AuctionId, _bids: Sequence[Bid]) -> list[Placed]:
        raise AssertionError("nobody bids here")

    def cached(self, _account_id: AccountId) -> Standing | None:
        raise AssertionError("nobody bids here")

    async def of(self, _account_id: AccountId) -> Standing:
        raise AssertionError("nobody bids here")
