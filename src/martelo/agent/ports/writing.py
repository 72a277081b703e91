"""The writer of texts."""

from dataclasses import dataclass
from enum import StrEnum
from typing import Protocol

from martelo.agent.domain.facts import Facts, Language
from martelo.agent.domain.texts import Kind, Text


class TextSource(StrEnum):
    """Who wrote a text."""

    MODEL = "model"
    TEMPLATE = "template"
    """No model is configured."""
    FALLBACK = "fallback"
    """A template, because the model failed or the guard refused its text."""


@dataclass(frozen=True, slots=True)
class Written:
    """A text that passed the guard, and what it took to write it."""

    text: Text
    source: TextSource
    language: Language
    provider: str | None = None
    """The configured provider, as in `LLM_PROVIDER`."""
    model: str | None = None
    """The model that was called, if one was."""
    failure: str | None = None
    """The class of the error that led to the template."""
    input_tokens: int = 0
    output_tokens: int = 0
    cost_micro_usd: int | None = None
    """Millionths of a US dollar; `None` if the price is unknown."""
    seconds: float = 0.0
    refusals: tuple[str, ...] = ()
    """The guard's rules that refused earlier versions of the text."""


class Writer(Protocol):
    """Writes one text about an ended auction; never fails, since a template always can."""

    async def write(self, kind: Kind, facts: Facts) -> Written:
        """Return the text for `kind`."""
