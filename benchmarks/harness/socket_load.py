"""A closed-loop loader over WebSocket: each connection has one frame under way at a time."""

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
class Marks:
    """What stands once in every answer, and once in one that accepts."""

    answer: bytes
    accepted: bytes


@dataclass
class SocketLoad:
    """What a run came to; `came` are the answers as they came, to be read afterwards."""

    answers: int = 0
    accepted: int = 0
    lost: int = 0
    wall_s: float = 0.0
    cpu_s: float = 0.0
    latencies_s: list[float] = field(default_factory=list)
    came: list[bytes] = field(default_factory=list)


class SocketLoader:
    """WebSockets to one address, each led in by the frames of `openings`, all answered."""

    def __init__(self, port: int, path: str, openings: Sequence[bytes], marks: Marks) -> None:
        self._poll = select.epoll()
        self._sockets: dict[int, socket.socket] = {}
        self._marks = marks
        for opening in openings:
            made = socket.create_connection(("127.0.0.1", port), timeout=TIMEOUT_S)
            made.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            _expect(made, upgrade(path), UPGRADED, b"\r\n\r\n")
            _expect(made, text_frame(opening), marks.answer)
            self._sockets[made.fileno()] = made
            self._poll.register(made.fileno(), select.EPOLLIN)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_error: object) -> None:
        for each in self._sockets.values():
            each.close()
        self._poll.close()

    def run(self, frames: Iterator[bytes], seconds: float) -> SocketLoad:
        """Send frames for so long, or until there are no more; wait for every answer."""
        gc.disable()
        cpu, began = own_s(), time.perf_counter()
        try:
            load = self._run(frames, began + seconds)
        finally:
            gc.enable()
        load.wall_s, load.cpu_s = time.perf_counter() - began, own_s() - cpu
        return load

    def _run(self, frames: Iterator[bytes], until: float) -> SocketLoad:
        load, clock, marks = SocketLoad(), time.perf_counter, self._marks
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
                load.came.append(data)
                if not data:
                    self._poll.unregister(number)
                if not data.count(marks.answer):
                    continue
                now = clock()
                load.answers += 1
                load.accepted += data.count(marks.accepted)
                load.latencies_s.append(now - sent_at.pop(number))
                frame = next(frames, None) if now < until else None
                if frame is not None:
                    sent_at[number] = now
                    self._sockets[number].sendall(frame)
        load.lost = len(sent_at)
        return load


def _expect(made: socket.socket, sent: bytes, *wanted: bytes) -> None:
    """Send something and read until its answer holds what is wanted."""
    made.sendall(sent)
    came = b""
    while any(each not in came for each in wanted):
        data = made.recv(BUFFER_BYTES)
        if not data:
            raise RuntimeError(f"the connection ended after {came!r}")
        came += data
