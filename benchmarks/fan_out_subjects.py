"""Rounds of viewing: the live process, the `os.write` loop and the naive app.

Every round has its own viewers and auction. It does not count unless every viewer received every
event, and the last one has the expected `seq`.
"""

import socket
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Self

import socketio

from benchmarks import os_write_loop
from benchmarks.bidders import HOT_LOT, rising_bids
from benchmarks.harness.cpu import resident_bytes
from benchmarks.harness.http_load import percentile
from benchmarks.harness.processes import Running
from benchmarks.harness.rounds import Round
from benchmarks.harness.store import Pipeline, Store, pack
from benchmarks.harness.viewers import Crowd, Opening, Watched, text_frame, upgrade
from martelo.auctions.adapters.live_store.calls import place_bid_call
from martelo.kernel.ids import AuctionId

EVENT_BYTES = 388
"""The size of a bid's event on a stream; the `os.write` loop writes as much."""

WARM_VIEWERS = 50
NAIVE_ROOM = "00-0000000000000"


@dataclass(frozen=True)
class Audience:
    """The viewers, the events a second, and the CPU a valid round uses per second at least.

    The rate must suit the weakest server, so a strong one uses little CPU; exact CPU times allow a
    floor lower than that of other rounds.
    """

    viewers: int
    rate: float
    floor_cpu_s: float

    def __str__(self) -> str:
        return f"{self.viewers} x {self.rate:g}/s"


class Fanning:
    """The subjects: each method runs one round."""

    def __init__(self, store: Store, seconds: float) -> None:
        self._store = store
        self._seconds = seconds

    def stream(self, server: Running, audience: Audience) -> Round:
        """Bid on a new auction that viewers follow over event streams."""
        [lot] = self._store.open(1, HOT_LOT)
        with Publisher(self._store, lot, audience.rate * self._seconds) as publisher:
            return self._watched(server, audience, stream_of(lot), publisher)

    def socket(self, server: Running, audience: Audience) -> Round:
        """Bid on a new auction that viewers follow over WebSocket."""
        [lot] = self._store.open(1, HOT_LOT)
        with Publisher(self._store, lot, audience.rate * self._seconds) as publisher:
            return self._watched(server, audience, socket_of(lot), publisher)

    def bare(self, server: Running, audience: Audience) -> Round:
        """Write a message to every connection."""
        opening = Opening((os_write_loop.WATCH,), (os_write_loop.GREETING,), os_write_loop.MARKER)
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


def kilobytes_per_viewer(
    opening: Callable[[AuctionId], Opening],
    store: Store,
    server: Running,
    audience: Audience,
) -> float:
    """Return what a viewer takes of a fresh process that had few of them before."""
    [lot] = store.open(1, HOT_LOT)
    with Crowd(server.port, WARM_VIEWERS, opening(lot)):
        before = resident_bytes(server.pid)
        with Crowd(server.port, audience.viewers, opening(lot)):
            grown = resident_bytes(server.pid) - before
    return grown / audience.viewers / 1024
