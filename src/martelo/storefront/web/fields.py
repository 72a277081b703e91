"""Fields of forms, as `web/field.html` shows them."""

from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True, kw_only=True)
class Field:
    """One labelled field.

    `kind` is `textarea`, `select`, `money`, `checkbox` or a type of HTML's `input`; `optional` is
    the word that says so, `fault` what is wrong with the value.
    """

    name: str
    label: str
    kind: str = "text"
    value: str = ""
    hint: str = ""
    fault: str = ""
    optional: str = ""
    choices: Sequence[tuple[str, str]] = ()
    is_required: bool = False
    longest: int = 0
    shortest: int = 0
    autocomplete: str = ""

    @property
    def id(self) -> str:
        """Return the id its label points to."""
        return f"field-{self.name}"

    @property
    def described_by(self) -> str:
        """Return the ids of what describes it."""
        told = (("hint", self.hint), ("fault", self.fault))
        return " ".join(f"{self.id}-{name}" for name, text in told if text)
