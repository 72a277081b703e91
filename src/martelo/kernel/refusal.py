"""Refusals: the expected errors that a rule can answer with."""

import dataclasses
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import ClassVar

from martelo.kernel.field_codes import MESSAGES, FieldCode

Bounds = Mapping[str, int | str | Sequence[str]]
"""The values that a field error's message names, such as `{"max": 140}`."""


class Refusal(Exception):  # noqa: N818 - an expected answer, not a fault of the code
    """An expected error with a stable slug; subclasses add the fields that callers act on.

    It does not know HTTP: the problem table of each context has the status and the texts of each
    slug. Pure rules raise it; a store on a hot path returns it as a value.
    """

    slug: ClassVar[str]


@dataclass(frozen=True, slots=True)
class FieldError:
    """An invalid field, the code of the rule it breaks, and the bounds of that rule."""

    field: str
    code: FieldCode
    bounds: Bounds = dataclasses.field(default_factory=dict)

    @property
    def message(self) -> str:
        """The English message, for developers."""
        texts = {
            name: bound if isinstance(bound, int | str) else ", ".join(bound)
            for name, bound in self.bounds.items()
        }
        return MESSAGES[self.code].format(**texts)


@dataclass(eq=True)
class InvalidInput(Refusal):
    """Input that does not parse; has an error for each invalid field (`errors` on the wire)."""

    slug: ClassVar[str] = "invalid-request"
    errors: tuple[FieldError, ...] = ()


def refuse_faults(*faults: FieldError) -> None:
    """Raise `InvalidInput` if there are faults."""
    if faults:
        raise InvalidInput(faults)
