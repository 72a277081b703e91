"""`Idempotency-Key`: by which a caller who lost an answer asks for it again."""

from dataclasses import dataclass
from typing import ClassVar

from martelo.kernel.refusal import FieldError, InvalidInput

MAX_KEY = 64


@dataclass(eq=True)
class InvalidIdempotencyKey(InvalidInput):
    """An `Idempotency-Key` that is not 1 to 64 printable ASCII characters."""

    slug: ClassVar[str] = "invalid-idempotency-key"


def parse_key(text: str | None) -> str | None:
    """Return an `Idempotency-Key`; `None` where none was sent.

    Raises:
        InvalidIdempotencyKey: It is not 1 to 64 printable ASCII characters.
    """
    if text is None:
        return None
    if not (1 <= len(text) <= MAX_KEY and text.isascii() and text.isprintable()):
        message = f"must be 1 to {MAX_KEY} printable ASCII characters"
        raise InvalidIdempotencyKey((FieldError("Idempotency-Key", message),))
    return text
