"""Bids at a steady rate, whatever the answers take: how long each took from when it was due."""

import http.client
import socket
import threading
import time
from collections.abc import Sequence
from dataclasses import dataclass

CONNECTIONS = 8
TIMEOUT_S = 10.0
LOST = 0


@dataclass(frozen=True, slots=True)
class Sent:
    """One request: when it was due, by the clock on the wall, and its answer."""

    due_at: float
    took_s: float
    status: int


class SteadyBids:
    """Sends so many requests a second over a few connections.

    A request that is sent late, since its connection still waited, counts from when it was due:
    a server that stands still for a second is not excused from those it kept from being sent.
    """

    def __init__(self, port: int, per_s: int) -> None:
        self._port = port
        self._per_s = per_s
        self._sent: list[Sent] = []

    def run(self, requests: Sequence[bytes], begin_at: float) -> list[Sent]:
        """Send all, the first at `begin_at`; return what came of them."""
        threads = [
            threading.Thread(target=self._keep_sending, args=(requests, lane, begin_at))
            for lane in range(CONNECTIONS)
        ]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        return sorted(self._sent, key=lambda each: each.due_at)

    def _keep_sending(self, requests: Sequence[bytes], lane: int, begin_at: float) -> None:
        with socket.create_connection(("127.0.0.1", self._port), timeout=TIMEOUT_S) as line:
            line.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            for at in range(lane, len(requests), CONNECTIONS):
                due_at = begin_at + at / self._per_s
                time.sleep(max(0.0, due_at - time.time()))
                line.sendall(requests[at])
                status = _answer(line)
                self._sent.append(Sent(due_at, time.time() - due_at, status))
                if status == LOST:
                    return


def _answer(line: socket.socket) -> int:
    answer = http.client.HTTPResponse(line)
    try:
        answer.begin()
        answer.read()
    except (OSError, http.client.HTTPException):
        return LOST
    return answer.status
