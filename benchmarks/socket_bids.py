"""Bids over WebSocket (`/live`): the frames that place and acknowledge them."""

import json
import re
from collections.abc import Iterator, Sequence

from benchmarks.harness.socket_load import Markers, SocketLoad
from benchmarks.harness.viewers import text_frame
from martelo.auctions.domain.bidding import Bid
from martelo.kernel.ids import AuctionId
from martelo.kernel.money import format_amount

PATH = "/live"
MARKERS = Markers(answer=b'"ev":"answer"', accepted=b'"status":201')
_ACKNOWLEDGED = re.compile(rb'"ref":"([^"]+)","status":201')


def auth_message(token: str) -> bytes:
    """Return the message that authenticates a connection."""
    return json.dumps({"op": "auth", "ref": "auth", "token": token}).encode()


def bid_frames(bids: Iterator[tuple[AuctionId, Bid]]) -> list[bytes]:
    """Return the frames that place `bids`; a bid's key is its `ref` too."""
    return [text_frame(_message(auction_id, bid)) for auction_id, bid in bids]


def _message(auction_id: AuctionId, bid: Bid) -> bytes:
    assert bid.amount_cents is not None
    message = {
        "op": "bid",
        "ref": bid.key,
        "auction_id": auction_id,
        "amount": format_amount(bid.amount_cents),
        "key": bid.key,
    }
    return json.dumps(message).encode()


def acknowledged_keys(load: SocketLoad) -> set[str]:
    """Return the keys of the bids that were acknowledged as accepted."""
    return {match.decode() for match in _ACKNOWLEDGED.findall(b"".join(load.received))}


def lost_keys(acknowledged: set[str], stored: Sequence[str | None]) -> set[str]:
    """Return the acknowledged keys that are not in the ledger."""
    return acknowledged - set(stored)
