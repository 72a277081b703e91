"""One text for a model to write: the data it may read, and whether its answer may be sent."""

from dataclasses import dataclass, field
from typing import Literal

from pydantic_ai import ModelRetry

from martelo.agent.adapters.llm.material import (
    KINDS_WITH_BIDS,
    Frame,
    auction_data,
    bids_data,
    strict_data,
)
from martelo.agent.domain.guarding.cleaning import CleanFacts
from martelo.agent.domain.guarding.guard import guard
from martelo.agent.domain.guarding.rules import Finding
from martelo.agent.domain.guarding.strict import fill, placeholders_of, strict_findings
from martelo.agent.domain.texts import Kind, Text

RUN_TIMEOUT_S = 120.0


@dataclass(frozen=True, slots=True)
class WritingOptions:
    """How the model is called."""

    output: Literal["tool", "native"] = "tool"
    """`native`: a JSON schema and all facts in the prompt, for models that call no tools."""
    is_strict: bool = False
    is_reviewed: bool = False
    call_timeout_s: float = 60.0
    run_timeout_s: float = RUN_TIMEOUT_S
    channel: str | None = None
    provider: str | None = None
    """The model's provider, as in `LLM_PROVIDER`."""


@dataclass(frozen=True, slots=True)
class Assignment:
    """One text to write, and the rules that earlier versions of it broke."""

    kind: Kind
    facts: CleanFacts
    options: WritingOptions
    frame: Frame = field(default_factory=Frame)
    refusals: list[str] = field(default_factory=list)

    @property
    def data(self) -> dict[str, object]:
        """The facts that the model may read."""
        if self.options.is_strict:
            return strict_data(self.kind, self.facts)
        return auction_data(self.kind, self.facts)

    @property
    def bids(self) -> list[dict[str, object]]:
        """The bids that the model may read."""
        has_bids = self.kind in KINDS_WITH_BIDS and not self.options.is_strict
        return bids_data(self.facts) if has_bids else []

    def accept(self, text: Text) -> Text:
        """Return the text as it may be sent.

        Raises:
            ModelRetry: It breaks rules; the message says how to correct it.
        """
        if self.options.is_strict:
            placeholders = placeholders_of(self.kind, self.facts)
            self._refuse(strict_findings(text, placeholders))
            text = fill(text, placeholders)
        self._refuse(guard(self.kind, text, self.facts))
        return text

    def _refuse(self, findings: tuple[Finding, ...]) -> None:
        if findings:
            self.refusals.extend(finding.rule for finding in findings)
            hints = "\n".join(f"- {finding.hint}" for finding in findings)
            raise ModelRetry(f"O texto foi recusado. Corrija e envie de novo, inteiro:\n{hints}")
