"""What the agent needs from outside."""

from dataclasses import dataclass
from enum import StrEnum
from typing import Protocol

from martelo.agent.domain.facts import Facts
from martelo.agent.domain.texts import Kind, Text


class Source(StrEnum):
    """Who wrote a text."""

    MODEL = "model"
    TEMPLATE = "template"
    """No model is set up."""
    FALLBACK = "fallback"
    """A template, since the model failed or told untruths."""


@dataclass(frozen=True, slots=True)
class Written:
    """A text that passed the guard, and what it took to write it."""

    text: Text
    source: Source
    model: str | None = None
    """Which model was asked, where one was."""
    failure: str | None = None
    """The class of the error that led to the template."""
    input_tokens: int = 0
    output_tokens: int = 0
    cost_micro_usd: int | None = None
    """Millionths of a US dollar; `None` where the price is not known."""
    seconds: float = 0.0
    refusals: tuple[str, ...] = ()
    """The guard's rules that refused a text on the way."""


class Writer(Protocol):
    """Writes one text about a finished auction; never fails, since a template always can."""

    async def write(self, kind: Kind, facts: Facts) -> Written:
        """Return the text for `kind`."""
