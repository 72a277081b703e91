"""One viewer of one auction: what has been sent, and what waits while the connection is full."""

from collections.abc import Callable
from typing import Protocol

from martelo.auctions.live.hub.frames import Encoding, Snapshot


class Sink(Protocol):
    """A viewer's connection, as a transport gives it to the hub; no method may block or raise."""

    @property
    def encoding(self) -> Encoding:
        """How the transport writes events."""

    def begin(self, snapshot: Snapshot | None) -> None:
        """Note that the viewer is served from now on, from `snapshot` or from where it was."""

    def write(self, data: bytes) -> None:
        """Send events; shared bytes, never to be changed."""

    def finish(self) -> None:
        """End the stream once what was written has gone out."""

    def abort(self) -> None:
        """Drop the connection with what it still holds."""


class Viewers(Protocol):
    """What a viewer needs of the auction it watches."""

    def catch_up(self, viewer: "Viewer") -> None:
        """Send a snapshot to a viewer that lost queued events and has room again."""

    def on_held(self, viewer: "Viewer") -> None:
        """Note that a viewer's connection is full."""

    def on_released(self, viewer: "Viewer") -> None:
        """Note that it has room again."""

    def on_lost(self, viewer: "Viewer") -> None:
        """Note that queued events of a viewer were dropped."""


class Viewer:
    """Sends events in order, or buffers them while the sink is full, up to a bound.

    Beyond it the buffer is dropped and the viewer `is_behind`: it gets nothing until a snapshot
    replaces what it missed.
    """

    __slots__ = ("_buffered", "_buffered_bytes", "_limit_bytes", "_watched", "encoding",
                 "is_behind", "is_done", "seq", "sink")  # fmt: skip

    def __init__(self, sink: Sink, watched: Viewers, limit_bytes: int) -> None:
        self.sink = sink
        self.encoding = sink.encoding
        self.seq = 0
        self.is_behind = False
        self.is_done = False
        self._watched = watched
        self._limit_bytes = limit_bytes
        self._buffered: list[bytes] | None = None
        self._buffered_bytes = 0

    @property
    def is_held(self) -> bool:
        """Whether the sink has no room."""
        return self._buffered is not None

    def begin(self, snapshot: Snapshot | None, seq: int) -> None:
        """Start from `snapshot`, or right after `seq`."""
        self.seq = seq if snapshot is None else snapshot.position.seq
        self.sink.begin(snapshot)

    def deliver(self, data: bytes, seq: int) -> None:
        """Send events up to `seq`, or buffer them, or fall behind."""
        self.seq = seq
        if self._buffered is None:
            self.sink.write(data)
        elif self._buffered_bytes + len(data) <= self._limit_bytes:
            self._buffered.append(data)
            self._buffered_bytes += len(data)
        else:
            self.lose()

    def lose(self) -> None:
        """Drop the buffer: a snapshot will replace it."""
        self._buffered = [] if self._buffered is not None else None
        self._buffered_bytes = 0
        self.is_behind = True
        self._watched.on_lost(self)

    def deliver_end(self, data: bytes, seq: int) -> None:
        """Send or buffer the last event, without bound, and end the stream after it."""
        self.seq = seq
        self.is_done = True
        if self._buffered is None:
            self.sink.write(data)
            self.sink.finish()
        else:
            self._buffered.append(data)

    def start_over(self, snapshot: Snapshot) -> None:
        """Send a snapshot in place of what was missed; only while the sink has room."""
        self.is_behind = False
        self.seq = snapshot.position.seq
        self.sink.write(snapshot.frame.encoded(self.encoding))

    def hold(self) -> None:
        """Buffer events from now on; the sink has no room."""
        if self._buffered is None:
            self._buffered = []
            self._watched.on_held(self)

    def release(self) -> None:
        """Send what was buffered; the sink has room again."""
        if self._buffered is None:
            return
        buffered, self._buffered, self._buffered_bytes = self._buffered, None, 0
        self._watched.on_released(self)
        if self.is_behind:
            self._watched.catch_up(self)
            return
        if buffered:
            self.sink.write(b"".join(buffered))
        if self.is_done:
            self.sink.finish()


Clock = Callable[[], float]
"""Seconds that only ever grow."""
