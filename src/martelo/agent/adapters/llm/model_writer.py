"""The writer that asks a language model, and lets nothing out that the guard refuses."""

import asyncio
from dataclasses import dataclass, field
from decimal import Decimal
from time import monotonic
from typing import Literal, TypeVar

import structlog
from pydantic_ai import Agent, ModelRetry, RunContext, Tool
from pydantic_ai.exceptions import UnexpectedModelBehavior
from pydantic_ai.models import Model
from pydantic_ai.output import NativeOutput, ToolOutput
from pydantic_ai.settings import ModelSettings
from pydantic_ai.usage import RunUsage, UsageLimits

from martelo.agent.adapters.llm.circuit import Circuit
from martelo.agent.adapters.llm.material import (
    TOLD_OF_BIDS,
    Frame,
    auction_data,
    bids_data,
    instructions,
    review_instructions,
    strict_data,
    strict_instructions,
)
from martelo.agent.adapters.llm.metrics import WritingMetrics
from martelo.agent.domain.facts import Facts
from martelo.agent.domain.guarding.cleaning import CleanFacts, clean
from martelo.agent.domain.guarding.guard import guard
from martelo.agent.domain.guarding.rules import Finding
from martelo.agent.domain.guarding.strict import fill, placeholders_of, strict_findings
from martelo.agent.domain.templates.rendering import render_template
from martelo.agent.domain.texts import (
    DiscordPost,
    Kind,
    Report,
    SellerEmail,
    Text,
    WinnerEmail,
    parts_of,
)
from martelo.agent.ports.writing import Source, Written

CORRECTIONS = 2
RUN_TIMEOUT_S = 120.0
TOOL_TIMEOUT_S = 5.0
MAX_OUTPUT_TOKENS = 900
SDK_RETRIES = 2
LIMITS = UsageLimits(request_limit=6, tool_calls_limit=6, total_tokens_limit=20_000)
REVIEW = "review"
"""Stands among the refusals where the second look said no."""

_TYPES: dict[Kind, type[Text]] = {
    Kind.REPORT: Report,
    Kind.EMAIL_WINNER: WinnerEmail,
    Kind.EMAIL_SELLER: SellerEmail,
    Kind.DISCORD: DiscordPost,
}
Answer = TypeVar("Answer")
_log = structlog.get_logger()


class TextRefused(Exception):  # noqa: N818 - says what happened
    """No text of the model passed."""


class CircuitOpen(Exception):  # noqa: N818 - the same
    """The provider failed too often just now to be asked."""


@dataclass(frozen=True, slots=True)
class Options:
    """How the model is asked."""

    output: Literal["tool", "native"] = "tool"
    """`native`: a JSON schema and all facts in the prompt, for models that call no tools."""
    is_strict: bool = False
    is_reviewed: bool = False
    call_timeout_s: float = 60.0
    run_timeout_s: float = RUN_TIMEOUT_S
    channel: str | None = None
    provider: str | None = None
    """Whose model it is, as `LLM_PROVIDER` names it."""


@dataclass(frozen=True, slots=True)
class Verdict:
    """Whether everything the text says is in the facts, and nothing else."""

    is_true: bool


@dataclass(frozen=True, slots=True)
class Assignment:
    """One text to be written, and what was refused on the way."""

    kind: Kind
    facts: CleanFacts
    options: Options
    frame: Frame = field(default_factory=Frame)
    refusals: list[str] = field(default_factory=list)

    @property
    def data(self) -> dict[str, object]:
        """What the model may know."""
        if self.options.is_strict:
            return strict_data(self.kind, self.facts)
        return auction_data(self.kind, self.facts)

    @property
    def bids(self) -> list[dict[str, object]]:
        """The bids the model may know."""
        is_told = self.kind in TOLD_OF_BIDS and not self.options.is_strict
        return bids_data(self.facts) if is_told else []

    def accept(self, text: Text) -> Text:
        """Return the text as it may go out.

        Raises:
            ModelRetry: It may not; the message says what would mend it.
        """
        if self.options.is_strict:
            marks = placeholders_of(self.kind, self.facts)
            self._refuse(strict_findings(text, marks))
            text = fill(text, marks)
        self._refuse(guard(self.kind, text, self.facts))
        return text

    def _refuse(self, findings: tuple[Finding, ...]) -> None:
        if findings:
            self.refusals.extend(finding.rule for finding in findings)
            hints = "\n".join(f"- {finding.hint}" for finding in findings)
            raise ModelRetry(f"O texto foi recusado. Corrija e envie de novo, inteiro:\n{hints}")


class ModelWriter:
    """Writes with a model; with the template where that fails, is late or tells untruths."""

    def __init__(
        self, model: Model, options: Options, metrics: WritingMetrics, circuit: Circuit
    ) -> None:
        self._model = model
        self._options = options
        self._metrics = metrics
        self._circuit = circuit
        self._agents = {kind: _agent(model, kind, options) for kind in Kind}
        self._reviewer = _reviewer(model, options)

    async def write(self, kind: Kind, facts: Facts) -> Written:
        """Return the model's text, or the template's."""
        assignment = Assignment(kind, clean(facts), self._options)
        template = render_template(kind, assignment.facts)
        usages: list[RunUsage] = []
        started_s = monotonic()
        text, failure = await self._try(assignment, usages)
        is_asked = failure != CircuitOpen.__name__
        written = Written(
            text=template if text is None else text,
            source=Source.FALLBACK if text is None else Source.MODEL,
            language=facts.house.language,
            provider=self._options.provider,
            model=self._model.model_name if is_asked else None,
            failure=failure,
            input_tokens=sum(usage.input_tokens for usage in usages),
            output_tokens=sum(usage.output_tokens for usage in usages),
            cost_micro_usd=_micro_usd(usages),
            seconds=monotonic() - started_s,
            refusals=tuple(assignment.refusals),
        )
        self._metrics.count(kind, written)
        self._metrics.show_circuit(is_open=self._circuit.is_open)
        return written

    async def _try(
        self, assignment: Assignment, usages: list[RunUsage]
    ) -> tuple[Text | None, str | None]:
        """Return the text, or the class of what kept the model from writing one."""
        if self._circuit.is_open:
            return None, CircuitOpen.__name__
        try:
            text = await asyncio.wait_for(
                self._ask(assignment, usages), self._options.run_timeout_s
            )
        except Exception as error:  # noqa: BLE001 - whatever it was, a template can be written
            return None, self._note(error, assignment)
        self._circuit.succeed()
        return text, None

    def _note(self, error: Exception, assignment: Assignment) -> str:
        """Return the class of what went wrong; untruths say nothing of the provider's health."""
        is_refused = isinstance(error, UnexpectedModelBehavior | TextRefused)
        if is_refused and assignment.refusals:
            self._circuit.succeed()
            name = TextRefused.__name__
        else:
            self._circuit.fail()
            name = _public_name(error)
        _log.warning(
            "a template stands in for the model",
            kind=assignment.kind,
            error=name,
            refusals=assignment.refusals,
        )
        return name

    async def _ask(self, assignment: Assignment, usages: list[RunUsage]) -> Text:
        async with self._model:
            usages.append(RunUsage())
            written = await self._agents[assignment.kind].run(
                _request(assignment), deps=assignment, usage_limits=LIMITS, usage=usages[-1]
            )
            text = written.output
            if self._options.is_reviewed:
                usages.append(RunUsage())
                await self._review(assignment, text, usages[-1])
        return text

    async def _review(self, assignment: Assignment, text: Text, usage: RunUsage) -> None:
        head, body = parts_of(text)
        facts = auction_data(assignment.kind, assignment.facts)
        material = {"dados": facts, "lances": assignment.bids, "texto": [head, body]}
        verdict = await self._reviewer.run(
            assignment.frame.around(material), deps=assignment, usage_limits=LIMITS, usage=usage
        )
        if not verdict.output.is_true:
            assignment.refusals.append(REVIEW)
            raise TextRefused


def _agent(model: Model, kind: Kind, options: Options) -> Agent[Assignment, Text]:
    agent = Agent[Assignment, Text](
        model,
        name=f"martelo-{kind}",
        deps_type=Assignment,
        output_type=_output(_TYPES[kind], options),
        instructions=_instructions,
        tools=_tools(kind) if options.output == "tool" else [],
        retries={"tools": 1, "output": CORRECTIONS},
        tool_timeout=TOOL_TIMEOUT_S,
        model_settings=_model_settings(options),
    )
    agent.output_validator(_validate)
    return agent


def _reviewer(model: Model, options: Options) -> Agent[Assignment, Verdict]:
    return Agent[Assignment, Verdict](
        model,
        name="martelo-review",
        deps_type=Assignment,
        output_type=_output(Verdict, options),
        instructions=_review_instructions,
        retries={"tools": 1, "output": 1},
        model_settings=_model_settings(options),
    )


def _output(answer: type[Answer], options: Options) -> ToolOutput[Answer] | NativeOutput[Answer]:
    return NativeOutput(answer) if options.output == "native" else ToolOutput(answer)


def _model_settings(options: Options) -> ModelSettings:
    # Thinking would be paid out of the same tokens, and cut the answer off.
    return ModelSettings(
        max_tokens=MAX_OUTPUT_TOKENS,
        timeout=options.call_timeout_s,
        max_retries=SDK_RETRIES,
        thinking=False,
    )


def _tools(kind: Kind) -> list[Tool[Assignment]]:
    tools: list[Tool[Assignment]] = [Tool(get_auction, takes_ctx=True)]
    if kind in TOLD_OF_BIDS:
        tools.append(Tool(list_bids, takes_ctx=True))
    return tools


def get_auction(run: RunContext[Assignment]) -> str:
    """Return what is known of the auction this text is about."""
    return run.deps.frame.around(run.deps.data)


def list_bids(run: RunContext[Assignment]) -> str:
    """Return the last bids of the auction this text is about."""
    return run.deps.frame.around(run.deps.bids)


def _request(assignment: Assignment) -> str:
    if assignment.options.output == "tool":
        return "Consulte os dados do leilão com as ferramentas e escreva o texto pedido."
    data = {**assignment.data, "historico": assignment.bids}
    return f"Escreva o texto pedido, com estes dados:\n{assignment.frame.around(data)}"


def _instructions(run: RunContext[Assignment]) -> str:
    it = run.deps
    general = instructions(it.kind, it.facts, it.frame, it.options.channel)
    if it.options.is_strict:
        return f"{general}\n{strict_instructions(it.kind, it.facts)}"
    return general


def _review_instructions(run: RunContext[Assignment]) -> str:
    return review_instructions(run.deps.frame)


def _validate(run: RunContext[Assignment], text: Text) -> Text:
    return run.deps.accept(text)


def _micro_usd(usages: list[RunUsage]) -> int | None:
    """Return what all runs cost, or `None` where the price of one is not known."""
    costs = [usage.cost for usage in usages if usage.requests]
    if not costs or None in costs:
        return None
    total = sum((cost for cost in costs if cost is not None), Decimal(0))
    return int((total * 1_000_000).to_integral_value())


def _public_name(error: Exception) -> str:
    """Return the class of an error, without the prefix of the library's own variants."""
    return type(error).__name__.removeprefix("_HTTP").lstrip("_")
