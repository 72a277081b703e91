"""Viewers who reconnect as a browser does, and record every id they receive."""

import contextlib
import itertools
import socket
import threading
import time
from abc import ABC, abstractmethod
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

from chaos.live_connection import open_live
from chaos.transports import LIVE
from fakes.event_stream import parse_events

SSE = "SSE"
RECONNECT_PAUSE_S = 0.1
READ_TIMEOUT_S = 0.2
ANSWER_TIMEOUT_S = 4


@dataclass(frozen=True)
class Seen:
    """One event; `bid_count` is that of a bid."""

    name: str
    epoch: str
    seq: int
    bid_count: int | None


class Viewer(threading.Thread, ABC):
    """Watches one auction and reconnects when the connection is lost."""

    transport: str

    def __init__(self, url: str, auction_id: str) -> None:
        super().__init__(name=f"viewer-{auction_id}", daemon=True)
        self.auction_id = auction_id
        self.seen: list[Seen] = []
        self.seen_at: list[float] = []
        self.connections = 0
        self.surprises: list[str] = []
        self._url = url
        self._last_id = ""
        self._stopping = threading.Event()

    @property
    def seq(self) -> int:
        """The last entry seen."""
        return self.seen[-1].seq if self.seen else 0

    @property
    def snapshots(self) -> int:
        """Number of snapshots after the first event."""
        return sum(event.name == "snapshot" for event in self.seen[1:])

    def stop(self) -> None:
        """Stop watching."""
        self._stopping.set()

    def longest_silence_s(self, since: float, until: float) -> float:
        """Return the longest time without an event between two instants."""
        within = [since, *(at for at in self.seen_at if since < at < until), until]
        return max(b - a for a, b in itertools.pairwise(within))

    def run(self) -> None:
        """Watch, and reconnect."""
        while not self._stopping.is_set():
            try:
                self._watch_once()
            except OSError:
                pass  # the connection was lost: the drill does that
            except Exception as error:  # noqa: BLE001 - reported by the drill
                self.surprises.append(repr(error))
                return
            self._stopping.wait(RECONNECT_PAUSE_S)

    @abstractmethod
    def _watch_once(self) -> None:
        """Watch from the last event until stopped or the connection is lost."""

    def _take(self, name: str, last_id: str, data: dict[str, Any]) -> None:
        if name == "extended":
            return
        self._last_id = last_id
        epoch, _, seq = last_id.partition(":")
        count = data["bid_count"] if name == "bid" else None
        self.seen.append(Seen(name, epoch, int(seq), count))
        self.seen_at.append(time.monotonic())


class StreamViewer(Viewer):
    """Watches an event stream."""

    transport = SSE

    def _watch_once(self) -> None:
        address = ("127.0.0.1", urlsplit(self._url).port)
        with socket.create_connection(address, timeout=2) as connection:
            # In HTTP/1.0 the gateway sends the stream as it is, not in chunks.
            last = f"Last-Event-ID: {self._last_id}\r\n" if self._last_id else ""
            path = f"/auction/{self.auction_id}/events"
            connection.sendall(f"GET {path} HTTP/1.0\r\nHost: drill\r\n{last}\r\n".encode())
            connection.settimeout(READ_TIMEOUT_S)
            rest, has_head = b"", False
            while not self._stopping.is_set():
                with contextlib.suppress(TimeoutError):
                    data = connection.recv(65_536)
                    if not data:
                        return
                    rest += data
                if not has_head and b"\r\n\r\n" in rest:
                    head, _, rest = rest.partition(b"\r\n\r\n")
                    if b" 200 " not in head.partition(b"\r\n")[0]:
                        return
                    has_head, self.connections = True, self.connections + 1
                if has_head:
                    complete, end, rest = rest.rpartition(b"\n\n")
                    for event in parse_events(complete + end):
                        self._take(event.name, event.last_id, event.data)


class SocketViewer(Viewer):
    """Watches over `/live`, as a lot's page does."""

    transport = LIVE

    def _watch_once(self) -> None:
        with open_live(self._url) as connection:
            after = {"after": self._last_id} if self._last_id else {}
            ref = connection.send(op="subscribe", auction_id=self.auction_id, **after)
            sent_at = time.monotonic()
            is_watching = False
            while not self._stopping.is_set():
                if not is_watching and time.monotonic() > sent_at + ANSWER_TIMEOUT_S:
                    return
                for message in connection.receive(READ_TIMEOUT_S):
                    if message["ev"] != "answer":
                        self._take(message["ev"], message["id"], message)
                    elif message["ref"] == ref and message["status"] == 200:
                        is_watching, self.connections = True, self.connections + 1
                    else:
                        return  # refused while the store is down: reconnect


def order_faults(seen: list[Seen], counts: dict[int, int]) -> list[str]:
    """Return what a viewer received twice, out of order, or not at all.

    A snapshot may replace everything up to its `seq`; another epoch must begin with one.
    `counts` is the ledger's `bid_count` of each bid by `seq`.
    """
    faults: list[str] = []
    last: Seen | None = None
    for event in seen:
        if event.name == "snapshot":
            if last is not None and event.seq < last.seq:
                faults.append(f"a snapshot of {event.seq} after {last.seq}")
        elif last is None or event.epoch != last.epoch:
            faults.append(f"{event.seq} of another history without a snapshot")
        elif event.seq != last.seq + 1:
            faults.append(f"{event.seq} after {last.seq}")
        if event.bid_count is not None and event.bid_count != counts.get(event.seq):
            faults.append(f"{event.seq} is not what the ledger says")
        last = event
    return faults
