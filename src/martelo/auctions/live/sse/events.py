"""Server-sent events (HTML standard, section 9.2): how the hub's events look on a stream."""

import orjson

from martelo.auctions.live.hub.frames import Json, Position
from martelo.kernel.ids import AuctionId

CONTENT_TYPE = "text/event-stream; charset=utf-8"
HEARTBEAT = b":\n\n"
"""A comment: it keeps proxies from closing the stream, and shows us that nobody is there."""


class SseEncoding:
    """Events as text; JSON data is one line, since JSON escapes line ends."""

    def snapshot(self, _auction_id: AuctionId, position: Position, view: Json) -> bytes:
        """Return a snapshot event."""
        return _event("snapshot", view, position)

    def event(self, _auction_id: AuctionId, position: Position, name: str, data: Json) -> bytes:
        """Return an event that has an id."""
        return _event(name, data, position)

    def extended(self, _auction_id: AuctionId, _position: Position, data: Json) -> bytes:
        """Return `extended` without an id: a browser then keeps that of the bid before it."""
        return _event("extended", data, None)


ENCODING = SseEncoding()
"""One for all viewers: encoded events are cached by it."""


def retry_field(wait_ms: int) -> bytes:
    """Return the field that says how long a browser waits before it reconnects."""
    return f"retry: {wait_ms}\n\n".encode()


def _event(name: str, data: Json, position: Position | None) -> bytes:
    id_line = b"" if position is None else f"id: {position}\n".encode()
    return b"event: %b\n%bdata: %b\n\n" % (name.encode(), id_line, orjson.dumps(data))
