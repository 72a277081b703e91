"""Frozen messages as JSON in the database; the effect's kind determines the type."""

import msgspec

from martelo.agent.domain.frozen import Frozen, Letter, Post
from martelo.agent.domain.texts import Kind, Report

_REPORT = msgspec.json.Decoder(Report)
_LETTER = msgspec.json.Decoder(Letter)
_POST = msgspec.json.Decoder(Post)


def encode_frozen(frozen: Frozen) -> str:
    """Return the JSON of a frozen message."""
    return msgspec.json.encode(frozen).decode()


def decode_frozen(kind: Kind, text: str | None) -> Frozen | None:
    """Return the frozen message, if there is one."""
    if text is None:
        return None
    match kind:
        case Kind.REPORT:
            return _REPORT.decode(text)
        case Kind.EMAIL_WINNER | Kind.EMAIL_SELLER:
            return _LETTER.decode(text)
        case Kind.DISCORD:
            return _POST.decode(text)
