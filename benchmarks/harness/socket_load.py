"""A closed-loop load generator over WebSocket: one frame in flight per connection."""

import gc
import select
import socket
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Self

from benchmarks.harness.cpu import own_s
from benchmarks.harness.viewers import text_frame, upgrade

TIMEOUT_S = 20.0
BUFFER_BYTES = 65_536
UPGRADED = b"HTTP/1.1 101 "


@dataclass(frozen=True)
class Markers:
    """Bytes that appear once in every answer, and once in every acceptance."""

    answer: bytes
    accepted: bytes


@dataclass
class SocketLoad:
    """The results of a run; `received` are the raw answers, for decoding afterwards."""

    answers: int = 0
    accepted: int = 0
    lost: int = 0
    wall_s: float = 0.0
    cpu_s: float = 0.0
    latencies_s: list[float] = field(default_factory=list)
    received: list[bytes] = field(default_factory=list)


class SocketLoader:
    """WebSockets to one address; each begins with a frame of `openings` and its answer."""

    def __init__(self, port: int, path: str, openings: Sequence[bytes], markers: Markers) -> None:
        self._poll = select.epoll()
        self._sockets: dict[int, socket.socket] = {}
        self._markers = markers
        for opening in openings:
            created = socket.create_connection(("127.0.0.1", port), timeout=TIMEOUT_S)
            created.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            _expect(created, upgrade(path), UPGRADED, b"\r\n\r\n")
            _expect(created, text_frame(opening), markers.answer)
            self._sockets[created.fileno()] = created
            self._poll.register(created.fileno(), select.EPOLLIN)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_error: object) -> None:
        for each in self._sockets.values():
            each.close()
        self._poll.close()

    def run(self, frames: Iterator[bytes], seconds: float) -> SocketLoad:
        """Send frames for `seconds`, or until there are no more; wait for every answer."""
        gc.disable()
        cpu, began = own_s(), time.perf_counter()
        try:
            load = self._run(frames, began + seconds)
        finally:
            gc.enable()
        load.wall_s, load.cpu_s = time.perf_counter() - began, own_s() - cpu
        return load

    def _run(self, frames: Iterator[bytes], until: float) -> SocketLoad:
        load, clock, markers = SocketLoad(), time.perf_counter, self._markers
        sent_at: dict[int, float] = {}
        for number, each in self._sockets.items():
            frame = next(frames, None)
            if frame is not None:
                sent_at[number] = clock()
                each.sendall(frame)
        while sent_at:
            ready = self._poll.poll(TIMEOUT_S)
            if not ready:
                break
            for number, _ in ready:
                data = self._sockets[number].recv(BUFFER_BYTES)
                load.received.append(data)
                if not data:
                    self._poll.unregister(number)
                if not data.count(markers.answer):
                    continue
                now = clock()
                load.answers += 1
                load.accepted += data.count(markers.accepted)
                load.latencies_s.append(now - sent_at.pop(number))
                frame = next(frames, None) if now < until else None
                if frame is not None:
                    sent_at[number] = now
                    self._sockets[number].sendall(frame)
        load.lost = len(sent_at)
        return load


def _expect(created: socket.socket, sent: bytes, *wanted: bytes) -> None:
    """Send `sent` and read until the answer contains all of `wanted`."""
    created.sendall(sent)
    received = b""
    while any(each not in received for each in wanted):
        data = created.recv(BUFFER_BYTES)
        if not data:
            raise RuntimeError(f"the connection ended after {received!r}")
        received += data
