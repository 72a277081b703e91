"""The opening handshake of a WebSocket (RFC 6455, section 4.2)."""

import base64
import binascii
import hashlib
from enum import Enum, auto
from http import HTTPStatus

from martelo.auctions.live.http.head import Request, response_head
from martelo.auctions.live.origins import Origins
from martelo.runtime.http.request_ids import HEADER

VERSION = "13"
OFFER = {"Upgrade": "websocket", "Connection": "Upgrade", "Sec-WebSocket-Version": VERSION}
"""Headers that say what must be asked for."""

_GUID = b"258EAFA5-E914-47DA-95CA-C5AB0DC85B11"


class Verdict(Enum):
    """What comes of a request for a WebSocket."""

    WELCOME = auto()
    NO_UPGRADE = auto()
    NO_KEY = auto()
    FOREIGN_PAGE = auto()


def judge(request: Request, origins: Origins) -> Verdict:
    """Return whether `request` becomes a WebSocket, and if not, why."""
    headers = request.headers
    asks = (
        "websocket" in _tokens(headers.get("upgrade"))
        and "upgrade" in _tokens(headers.get("connection"))
        and headers.get("sec-websocket-version") == VERSION
    )
    if not asks:
        return Verdict.NO_UPGRADE
    if not _is_key(headers.get("sec-websocket-key", "")):
        return Verdict.NO_KEY
    origin = headers.get("origin")
    # Programs send none: an origin protects people whose browser a foreign page commands.
    if origin is not None and not origins.admit(origin, headers.get("host")):
        return Verdict.FOREIGN_PAGE
    return Verdict.WELCOME


def switching_head(request: Request, request_id: str) -> bytes:
    """Return the head that turns the connection of a welcome request into a WebSocket."""
    key = request.headers["sec-websocket-key"].encode("latin-1")
    accept = base64.b64encode(hashlib.sha1(key + _GUID, usedforsecurity=False).digest())
    headers = {
        "Upgrade": "websocket",
        "Connection": "Upgrade",
        "Sec-WebSocket-Accept": accept.decode(),
        HEADER: request_id,
    }
    return response_head(HTTPStatus.SWITCHING_PROTOCOLS, headers)


def _tokens(value: str | None) -> set[str]:
    return {token.strip().lower() for token in (value or "").split(",")}


def _is_key(text: str) -> bool:
    try:
        return len(base64.b64decode(text, validate=True)) == 16
    except (binascii.Error, ValueError):
        return False
