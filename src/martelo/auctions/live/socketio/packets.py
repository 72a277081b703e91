"""Socket.IO packets as this process reads and writes them.

Arguments stay raw JSON until they are parsed like a request's body, so that an amount is read
from its own text; a packet that cannot be read becomes an event, which is answered, not raised.
"""

from typing import Any

import msgspec
import orjson
from socketio import packet

from martelo.auctions.live.hub.frames import Json, Position
from martelo.kernel.ids import AuctionId

MALFORMED = "malformed"
"""The event that an unreadable packet becomes."""

SEPARATOR = b"\x1e"
"""Between packets that go out together; JSON escapes it."""

KNOWN = {packet.CONNECT, packet.DISCONNECT, packet.EVENT, packet.ACK}
"""Packets a client sends here: none with binary parts."""

ENDS = {"closed", "cancelled"}

_ANYTHING = msgspec.json.Decoder()
_ITEMS = msgspec.json.Decoder(list[msgspec.Raw])
_NAME = msgspec.json.Decoder(str)


class RawJson:
    """What python-socketio takes for a JSON module."""

    @staticmethod
    def dumps(value: object, **_options: object) -> str:
        """Return compact JSON."""
        return orjson.dumps(value).decode()

    @staticmethod
    def loads(text: str | bytes) -> object:
        """Return an event's name and its arguments as raw JSON; anything else as it is."""
        if text[:1] not in {"[", b"["}:
            decoded: object = _ANYTHING.decode(text)
            return decoded
        items = _ITEMS.decode(text)
        if not items:
            return [MALFORMED]
        return [_NAME.decode(items[0]), *items[1:]]


class Packet(packet.Packet):  # type: ignore[misc]  # python-socketio has no types
    """A packet without binary parts."""

    uses_binary_events = False
    json = RawJson
    data: Any

    def decode(self, encoded_packet: str) -> int:
        """Read a packet; what cannot be read is an event that says so."""
        try:
            super().decode(encoded_packet)
        except (ValueError, TypeError, IndexError, RecursionError, msgspec.MsgspecError):
            self.packet_type, self.data = packet.EVENT, [MALFORMED]
        is_list = isinstance(self.data, list)
        if self.packet_type not in KNOWN or (self.packet_type == packet.EVENT and not is_list):
            self.packet_type, self.data = packet.EVENT, [MALFORMED]
        return 0


class SocketIoEncoding:
    """Events as complete packets, each with a separator after it."""

    def snapshot(self, auction_id: AuctionId, position: Position, view: Json) -> bytes:
        """Return the update that replaces everything up to `position`."""
        return _update("auction_update", "snapshot", auction_id, position, view)

    def event(self, auction_id: AuctionId, position: Position, name: str, data: Json) -> bytes:
        """Return an update, or the end."""
        event = "auction_ended" if name in ENDS else "auction_update"
        return _update(event, name, auction_id, position, data)

    def extended(self, auction_id: AuctionId, position: Position, data: Json) -> bytes:
        """Return the extension that a bid brought; its `id` is the bid's."""
        return _update("auction_update", "extended", auction_id, position, data)


ENCODING = SocketIoEncoding()
"""One for all viewers: encoded events are cached by it."""


def _update(event: str, name: str, auction_id: AuctionId, position: Position, data: Json) -> bytes:
    payload = {**data, "type": name, "id": str(position), "auction_id": auction_id}
    return b"%d%b%b" % (packet.EVENT, orjson.dumps([event, payload]), SEPARATOR)
