"""What it costs to bring a bid to those who watch: the live process, `os.write`, a naive app.

In the names: `stream` is an event stream and `socket` a WebSocket of the live process, `write`
the `os.write` loop, `naive` Socket.IO of `baseline_app.py`; `window` and `none` are streams with
bids merged for 20 ms and not merged. `1000 x 20/s` are viewers and bids a second.

Every round has viewers and an auction of its own. A round in which not every event came to every
viewer, the last one by its `seq`, does not count.
"""

import resource
import socket
import tempfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Self

import socketio

from benchmarks import os_write_loop
from benchmarks.bidders import HOT_LOT, rising_bids
from benchmarks.harness.cpu import resident_bytes
from benchmarks.harness.facts import Facts
from benchmarks.harness.http_load import percentile
from benchmarks.harness.processes import Running, running
from benchmarks.harness.results import (
    Bound,
    Ratio,
    Report,
    Series,
    at_most,
    figure,
    ratio,
    series_of,
)
from benchmarks.harness.rounds import Round, Scale, interleave
from benchmarks.harness.store import OPTIONS, Pipeline, Store, pack, running_store, store_version
from benchmarks.harness.viewers import Crowd, Opening, Watched, text_frame, upgrade
from fakes.neighbours import Neighbours
from martelo.auctions.adapters.valkey_calls import place_bid_call
from martelo.kernel.ids import AuctionId

EVENT_BYTES = 420
"""About what a bid's event takes on a stream; the floor writes as much."""

WARM_VIEWERS = 50
NAIVE_ROOM = "00-0000000000000"


@dataclass(frozen=True)
class Audience:
    """How many watch, how often something comes, and how much CPU a round must burn at least.

    CPU times of running processes are exact, so a rate that a weak server bears may leave a
    strong one little to burn: the floor is of that round's size.
    """

    viewers: int
    rate: float
    floor_cpu_s: float | None = None

    def __str__(self) -> str:
        return f"{self.viewers} x {self.rate:g}/s"


MANY = Audience(1_000, 20)
FEW = Audience(250, 4, floor_cpu_s=0.005)
FAST = Audience(200, 200, floor_cpu_s=0.05)
CROWD = Audience(5_000, 4)
SMALL_CROWD = Audience(1_000, 4, floor_cpu_s=0.02)


Watching = Callable[[Audience], Round]


@dataclass(frozen=True)
class Compared:
    """Rounds of several subjects, in turns, before audiences of the same size."""

    audience: Audience
    rounds: Mapping[str, Sequence[Round]]

    def ratio(self, name: str, reference: str, bound: Bound) -> Ratio:
        """Return the CPU of one subject's delivery by that of another's."""
        whole = f"{name} / {reference}, CPU of a delivery, {self.audience}"
        return ratio(whole, self._cpu(name), self._cpu(reference), bound)

    def other(self, name: str, measure: str, unit: str) -> Series:
        """Return another measure of a subject's rounds."""
        whole = f"{name}, {self.audience}, {measure.removesuffix('_ms')}"
        return series_of(whole, unit, self.rounds[name], lambda each: each.others[measure])

    def astray(self) -> list[str]:
        """Return what went wrong in rounds of the product."""
        return [
            f"{name}, {self.audience}: {each.fault}"
            for name, rounds in self.rounds.items()
            for each in rounds
            if each.others["astray"]
        ]

    def _cpu(self, name: str) -> Series:
        return series_of(
            f"{name}, {self.audience}", "us", self.rounds[name], lambda each: each.cpu_us
        )


class Fanning:
    """The subjects, each a round of its own."""

    def __init__(self, store: Store, seconds: float) -> None:
        self._store = store
        self._seconds = seconds

    def stream(self, server: Running, audience: Audience) -> Round:
        """Bid on a new auction that viewers follow over event streams."""
        [lot] = self._store.open(1, HOT_LOT)
        with Publisher(self._store, lot, audience.rate * self._seconds) as publisher:
            return self._watched(server, audience, stream_of(lot), publisher)

    def socket(self, server: Running, audience: Audience) -> Round:
        """Do the same with viewers that follow over WebSocket."""
        [lot] = self._store.open(1, HOT_LOT)
        with Publisher(self._store, lot, audience.rate * self._seconds) as publisher:
            return self._watched(server, audience, socket_of(lot), publisher)

    def bare(self, server: Running, audience: Audience) -> Round:
        """Have a message written to every connection."""
        opening = Opening((os_write_loop.WATCH,), (os_write_loop.GREETING,), os_write_loop.MARK)
        with socket.create_connection(("127.0.0.1", server.port)) as control:
            return self._watched(
                server, audience, opening, lambda: control.sendall(os_write_loop.WRITE)
            )

    def naive(self, server: Running, audience: Audience) -> Round:
        """Emit to the naive app's viewers through its message queue, as a replica does."""
        url = self._store.server.url.replace("valkey://", "redis://")
        queue = socketio.RedisManager(url, write_only=True)
        update = {"auction_id": NAIVE_ROOM, "current_price": 150.0}
        return self._watched(
            server,
            audience,
            socketio_opening(NAIVE_ROOM),
            lambda: queue.emit("auction_update", update, room=NAIVE_ROOM),
        )

    def _watched(
        self,
        server: Running,
        audience: Audience,
        opening: Opening,
        publish: Callable[[], None],
    ) -> Round:
        with Crowd(server.port, audience.viewers, opening) as crowd:
            cpu, store_cpu = server.cpu.read_s(), self._store.cpu.read_s()
            watched = crowd.watch(publish, audience.rate, self._seconds)
            cpu_s = server.cpu.read_s() - cpu
            store_s = self._store.cpu.read_s() - store_cpu
            if isinstance(publish, Publisher):
                watched.astray = crowd.astray(publish.last_seq())
        return _round_of(watched, cpu_s, store_s)


class Publisher:
    """Places bids on one auction without waiting for each answer."""

    def __init__(self, store: Store, lot: AuctionId, count: float) -> None:
        bids = rising_bids([lot], int(count))
        self._commands: Iterator[bytes] = iter(
            [pack(place_bid_call(lot, bid)) for lot, bid in bids]
        )
        self._pipeline = Pipeline(store.server.port)
        self._count = 0

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_error: object) -> None:
        self._pipeline.close()

    def __call__(self) -> None:
        """Place the next bid."""
        self._count += 1
        self._pipeline.send(next(self._commands))

    def last_seq(self) -> int:
        """Return the `seq` of the last bid; all were accepted."""
        replies = self._pipeline.receive(self._count)
        assert all(reply[0] == b"placed" for reply in replies), replies
        return int(replies[-1][2])


def stream_of(lot: AuctionId) -> Opening:
    """Return how an event stream begins."""
    request = f"GET /auction/{lot}/events HTTP/1.1\r\nHost: live\r\n\r\n".encode()
    return Opening((request,), (b"event: snapshot\n",), b"event: bid\n", lambda seq: b":%d\n" % seq)


def socket_of(lot: AuctionId) -> Opening:
    """Return how a viewer of `/live` begins."""
    subscribe = f'{{"op":"subscribe","auction_id":"{lot}"}}'.encode()
    return Opening(
        (upgrade("/live"), text_frame(subscribe)),
        (b"\r\n\r\n", b'"ev":"snapshot"'),
        b'{"ev":"bid"',
        lambda seq: b':%d"' % seq,
    )


def socketio_opening(room: str) -> Opening:
    """Return how a Socket.IO client connects by WebSocket and joins a room."""
    join = f'420["join",{{"auction_id":"{room}"}}]'.encode()
    return Opening(
        (upgrade("/socket.io/?EIO=4&transport=websocket"), text_frame(b"40"), text_frame(join)),
        (b"0{", b"40{", b"430["),
        b'42["auction_update"',
    )


def _round_of(watched: Watched, cpu_s: float, store_s: float) -> Round:
    latencies = list(watched.latencies_s) or [float("nan")]
    return Round(
        operations=watched.deliveries,
        wall_s=watched.wall_s,
        cpu_s=cpu_s,
        others={
            "store_s": store_s,
            "loader_us": watched.cpu_s / max(1, watched.deliveries) * 1e6,
            "bytes": watched.bytes / max(1, watched.deliveries),
            "astray": 0 if watched.missing else watched.astray,
            "p50_ms": percentile(latencies, 50) * 1000,
            "p99_ms": percentile(latencies, 99) * 1000,
        },
        fault=watched.fault,
    )


def run(scale: Scale) -> Report:
    """Measure and return what was found."""
    crowd = CROWD if scale.is_full else SMALL_CROWD
    raise_file_limit(crowd.viewers + 1_000)
    settings = {"appendfsync": "always", "options": OPTIONS, "event_bytes": EVENT_BYTES}
    facts = Facts(scale, settings)
    with tempfile.TemporaryDirectory() as name, ExitStack() as stack:
        store = stack.enter_context(running_store(Path(name)))
        neighbours = stack.enter_context(Neighbours().answering())
        given = {
            "VALKEY_URL": store.server.url,
            "AUCTIONS_URL": neighbours.url,
            "ACCOUNTS_URL": neighbours.url,
            "LIVE_DRAIN_S": "0",
            "MESSAGE_BYTES": str(EVENT_BYTES),
        }

        def started(module: str, *words: str, **changed: str) -> Running:
            settings = {**given, **changed}
            return stack.enter_context(
                running(module, *words, folder=Path(name), settings=settings)
            )

        live = started("martelo.auctions.main", "live")
        unmerged = started("martelo.auctions.main", "live", LIVE_WINDOW_MS="0")
        bare = started("benchmarks.os_write_loop")
        naive = started("benchmarks.baseline_app")
        fanning = Fanning(store, scale.round_s)
        memory = [
            _memory(name, opening, store, started("martelo.auctions.main", "live"), crowd)
            for name, opening in (("stream", stream_of), ("socket", socket_of))
        ]

        def compared(audience: Audience, **subjects: Watching) -> Compared:
            named = {name: partial(each, audience) for name, each in subjects.items()}
            return Compared(audience, interleave(named, scale, floor_cpu_s=audience.floor_cpu_s))

        stream, written = partial(fanning.stream, live), partial(fanning.bare, bare)
        many = compared(MANY, stream=stream, socket=partial(fanning.socket, live), write=written)
        few = compared(FEW, stream=stream, naive=partial(fanning.naive, naive))
        fast = compared(FAST, window=stream, none=partial(fanning.stream, unmerged))
        large = compared(crowd, stream=stream, write=written)
        version = store_version(store)
    return _report(many, few, fast, large, memory, facts.as_json(store=version))


def _report(  # noqa: PLR0913, PLR0917 - one argument a comparison
    many: Compared,
    few: Compared,
    fast: Compared,
    crowd: Compared,
    memory: Sequence[Series],
    facts: Mapping[str, object],
) -> Report:
    floor = at_most(2.5, 1.25)
    p99 = crowd.other("stream", "p99_ms", "ms")
    return Report(
        "fan_out",
        (
            many.ratio("stream", "write", floor),
            many.ratio("socket", "write", floor),
            crowd.ratio("stream", "write", floor),
            few.ratio("stream", "naive", at_most(1 / 8, 1 / 15)),
            fast.ratio("window", "none", at_most(0.6, 0.45)),
            figure(p99.name, p99, at_most(250)),
            *(figure(each.name, each, at_most(30, 5), rounds=1) for each in memory),
        ),
        shown=(
            many.other("stream", "p50_ms", "ms"),
            many.other("stream", "p99_ms", "ms"),
            many.other("socket", "p99_ms", "ms"),
            many.other("write", "p99_ms", "ms"),
            crowd.other("write", "p99_ms", "ms"),
            few.other("naive", "p99_ms", "ms"),
            fast.other("window", "p99_ms", "ms"),
            fast.other("none", "p99_ms", "ms"),
            many.other("stream", "bytes", "B"),
            many.other("socket", "bytes", "B"),
            many.other("stream", "loader_us", "us"),
        ),
        facts=facts,
        wrong=tuple(each for found in (many, few, fast, crowd) for each in found.astray()),
    )


def _memory(
    name: str,
    opening: Callable[[AuctionId], Opening],
    store: Store,
    server: Running,
    audience: Audience,
) -> Series:
    """Return what a viewer takes of a fresh process that had few of them before."""
    [lot] = store.open(1, HOT_LOT)
    with Crowd(server.port, WARM_VIEWERS, opening(lot)):
        before = resident_bytes(server.pid)
        with Crowd(server.port, audience.viewers, opening(lot)):
            grown = resident_bytes(server.pid) - before
    per_viewer = grown / audience.viewers / 1024
    return Series(f"{name}, {audience.viewers}, process memory per viewer", "KB", (per_viewer,))


def raise_file_limit(wanted: int) -> None:
    """Let this process hold so many connections.

    Raises:
        RuntimeError: The system does not allow it.
    """
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    if hard < wanted:
        raise RuntimeError(f"{wanted} open files are needed, and the system allows {hard}")
    resource.setrlimit(resource.RLIMIT_NOFILE, (max(soft, wanted), hard))
