"""The expected "no": what a rule answers when it refuses."""

from dataclasses import dataclass
from typing import ClassVar


class Refusal(Exception):  # noqa: N818 - a refusal is an answer, not a fault
    """An expected "no", with a stable slug; subclasses carry what the caller can act on.

    It knows nothing of HTTP: `main.py` of each context maps slugs to statuses. Pure rules raise
    it; a store on a hot path returns it as a value.
    """

    slug: ClassVar[str]


@dataclass(frozen=True, slots=True)
class FieldError:
    """One field at fault and why, in words for the caller's developer."""

    field: str
    message: str


@dataclass(eq=True)
class InvalidInput(Refusal):
    """Input that does not parse; names every field at fault (`errors` on the wire)."""

    slug: ClassVar[str] = "invalid-request"
    errors: tuple[FieldError, ...] = ()
