"""A closed-loop HTTP loader: raw sockets, requests built beforehand, one status line read."""

import gc
import select
import socket
import time
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field

from benchmarks.harness.cpu import own_s

TIMEOUT_S = 20.0
BUFFER_BYTES = 65_536


@dataclass
class Load:
    """What a run of the loader came to; `lost` are requests without an answer."""

    statuses: Counter[int] = field(default_factory=Counter)
    latencies_s: list[float] = field(default_factory=list)
    lost: int = 0
    wall_s: float = 0.0
    cpu_s: float = 0.0

    @property
    def answers(self) -> int:
        """How many answers came."""
        return sum(self.statuses.values())

    def fault(self, *expected: int) -> str | None:
        """Return what came that should not have, or `None`."""
        others = {status: n for status, n in self.statuses.items() if status not in expected}
        if others or self.lost:
            return f"answers other than {expected}: {others}, lost: {self.lost}"
        return None


def percentile(values: list[float], percent: float) -> float:
    """Return the value that `percent` of them do not exceed."""
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(len(ordered) * percent / 100))]


@dataclass(slots=True)
class _Connection:
    """One connection: what was sent last and what came so far."""

    socket: socket.socket
    sent_at: float = 0.0
    came: bytes = b""


class HttpLoader:
    """Keeps some connections busy: the next request goes out when the last was answered.

    A server that closes after its answer, as werkzeug's does, is connected to again.
    """

    def __init__(self, port: int, connections: int) -> None:
        self._address = ("127.0.0.1", port)
        self._poll = select.epoll()
        self._lines: dict[int, _Connection] = {}
        for _ in range(connections):
            self._connect()

    def close(self) -> None:
        """Close every connection."""
        for line in self._lines.values():
            line.socket.close()
        self._poll.close()

    def run(self, requests: Iterator[bytes], seconds: float) -> Load:
        """Send requests for so long, or until there are no more; wait for every answer."""
        gc.disable()
        cpu, began = own_s(), time.perf_counter()
        try:
            load = self._run(requests, began + seconds)
        finally:
            gc.enable()
        load.wall_s, load.cpu_s = time.perf_counter() - began, own_s() - cpu
        return load

    def _run(self, requests: Iterator[bytes], until: float) -> Load:
        load, clock = Load(), time.perf_counter
        statuses, latencies = load.statuses, load.latencies_s
        waiting = sum(self._send_next(line, requests) for line in self._lines.values())
        while waiting:
            ready = self._poll.poll(TIMEOUT_S)
            if not ready:
                load.lost += waiting
                return load
            for number, _ in ready:
                line = self._lines[number]
                data = line.came + line.socket.recv(BUFFER_BYTES)
                if len(data) == len(line.came):
                    load.lost += 1
                    line = self._renew(number)
                elif not is_whole(data):
                    line.came = data
                    continue
                else:
                    statuses[int(data[9:12])] += 1
                    latencies.append(clock() - line.sent_at)
                    line.came = b""
                    if b"onnection: close\r\n" in data:
                        line = self._renew(number)
                if clock() >= until or not self._send_next(line, requests):
                    waiting -= 1
        return load

    @staticmethod
    def _send_next(line: _Connection, requests: Iterator[bytes]) -> bool:
        request = next(requests, None)
        if request is None:
            return False
        line.sent_at = time.perf_counter()
        line.socket.sendall(request)
        return True

    def _renew(self, number: int) -> _Connection:
        self._poll.unregister(number)
        self._lines.pop(number).socket.close()
        return self._connect()

    def _connect(self) -> _Connection:
        made = socket.create_connection(self._address, timeout=TIMEOUT_S)
        made.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        line = _Connection(made)
        self._lines[made.fileno()] = line
        self._poll.register(made.fileno(), select.EPOLLIN)
        return line


def is_whole(data: bytes) -> bool:
    """Tell whether a head and the body it announces have come."""
    end = data.find(b"\r\n\r\n")
    if end < 0:
        return False
    at = data.find(b"ontent-", 0, end)
    while at >= 0 and data[at : at + 14].lower() != b"ontent-length:":
        at = data.find(b"ontent-", at + 1, end)
    if at < 0:
        return True
    return len(data) >= end + 4 + int(data[at + 14 : data.index(b"\r", at)])
