"""Bids at a steady rate, independent of the answers, each timed from when it was due."""

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
    """One request: when it was due (Unix time), how long it took, and its status."""

    due_at: float
    took_s: float
    status: int


class SteadyBids:
    """Sends `per_s` requests a second over a few connections.

    A request that is sent late, because its connection was still waiting, counts from when it was
    due: so a pause of the server counts for the requests that it delayed, too.
    """

    def __init__(self, port: int, per_s: int) -> None:
        self._port = port
        self._per_s = per_s
        self._sent: list[Sent] = []

    def run(self, requests: Sequence[bytes], begin_at: float) -> list[Sent]:
        """Send all, the first at `begin_at`; return the results in the order of their due times."""
        threads = [
            threading.Thread(target=self._send, args=(requests, lane, begin_at))
            for lane in range(CONNECTIONS)
        ]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        return sorted(self._sent, key=lambda each: each.due_at)

    def _send(self, requests: Sequence[bytes], lane: int, begin_at: float) -> None:
        with socket.create_connection(("127.0.0.1", self._port), timeout=TIMEOUT_S) as connection:
            connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            for at in range(lane, len(requests), CONNECTIONS):
                due_at = begin_at + at / self._per_s
                time.sleep(max(0.0, due_at - time.time()))
                connection.sendall(requests[at])
                status = _status_of(connection)
                self._sent.append(Sent(due_at, time.time() - due_at, status))
                if status == LOST:
                    return


def _status_of(connection: socket.socket) -> int:
    response = http.client.HTTPResponse(connection)
    try:
        response.begin()
        response.read()
    except (OSError, http.client.HTTPException):
        return LOST
    return response.status
