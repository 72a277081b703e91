"""WebSocket framing (RFC 6455, section 5) for a server without extensions.

Server frames are not masked, so one frame's bytes serve every viewer.
"""

from enum import IntEnum
from typing import NamedTuple

MAX_MESSAGE_BYTES = 64 * 1024
MAX_CONTROL_BYTES = 125

FIN = 0x80
RESERVED = 0x70
MASKED = 0x80
WHOLE_TEXT = 0x81
"""The first byte of a text in one frame, as nearly all are."""


class Opcode(IntEnum):
    """What a frame is."""

    CONTINUATION = 0x0
    TEXT = 0x1
    BINARY = 0x2
    CLOSE = 0x8
    PING = 0x9
    PONG = 0xA


class Close(IntEnum):
    """Why a connection ends (RFC 6455, section 7.4.1, and IANA's registry)."""

    NORMAL = 1000
    PROTOCOL_ERROR = 1002
    NOT_ACCEPTED = 1003
    NOT_UTF8 = 1007
    POLICY = 1008
    TOO_BIG = 1009
    RESTART = 1012


class BrokenFraming(Exception):  # noqa: N818 - says what came
    """A sequence of frames that cannot be served; `code` says why."""

    def __init__(self, code: Close, reason: str) -> None:
        super().__init__(reason)
        self.code = code
        self.reason = reason


class Message(NamedTuple):
    """A complete message, or a control frame; the payload of a text is UTF-8."""

    opcode: int
    payload: bytes


class FrameReader:
    """Turns the bytes of a client into messages, within bounds."""

    __slots__ = ("_fragments", "_fragments_bytes", "_pending")

    def __init__(self) -> None:
        self._pending = b""
        self._fragments: list[bytes] | None = None
        self._fragments_bytes = 0

    def feed(self, data: bytes) -> list[Message]:
        """Return the messages that `data` completes.

        Raises:
            BrokenFraming: It breaks the protocol or a bound; messages before it are lost.
        """
        if self._pending:
            data = self._pending + data
        messages: list[Message] = []
        start = 0
        while (frame := _read_frame(data, start)) is not None:
            first, payload, start = frame
            message = self._take(first, payload)
            if message is not None:
                messages.append(message)
        self._pending = data[start:]
        return messages

    def _take(self, first: int, payload: bytes) -> Message | None:
        """Return the message that a frame is or completes."""
        if first == WHOLE_TEXT and self._fragments is None:
            return Message(Opcode.TEXT, _checked(payload))
        opcode = first & 0x0F
        if opcode >= Opcode.CLOSE:
            return Message(opcode, payload)
        if opcode == Opcode.BINARY:
            raise BrokenFraming(Close.NOT_ACCEPTED, "text only")
        if (opcode == Opcode.TEXT) == (self._fragments is not None):
            raise BrokenFraming(Close.PROTOCOL_ERROR, "fragments out of order")
        fragments = self._fragments = self._fragments or []
        fragments.append(payload)
        # An empty fragment costs something too.
        self._fragments_bytes += len(payload) or 1
        if self._fragments_bytes > MAX_MESSAGE_BYTES:
            raise BrokenFraming(Close.TOO_BIG, "message too big")
        if not first & FIN:
            return None
        self._fragments, self._fragments_bytes = None, 0
        return Message(Opcode.TEXT, _checked(b"".join(fragments)))


def _read_frame(data: bytes, start: int) -> tuple[int, bytes, int] | None:
    """Return a frame's first byte, its payload and where the next begins; `None`: incomplete."""
    if len(data) - start < 2:
        return None
    first, second = data[start], data[start + 1]
    if first != WHOLE_TEXT or not second & MASKED:
        _check_head(first, second)
    length, at = second & 0x7F, start + 2
    if length > MAX_CONTROL_BYTES:
        width, least = (2, 126) if length == 126 else (8, 65_536)
        if len(data) < at + width:
            return None
        length = int.from_bytes(data[at : at + width], "big")
        at += width
        if length < least:
            raise BrokenFraming(Close.PROTOCOL_ERROR, "length written longer than it needs")
        if length > MAX_MESSAGE_BYTES:
            raise BrokenFraming(Close.TOO_BIG, "message too big")
    end = at + 4 + length
    if len(data) < end:
        return None
    return first, _unmask(data[at : at + 4], data[at + 4 : end]), end


def _check_head(first: int, second: int) -> None:
    if first & RESERVED:
        raise BrokenFraming(Close.PROTOCOL_ERROR, "no extension was agreed on")
    opcode = first & 0x0F
    if opcode > Opcode.BINARY:
        if not Opcode.CLOSE <= opcode <= Opcode.PONG:
            raise BrokenFraming(Close.PROTOCOL_ERROR, "unknown opcode")
        if not first & FIN or second & 0x7F > MAX_CONTROL_BYTES:
            raise BrokenFraming(Close.PROTOCOL_ERROR, "control frames are short and whole")
    if not second & MASKED:
        raise BrokenFraming(Close.PROTOCOL_ERROR, "clients mask")


def _unmask(mask: bytes, payload: bytes) -> bytes:
    """Undo the mask: one exclusive or over the whole payload as one number."""
    size = len(payload)
    repeated = (mask * (size // 4 + 1))[:size]
    number = int.from_bytes(payload, "little") ^ int.from_bytes(repeated, "little")
    return number.to_bytes(size, "little")


def _checked(payload: bytes) -> bytes:
    try:
        payload.decode()
    except UnicodeDecodeError as error:
        raise BrokenFraming(Close.NOT_UTF8, "text must be UTF-8") from error
    return payload


def text_frame(payload: bytes) -> bytes:
    """Return a complete text message."""
    size = len(payload)
    if size < 126:
        return b"\x81%c%b" % (size, payload)
    if size < 65_536:
        return b"\x81\x7e%b%b" % (size.to_bytes(2, "big"), payload)
    return b"\x81\x7f%b%b" % (size.to_bytes(8, "big"), payload)


def control_frame(opcode: Opcode, payload: bytes = b"") -> bytes:
    """Return a ping, a pong or a close with at most 125 bytes."""
    return bytes((FIN | opcode, len(payload))) + payload


def close_frame(code: int, reason: str = "") -> bytes:
    """Return a close frame that says why."""
    return control_frame(Opcode.CLOSE, code.to_bytes(2, "big") + reason.encode())


def read_close(payload: bytes) -> int:
    """Return the code of a client's close frame; 1000 where it names none.

    Raises:
        BrokenFraming: It may not be sent in one (RFC 6455, section 7.4), or its reason is not text.
    """
    if not payload:
        return Close.NORMAL
    code = int.from_bytes(payload[:2], "big")
    is_known = 1000 <= code <= 1003 or 1007 <= code <= 1014 or 3000 <= code <= 4999
    if len(payload) == 1 or not is_known:
        raise BrokenFraming(Close.PROTOCOL_ERROR, "no such close code")
    _checked(payload[2:])
    return code
