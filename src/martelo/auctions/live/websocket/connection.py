"""One WebSocket: bytes in and out, room, heartbeats, and how it ends."""

import asyncio
from typing import Protocol

from martelo.auctions.live.websocket.frames import (
    BrokenFraming,
    Close,
    FrameReader,
    Message,
    Opcode,
    close_frame,
    control_frame,
    read_close,
)
from martelo.auctions.live.websocket.session import LiveSession, SessionDependencies

PING = control_frame(Opcode.PING)
MAX_SILENT_BEATS = 2
"""A peer that has not said a word, not even a pong, for so many heartbeats is gone."""

CLOSING_S = 5.0
"""How long the peer may take to answer our close."""


class Sockets(Protocol):
    """What a WebSocket needs of its server."""

    def closed(self, connection: "WebSocket") -> None:
        """Note that it is gone."""


class WebSocket(asyncio.Protocol):
    """Carries a session; takes its transport over from the connection that shook hands."""

    is_streaming = True
    __slots__ = ("_closing", "_is_leaving", "_is_resting", "_reader", "_server", "_session",
                 "_silent_beats", "_transport", "is_full")  # fmt: skip

    def __init__(
        self, server: Sockets, transport: asyncio.Transport, parts: SessionDependencies
    ) -> None:
        self._server = server
        self._transport = transport
        self._reader: FrameReader | None = FrameReader()
        self._session = LiveSession(parts, self)
        self._silent_beats = 0
        self.is_full = False
        self._is_leaving = False
        self._is_resting = False
        self._closing: asyncio.TimerHandle | None = None

    # What the event loop says

    def connection_lost(self, _error: Exception | None) -> None:
        """Watch no more."""
        if self._closing is not None:
            self._closing.cancel()
        self._reader = None
        self._session.leave()
        self._server.closed(self)

    def eof_received(self) -> bool:
        """Close our side too."""
        return False

    def data_received(self, data: bytes) -> None:
        """Read messages; after our close nothing but the peer's."""
        self._silent_beats = 0
        if self._reader is None:
            return
        try:
            for message in self._reader.feed(data):
                self._take(message)
        except BrokenFraming as error:
            self.close(error.code, error.reason)
            self._reader = None
            if self._transport.can_write_eof() and not self._transport.is_closing():
                # Closing at once, with something unread, would take our last words back.
                self._transport.write_eof()

    def pause_writing(self) -> None:
        """Let the viewers keep their events, and read nothing that asks for more."""
        self.is_full = True
        self.apply_backpressure()
        self._session.hold()

    def resume_writing(self) -> None:
        """Let the viewers send what they buffered."""
        self.is_full = False
        self.apply_backpressure()
        self._session.release()

    def _take(self, message: Message) -> None:
        match message.opcode:
            case Opcode.CLOSE:
                self._answer_close(read_close(message.payload))
            case _ if self._closing is not None:
                return
            case Opcode.TEXT:
                self._session.receive(message.payload)
            case Opcode.PING:
                self.write(control_frame(Opcode.PONG, message.payload))

    # The session's line

    def write(self, data: bytes) -> None:
        """Send frames, unless our close went before; uvloop joins those of one turn."""
        if self._closing is None and not self._transport.is_closing():
            self._transport.write(data)

    def apply_backpressure(self) -> None:
        """Read or rest, as there is room and as the session can take more; or leave."""
        if self._transport.is_closing():
            return
        is_open = self._closing is None
        if is_open and self._is_leaving and not self._session.unanswered:
            self.close(Close.RESTART, "restart")
            return
        rests = is_open and (self.is_full or self._is_leaving or self._session.is_resting)
        if rests == self._is_resting:
            return
        self._is_resting = rests
        if rests:
            self._transport.pause_reading()
        else:
            self._transport.resume_reading()

    def close(self, code: int, reason: str) -> None:
        """Say why it ends; the peer answers, or is dropped after a while."""
        if self._closing is not None or self._transport.is_closing():
            return
        self.write(close_frame(code, reason))
        self._closing = asyncio.get_running_loop().call_later(CLOSING_S, self._transport.abort)
        self._session.leave()
        self.apply_backpressure()

    def abort(self) -> None:
        """Drop the connection with what it still holds."""
        self._transport.abort()

    def _answer_close(self, code: int) -> None:
        if self._closing is None:
            self.write(close_frame(code))
        self._reader = None
        self._transport.close()

    # The server's side

    def beat(self) -> None:
        """Ping the peer; drop one that has long been silent, or leaves no room."""
        if self._silent_beats >= MAX_SILENT_BEATS:
            self.abort()
            return
        self._silent_beats += 1
        if not self.is_full:
            self.write(PING)

    def close_for_restart(self, _wait_ms: int) -> None:
        """Close, once the bids that are under way have been answered."""
        if self.is_full:
            self.abort()
            return
        self._is_leaving = True
        self.apply_backpressure()

    def finish(self) -> None:
        """Close at once."""
        self.close(Close.RESTART, "restart")
        self._transport.close()
