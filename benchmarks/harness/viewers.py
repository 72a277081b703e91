"""Many viewers on raw sockets: events are counted by a marker in the bytes, without parsing."""

import gc
import os
import select
import socket
import time
from array import array
from base64 import b64encode
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Self

from benchmarks.harness.cpu import own_s

TIMEOUT_S = 20.0
BUFFER_BYTES = 1 << 18
GRACE_S = 1.0
"""How long deliveries may take after the last event; a slower server is saturated."""


@dataclass(frozen=True)
class Opening:
    """How a viewer begins: each message is sent after the answer to the one before it.

    `marker` appears once in every event; `ends_with` returns what only the event `seq` contains.
    """

    sends: tuple[bytes, ...]
    answers: tuple[bytes, ...]
    marker: bytes
    ends_with: Callable[[int], bytes] | None = None


@dataclass
class Watched:
    """What the viewers received: `astray` ones did not end at the last event."""

    deliveries: int = 0
    missing: int = 0
    astray: int = 0
    late_s: float = 0.0
    """How late the last event was published."""
    bytes: int = 0
    wall_s: float = 0.0
    cpu_s: float = 0.0
    latencies_s: "array[float]" = field(default_factory=lambda: array("d"))

    @property
    def fault(self) -> str | None:
        """Why the round is not valid, or `None`."""
        if self.missing:
            return f"saturated: {self.missing} deliveries missing"
        if self.astray:
            return f"{self.astray} viewers did not end at the last event"
        if self.late_s > GRACE_S:
            return f"events were published {self.late_s:.1f} s late"
        return None


class Crowd:
    """Viewers of one auction, connected and past the opening when created."""

    def __init__(self, port: int, count: int, opening: Opening) -> None:
        self._poll = select.epoll()
        self._sockets: dict[int, socket.socket] = {}
        self._opening = opening
        for _ in range(count):
            created = socket.create_connection(("127.0.0.1", port), timeout=TIMEOUT_S)
            created.sendall(opening.sends[0])
            self._sockets[created.fileno()] = created
            self._poll.register(created.fileno(), select.EPOLLIN)
        self._open()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_error: object) -> None:
        for each in self._sockets.values():
            each.close()
        self._poll.close()

    def watch(self, publish: Callable[[], None], rate: float, seconds: float) -> Watched:
        """Publish `rate` events a second and read until all are delivered, or time is over."""
        gc.disable()
        cpu, began = own_s(), time.perf_counter()
        try:
            watched = self._watch(publish, rate, int(rate * seconds))
        finally:
            gc.enable()
        watched.wall_s, watched.cpu_s = time.perf_counter() - began, own_s() - cpu
        return watched

    def _watch(self, publish: Callable[[], None], rate: float, total: int) -> Watched:
        watched, clock, marker = Watched(), time.perf_counter, self._opening.marker
        seen, last = dict.fromkeys(self._sockets, 0), dict.fromkeys(self._sockets, b"")
        sent_at: list[float] = []
        buffer = bytearray(BUFFER_BYTES)
        note = watched.latencies_s.append
        wanted, began = total * len(self._sockets), clock()
        deadline = began + total / rate + GRACE_S
        while watched.deliveries < wanted and (now := clock()) < deadline:
            if len(sent_at) < total and now >= began + len(sent_at) / rate:
                sent_at.append(now)
                publish()
                watched.late_s = now - began - (len(sent_at) - 1) / rate
                continue
            due = began + len(sent_at) / rate if len(sent_at) < total else deadline
            for number, _ in self._poll.poll(max(0.0, due - now)):
                length = self._sockets[number].recv_into(buffer)
                received = buffer.count(marker, 0, length)
                at, before = clock(), seen[number]
                for index in range(before, before + received):
                    note(at - sent_at[index])
                seen[number] = before + received
                watched.deliveries += received
                watched.bytes += length
                if before + received == total:
                    last[number] = bytes(buffer[max(0, length - 1024) : length])
                if not length:
                    self._poll.unregister(number)
        watched.missing = wanted - watched.deliveries
        self._last = last
        return watched

    def astray(self, seq: int) -> int:
        """Return how many viewers did not end at the event `seq`."""
        ends_with = self._opening.ends_with
        if ends_with is None:
            return 0
        return sum(ends_with(seq) not in data for data in self._last.values())

    def _open(self) -> None:
        """Exchange the messages of the opening with every viewer."""
        received, steps = dict.fromkeys(self._sockets, b""), dict.fromkeys(self._sockets, 0)
        answers, sends = self._opening.answers, self._opening.sends
        waiting = set(self._sockets)
        while waiting:
            ready = self._poll.poll(TIMEOUT_S)
            if not ready:
                raise RuntimeError(
                    f"{len(waiting)} viewers got no answer: {received[min(waiting)]!r}"
                )
            for number, _ in ready:
                data = self._sockets[number].recv(BUFFER_BYTES)
                if not data:
                    raise RuntimeError(f"a viewer was disconnected: {received[number]!r}")
                received[number] += data
                if number in waiting and answers[steps[number]] in received[number]:
                    received[number] = b""
                    steps[number] += 1
                    if steps[number] == len(sends):
                        waiting.discard(number)
                    else:
                        self._sockets[number].sendall(sends[steps[number]])


def upgrade(path: str) -> bytes:
    """Return the request that opens a WebSocket (RFC 6455, section 4.1)."""
    key = b64encode(os.urandom(16)).decode()
    return (
        f"GET {path} HTTP/1.1\r\nHost: live\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
        f"Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: {key}\r\n\r\n"
    ).encode()


def text_frame(payload: bytes) -> bytes:
    """Return a client's text frame with a zero mask, so that it can be built in advance."""
    length = len(payload)
    if length < 126:
        head = bytes([0x81, 0x80 | length])
    else:
        head = bytes([0x81, 0x80 | 126]) + length.to_bytes(2, "big")
    return head + bytes(4) + payload
