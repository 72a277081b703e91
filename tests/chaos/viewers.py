"""Viewers who come back as a browser does, and note every id they were shown."""

import contextlib
import itertools
import socket
import threading
import time
from abc import ABC, abstractmethod
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

from chaos.live_line import live_line
from chaos.ways import LIVE
from fakes.event_stream import parse_events

SSE = "SSE"
COMES_BACK_S = 0.1
LOOKS_UP_S = 0.2
ANSWERS_WITHIN_S = 4


@dataclass(frozen=True)
class Seen:
    """One event; `bid_count` as a bid told it."""

    name: str
    epoch: str
    seq: int
    bid_count: int | None


class Viewer(threading.Thread, ABC):
    """Watches one auction, however often the line is cut."""

    way: str

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
        """How many snapshots came after the first event."""
        return sum(event.name == "snapshot" for event in self.seen[1:])

    def stop(self) -> None:
        """Watch no more."""
        self._stopping.set()

    def longest_silence_s(self, since: float, until: float) -> float:
        """Return the longest time without an event within these instants."""
        within = [since, *(at for at in self.seen_at if since < at < until), until]
        return max(b - a for a, b in itertools.pairwise(within))

    def run(self) -> None:
        """Watch, and come back."""
        while not self._stopping.is_set():
            try:
                self._watch_once()
            except OSError:
                pass  # the line was cut: that is what the drill is for
            except Exception as error:  # noqa: BLE001 - a viewer that died would hide what it saw
                self.surprises.append(repr(error))
                return
            self._stopping.wait(COMES_BACK_S)

    @abstractmethod
    def _watch_once(self) -> None:
        """Watch from where it was left until told to stop or the line is cut."""

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

    way = SSE

    def _watch_once(self) -> None:
        address = ("127.0.0.1", urlsplit(self._url).port)
        with socket.create_connection(address, timeout=2) as line:
            # In HTTP/1.0 the gateway sends the stream as it is, not in chunks.
            last = f"Last-Event-ID: {self._last_id}\r\n" if self._last_id else ""
            path = f"/auction/{self.auction_id}/events"
            line.sendall(f"GET {path} HTTP/1.0\r\nHost: drill\r\n{last}\r\n".encode())
            line.settimeout(LOOKS_UP_S)
            rest, has_head = b"", False
            while not self._stopping.is_set():
                with contextlib.suppress(TimeoutError):
                    data = line.recv(65_536)
                    if not data:
                        return
                    rest += data
                if not has_head and b"\r\n\r\n" in rest:
                    head, _, rest = rest.partition(b"\r\n\r\n")
                    if b" 200 " not in head.partition(b"\r\n")[0]:
                        return
                    has_head, self.connections = True, self.connections + 1
                if has_head:
                    whole, ends, rest = rest.rpartition(b"\n\n")
                    for event in parse_events(whole + ends):
                        self._take(event.name, event.last_id, event.data)


class SocketViewer(Viewer):
    """Watches over `/live`, as a lot's page does."""

    way = LIVE

    def _watch_once(self) -> None:
        with live_line(self._url) as line:
            after = {"after": self._last_id} if self._last_id else {}
            ref = line.send(op="subscribe", auction_id=self.auction_id, **after)
            asked_at = time.monotonic()
            is_watching = False
            while not self._stopping.is_set():
                if not is_watching and time.monotonic() > asked_at + ANSWERS_WITHIN_S:
                    return
                for told in line.hear(LOOKS_UP_S):
                    if told["ev"] != "answer":
                        self._take(told["ev"], told["id"], told)
                    elif told["ref"] == ref and told["status"] == 200:
                        is_watching, self.connections = True, self.connections + 1
                    else:
                        return  # refused while the store is away: come again


def order_faults(seen: list[Seen], counts: dict[int, int]) -> list[str]:
    """Return what a viewer was shown twice, out of order, or not at all.

    A snapshot may stand for everything up to its `seq`; another epoch must begin with one.
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
