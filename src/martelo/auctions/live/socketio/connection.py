"""One Socket.IO connection: the auctions it watches, and what waits to go out to it."""

import asyncio
from collections import deque
from collections.abc import Awaitable, Callable

from martelo.auctions.live.socketio.packets import SEPARATOR
from martelo.auctions.live.subscription import Subscription
from martelo.kernel.ids import AuctionId

MAX_WAITING_BYTES = 64 * 1024
"""Beyond this the viewers buffer their events, each up to a bound of its own."""

ROOM_POLL_S = 0.05
"""python-engineio does not report when its queue has room again."""


class Socket:
    """Sends packets in order as long as the connection takes them."""

    def __init__(
        self,
        send: Callable[[str], Awaitable[None]],
        has_room: Callable[[], bool],
        close: Callable[[], Awaitable[None]],
        unlock: Callable[[], None],
    ) -> None:
        self.watched: dict[AuctionId, Subscription] = {}
        self.strikes = 0
        self._send = send
        self._has_room = has_room
        self._close = close
        self._unlock = unlock
        self._waiting: deque[bytes] = deque()
        self._waiting_bytes = 0
        self._sending: asyncio.Task[None] | None = None
        self._closing: asyncio.Task[None] | None = None

    @property
    def is_full(self) -> bool:
        """Whether there is no room for events."""
        return self._waiting_bytes > MAX_WAITING_BYTES

    def write(self, data: bytes) -> None:
        """Send packets; when too many wait, the viewers buffer theirs."""
        self._waiting.append(data)
        self._waiting_bytes += len(data)
        if self.is_full:
            for subscription in list(self.watched.values()):
                subscription.hold()
        if self._sending is None:
            self._sending = asyncio.create_task(self._drain())

    def abort(self) -> None:
        """Drop the connection."""
        if self._closing is None:
            self._closing = asyncio.ensure_future(self._close())

    def leave(self) -> None:
        """Watch nothing more and send nothing more."""
        for subscription in list(self.watched.values()):
            subscription.leave()
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
                if self._waiting_bytes <= MAX_WAITING_BYTES // 4:
                    self._release()
        finally:
            self._sending = None

    def _release(self) -> None:
        for subscription in list(self.watched.values()):
            subscription.release()
