"""What is frozen, as JSON in the database; which type it is follows from the effect's kind."""

import msgspec

from martelo.agent.domain.frozen import Frozen, Letter, Post
from martelo.agent.domain.texts import Kind, Report

_TYPES: dict[Kind, type[Frozen]] = {
    Kind.REPORT: Report,
    Kind.EMAIL_WINNER: Letter,
    Kind.EMAIL_SELLER: Letter,
    Kind.DISCORD: Post,
}


def encode_frozen(frozen: Frozen) -> str:
    """Return the JSON of what is frozen."""
    return msgspec.json.encode(frozen).decode()


def decode_frozen(kind: Kind, text: str | None) -> Frozen | None:
    """Return what is frozen, if anything is."""
    return None if text is None else msgspec.json.decode(text, type=_TYPES[kind])
