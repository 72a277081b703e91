"""One Socket.IO connection: the auctions it watches, and what waits to go out to it."""

import asyncio
from collections import deque
from collections.abc import Awaitable, Callable

from martelo.auctions.live.hub.frames import Snapshot
from martelo.auctions.live.hub.hub import Watch
from martelo.auctions.live.hub.viewer import Viewer
from martelo.auctions.live.socketio.packets import ENCODING, SEPARATOR
from martelo.kernel.ids import AuctionId

ROOM_BYTES = 64 * 1024
"""What may wait here before the viewers' own bounded buffers begin."""

ROOM_POLL_S = 0.05
"""python-engineio does not say when its queue has room again: it is asked."""


class Socket:
    """Sends packets in order as long as the connection takes them."""

    def __init__(
        self,
        send: Callable[[str], Awaitable[None]],
        has_room: Callable[[], bool],
        close: Callable[[], Awaitable[None]],
        unlock: Callable[[], None],
    ) -> None:
        self.watched: dict[AuctionId, JoinedSink] = {}
        self.strikes = 0
        self._send = send
        self._has_room = has_room
        self._close = close
        self._unlock = unlock
        self._waiting: deque[bytes] = deque()
        self._waiting_bytes = 0
        self._sending: asyncio.Task[None] | None = None
        self._closing: asyncio.Task[None] | None = None

    def write(self, data: bytes) -> None:
        """Send packets; where they pile up, the viewers are told to keep theirs."""
        self._waiting.append(data)
        self._waiting_bytes += len(data)
        if self._waiting_bytes > ROOM_BYTES:
            for sink in self.watched.values():
                sink.hold()
        if self._sending is None:
            self._sending = asyncio.create_task(self._drain())

    def abort(self) -> None:
        """Drop the connection."""
        if self._closing is None:
            self._closing = asyncio.ensure_future(self._close())

    def leave(self) -> None:
        """Watch nothing more and send nothing more."""
        for sink in list(self.watched.values()):
            sink.leave()
        self.watched.clear()
        self._waiting.clear()
        if self._sending is not None:
            self._sending.cancel()
        self._unlock()

    async def _drain(self) -> None:
        try:
            while self._waiting:
                while not self._has_room():  # noqa: ASYNC110 - nothing there sets an event
                    await asyncio.sleep(ROOM_POLL_S)
                data = self._waiting.popleft()
                for packet in data.split(SEPARATOR)[:-1]:
                    await self._send(packet.decode())
                self._waiting_bytes -= len(data)
                if self._waiting_bytes <= ROOM_BYTES // 4:
                    self._release()
        finally:
            self._sending = None

    def _release(self) -> None:
        for sink in list(self.watched.values()):
            sink.release()


class JoinedSink:
    """The viewer of one auction on a socket.

    What it starts with goes out in the answer to `join`; until that has been sent (`open`) what
    follows is kept.
    """

    encoding = ENCODING

    def __init__(self, socket: Socket, auction_id: AuctionId) -> None:
        self.snapshot: Snapshot | None = None
        self._socket = socket
        self._auction_id = auction_id
        self._viewer: Viewer | None = None
        self._watch: Watch | None = None
        self._early: list[bytes] | None = []
        self._is_finished = False

    def attach(self, viewer: Viewer) -> None:
        """Learn which viewer is served."""
        self._viewer = viewer

    def begin(self, snapshot: Snapshot | None) -> None:
        """Keep the snapshot for the answer."""
        self.snapshot = snapshot

    def write(self, data: bytes) -> None:
        """Send packets."""
        if self._early is not None:
            self._early.append(data)
        else:
            self._socket.write(data)

    def finish(self) -> None:
        """Watch no more: the end has been said."""
        self._is_finished = True
        if self._early is None:
            self._forget()

    def abort(self) -> None:
        """Drop the whole connection: it does not read."""
        self._socket.abort()

    def open(self, watch: Watch) -> None:
        """Send what was kept, now that the answer to `join` is on its way."""
        self._watch = watch
        early, self._early = self._early, None
        for data in early or ():
            self._socket.write(data)
        if self._is_finished:
            self._forget()

    def hold(self) -> None:
        """Let the viewer keep its events."""
        if self._viewer is not None:
            self._viewer.hold()

    def release(self) -> None:
        """Let the viewer send what it kept."""
        if self._viewer is not None:
            self._viewer.release()

    def leave(self) -> None:
        """Watch no more."""
        if self._watch is not None:
            self._watch.leave()
            self._watch = None

    def _forget(self) -> None:
        self.leave()
        if self._socket.watched.get(self._auction_id) is self:
            del self._socket.watched[self._auction_id]
