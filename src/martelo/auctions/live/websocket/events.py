"""What goes out over `/live`: JSON objects with `ev`, each a text frame of its own."""

import orjson

from martelo.auctions.live.hub.frames import Json, Position
from martelo.auctions.live.websocket.frames import text_frame
from martelo.kernel.ids import AuctionId

PONG = text_frame(b'{"ev":"pong"}')

Ref = str | int | None
"""By which a client knows which of its frames is answered."""


class WebSocketEncoding:
    """Events as complete frames; several can be joined for one write."""

    def snapshot(self, auction_id: AuctionId, position: Position, view: Json) -> bytes:
        """Return a snapshot event; the auction's own id is its `auction_id`."""
        return _event("snapshot", auction_id, position, view)

    def event(self, auction_id: AuctionId, position: Position, name: str, data: Json) -> bytes:
        """Return an event."""
        return _event(name, auction_id, position, data)

    def extended(self, auction_id: AuctionId, position: Position, data: Json) -> bytes:
        """Return the extension that a bid brought; its `id` is the bid's."""
        return _event("extended", auction_id, position, data)


ENCODING = WebSocketEncoding()
"""One for all viewers: encoded events are cached by it."""


def answer_frame(ref: Ref, status: int, members: Json) -> bytes:
    """Return the answer to a client's frame."""
    return text_frame(orjson.dumps({"ev": "answer", "ref": ref, "status": status, **members}))


def _event(name: str, auction_id: AuctionId, position: Position, data: Json) -> bytes:
    head = {"ev": name, "auction_id": auction_id, "id": str(position)}
    return text_frame(orjson.dumps({**head, **data, **head}))
