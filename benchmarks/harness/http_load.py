"""A closed-loop HTTP load generator: raw sockets and requests built beforehand."""

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
    """The results of a run; `lost` counts requests without an answer."""

    statuses: Counter[int] = field(default_factory=Counter)
    latencies_s: list[float] = field(default_factory=list)
    lost: int = 0
    wall_s: float = 0.0
    cpu_s: float = 0.0

    @property
    def answers(self) -> int:
        """How many answers arrived."""
        return sum(self.statuses.values())

    def fault(self, *expected: int) -> str | None:
        """Return the unexpected statuses and lost requests, or `None`."""
        others = {status: n for status, n in self.statuses.items() if status not in expected}
        if others or self.lost:
            return f"answers other than {expected}: {others}, lost: {self.lost}"
        return None


def percentile(values: list[float], percent: float) -> float:
    """Return the value that `percent` of `values` do not exceed."""
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(len(ordered) * percent / 100))]


@dataclass(slots=True)
class _Connection:
    """One connection: when its request was sent, and the answer so far."""

    socket: socket.socket
    sent_at: float = 0.0
    received: bytes = b""


class HttpLoader:
    """Sends the next request on each connection as soon as the last one is answered.

    It reconnects to a server that closes after its answer, as werkzeug's does.
    """

    def __init__(self, port: int, connections: int) -> None:
        self._address = ("127.0.0.1", port)
        self._poll = select.epoll()
        self._connections: dict[int, _Connection] = {}
        for _ in range(connections):
            self._connect()

    def close(self) -> None:
        """Close every connection."""
        for connection in self._connections.values():
            connection.socket.close()
        self._poll.close()

    def run(self, requests: Iterator[bytes], seconds: float) -> Load:
        """Send requests for `seconds`, or until there are no more; wait for every answer."""
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
        waiting = sum(
            self._send_next(connection, requests) for connection in self._connections.values()
        )
        while waiting:
            ready = self._poll.poll(TIMEOUT_S)
            if not ready:
                load.lost += waiting
                return load
            for number, _ in ready:
                connection = self._connections[number]
                data = connection.received + connection.socket.recv(BUFFER_BYTES)
                if len(data) == len(connection.received):
                    load.lost += 1
                    connection = self._reconnect(number)
                elif not is_complete(data):
                    connection.received = data
                    continue
                else:
                    statuses[int(data[9:12])] += 1
                    latencies.append(clock() - connection.sent_at)
                    connection.received = b""
                    if b"onnection: close\r\n" in data:
                        connection = self._reconnect(number)
                if clock() >= until or not self._send_next(connection, requests):
                    waiting -= 1
        return load

    @staticmethod
    def _send_next(connection: _Connection, requests: Iterator[bytes]) -> bool:
        request = next(requests, None)
        if request is None:
            return False
        connection.sent_at = time.perf_counter()
        connection.socket.sendall(request)
        return True

    def _reconnect(self, number: int) -> _Connection:
        self._poll.unregister(number)
        self._connections.pop(number).socket.close()
        return self._connect()

    def _connect(self) -> _Connection:
        created = socket.create_connection(self._address, timeout=TIMEOUT_S)
        created.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        connection = _Connection(created)
        self._connections[created.fileno()] = connection
        self._poll.register(created.fileno(), select.EPOLLIN)
        return connection


def is_complete(data: bytes) -> bool:
    """Return whether an answer's head and body are complete."""
    end = data.find(b"\r\n\r\n")
    if end < 0:
        return False
    at = data.find(b"ontent-", 0, end)
    while at >= 0 and data[at : at + 14].lower() != b"ontent-length:":
        at = data.find(b"ontent-", at + 1, end)
    if at < 0:
        return True
    return len(data) >= end + 4 + int(data[at + 14 : data.index(b"\r", at)])
