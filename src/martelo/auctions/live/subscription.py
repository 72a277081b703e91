"""One auction on a connection that may watch several."""

from typing import Protocol

from martelo.auctions.live.hub.frames import Encoding, Snapshot
from martelo.auctions.live.hub.hub import Watch
from martelo.auctions.live.hub.viewer import Viewer
from martelo.kernel.ids import AuctionId


class Connection(Protocol):
    """What carries the events of its subscriptions; no method may block or raise."""

    @property
    def is_full(self) -> bool:
        """Whether there is no room for events."""

    def write(self, data: bytes) -> None:
        """Send events."""

    def abort(self) -> None:
        """Drop the connection."""


class Subscription:
    """The hub's sink for one auction.

    The snapshot is left to whoever answers the client; until the answer is on its way (`open`)
    the events after it are buffered.
    """

    __slots__ = ("_buffered", "_connection", "_has_left", "_is_finished", "_viewer", "_watch",
                 "_watched", "auction_id", "encoding", "snapshot")  # fmt: skip

    def __init__(
        self,
        connection: Connection,
        watched: "dict[AuctionId, Subscription]",
        auction_id: AuctionId,
        encoding: Encoding,
    ) -> None:
        self.auction_id = auction_id
        self.encoding = encoding
        self.snapshot: Snapshot | None = None
        self._connection = connection
        self._watched = watched
        self._viewer: Viewer | None = None
        self._watch: Watch | None = None
        self._buffered: list[bytes] | None = []
        self._is_finished = False
        self._has_left = False
        watched[auction_id] = self

    @property
    def has_left(self) -> bool:
        """Whether the client has left, perhaps before it had joined."""
        return self._has_left

    def attach(self, viewer: Viewer) -> None:
        """Learn which viewer is served."""
        self._viewer = viewer
        if self._connection.is_full:
            viewer.hold()

    def begin(self, snapshot: Snapshot | None) -> None:
        """Store the snapshot for the answer."""
        self.snapshot = snapshot

    def open(self, watch: Watch) -> None:
        """Send the buffered events, now that the answer is on its way."""
        self._watch = watch
        buffered, self._buffered = self._buffered, None
        if self._has_left:
            self.leave()
            return
        for data in buffered or ():
            self._connection.write(data)
        if self._is_finished:
            self.leave()

    def write(self, data: bytes) -> None:
        """Send or buffer events."""
        if self._buffered is None:
            self._connection.write(data)
        else:
            self._buffered.append(data)

    def finish(self) -> None:
        """Leave once the last event has been sent."""
        self._is_finished = True
        if self._buffered is None:
            self.leave()

    def abort(self) -> None:
        """Drop the whole connection: it does not read."""
        self._connection.abort()

    def hold(self) -> None:
        """Let the viewer buffer its events."""
        if self._viewer is not None:
            self._viewer.hold()

    def release(self) -> None:
        """Let the viewer send what it buffered."""
        if self._viewer is not None:
            self._viewer.release()

    def leave(self) -> None:
        """Watch no more; may be called before `open`, and twice."""
        self._has_left = True
        if self._watched.get(self.auction_id) is self:
            del self._watched[self.auction_id]
        if self._watch is not None:
            self._watch.leave()
            self._watch = None
