"""The writer that uses a language model, and publishes nothing that the guard refuses."""

import asyncio
from decimal import Decimal
from time import monotonic

import structlog
from pydantic_ai.exceptions import UnexpectedModelBehavior
from pydantic_ai.models import Model
from pydantic_ai.usage import RunUsage, UsageLimits

from martelo.agent.adapters.llm.agents import (
    review_prompt,
    reviewing_agent,
    writing_agent,
    writing_prompt,
)
from martelo.agent.adapters.llm.assignment import Assignment, WritingOptions
from martelo.agent.adapters.llm.circuit import Circuit
from martelo.agent.adapters.llm.metrics import WritingMetrics
from martelo.agent.domain.facts import Facts
from martelo.agent.domain.guarding.cleaning import clean
from martelo.agent.domain.templates.rendering import render_template
from martelo.agent.domain.texts import Kind, Text
from martelo.agent.ports.writing import TextSource, Written

LIMITS = UsageLimits(request_limit=6, tool_calls_limit=6, total_tokens_limit=20_000)
REVIEW = "review"
"""Recorded among the refusals when the review rejects a text."""

log = structlog.get_logger(__name__)


class TextRefused(Exception):  # noqa: N818 - says what happened
    """The guard or the review refused every text of the model."""


class CircuitOpen(Exception):  # noqa: N818 - a state
    """The provider failed too often recently to be called."""


class ModelWriter:
    """Writes with a model, or with the template if the model fails, is late or is refused."""

    def __init__(
        self, model: Model, options: WritingOptions, metrics: WritingMetrics, circuit: Circuit
    ) -> None:
        self._model = model
        self._options = options
        self._metrics = metrics
        self._circuit = circuit
        self._agents = {kind: writing_agent(model, kind, options) for kind in Kind}
        self._reviewer = reviewing_agent(model, options)

    async def write(self, kind: Kind, facts: Facts) -> Written:
        """Return the model's text, or the template's."""
        assignment = Assignment(kind, clean(facts), self._options)
        template = render_template(kind, assignment.facts)
        usages: list[RunUsage] = []
        started_s = monotonic()
        text, failure = await self._try(assignment, usages)
        is_called = failure != CircuitOpen.__name__
        written = Written(
            text=template if text is None else text,
            source=TextSource.FALLBACK if text is None else TextSource.MODEL,
            language=facts.house.language,
            provider=self._options.provider,
            model=self._model.model_name if is_called else None,
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
        """Return the text, or the class of the error that prevented one."""
        if self._circuit.is_open:
            return None, CircuitOpen.__name__
        try:
            text = await asyncio.wait_for(
                self._run(assignment, usages), self._options.run_timeout_s
            )
        except Exception as error:  # noqa: BLE001 - a template can be written after any error
            return None, self._record_failure(error, assignment)
        self._circuit.succeed()
        return text, None

    def _record_failure(self, error: Exception, assignment: Assignment) -> str:
        """Return the class of the error; a refused text is not a failure of the provider."""
        is_refused = isinstance(error, UnexpectedModelBehavior | TextRefused)
        if is_refused and assignment.refusals:
            self._circuit.succeed()
            name = TextRefused.__name__
        else:
            self._circuit.fail()
            name = _public_name(error)
        log.warning(
            "template-fallback", kind=assignment.kind, error=name, refusals=assignment.refusals
        )
        return name

    async def _run(self, assignment: Assignment, usages: list[RunUsage]) -> Text:
        async with self._model:
            usages.append(RunUsage())
            written = await self._agents[assignment.kind].run(
                writing_prompt(assignment),
                deps=assignment,
                usage_limits=LIMITS,
                usage=usages[-1],
            )
            if self._options.is_reviewed:
                usages.append(RunUsage())
                await self._review(assignment, written.output, usages[-1])
        return written.output

    async def _review(self, assignment: Assignment, text: Text, usage: RunUsage) -> None:
        verdict = await self._reviewer.run(
            review_prompt(assignment, text), deps=assignment, usage_limits=LIMITS, usage=usage
        )
        if not verdict.output.is_true:
            assignment.refusals.append(REVIEW)
            raise TextRefused


def _micro_usd(usages: list[RunUsage]) -> int | None:
    """Return the cost of all runs; `None` if the price of one is unknown."""
    costs = [usage.cost for usage in usages if usage.requests]
    if not costs or None in costs:
        return None
    total = sum((cost for cost in costs if cost is not None), Decimal(0))
    return int((total * 1_000_000).to_integral_value())


def _public_name(error: Exception) -> str:
    """Return the class of an error, without the prefix of the library's own variants."""
    return type(error).__name__.removeprefix("_HTTP").lstrip("_")
