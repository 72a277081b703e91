"""`Idempotency-Key`: lets a caller who lost an answer repeat the request safely."""

from dataclasses import dataclass
from typing import ClassVar

from martelo.kernel.field_codes import FieldCode
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
        bounds = {"min": 1, "max": MAX_KEY}
        fault = FieldError("Idempotency-Key", FieldCode.NOT_PRINTABLE_ASCII, bounds)
        raise InvalidIdempotencyKey((fault,))
    return text
