"""The agents of the library: one writes each kind of text, one reviews."""

from dataclasses import dataclass
from typing import TypeVar

from pydantic_ai import Agent, RunContext, Tool
from pydantic_ai.models import Model
from pydantic_ai.output import NativeOutput, ToolOutput
from pydantic_ai.settings import ModelSettings

from martelo.agent.adapters.llm.assignment import Assignment, WritingOptions
from martelo.agent.adapters.llm.material import (
    KINDS_WITH_BIDS,
    auction_data,
    instructions,
    review_instructions,
    strict_instructions,
)
from martelo.agent.domain.texts import (
    DiscordPost,
    Kind,
    Report,
    SellerEmail,
    Text,
    WinnerEmail,
    parts_of,
)

MAX_CORRECTIONS = 2
TOOL_TIMEOUT_S = 5.0
MAX_OUTPUT_TOKENS = 900
MAX_SDK_RETRIES = 2

_TYPES: dict[Kind, type[Text]] = {
    Kind.REPORT: Report,
    Kind.EMAIL_WINNER: WinnerEmail,
    Kind.EMAIL_SELLER: SellerEmail,
    Kind.DISCORD: DiscordPost,
}
Output = TypeVar("Output")


@dataclass(frozen=True, slots=True)
class Verdict:
    """Whether the facts support everything that the text says."""

    is_true: bool


def writing_agent(model: Model, kind: Kind, options: WritingOptions) -> Agent[Assignment, Text]:
    """Return the agent that writes texts of a kind; each must pass the guard."""
    agent = Agent[Assignment, Text](
        model,
        name=f"martelo-{kind}",
        deps_type=Assignment,
        output_type=_output(_TYPES[kind], options),
        instructions=_instructions,
        tools=_tools(kind) if options.output == "tool" else [],
        retries={"tools": 1, "output": MAX_CORRECTIONS},
        tool_timeout=TOOL_TIMEOUT_S,
        model_settings=_model_settings(options),
    )
    agent.output_validator(_validate)
    return agent


def reviewing_agent(model: Model, options: WritingOptions) -> Agent[Assignment, Verdict]:
    """Return the agent that compares a text with the facts."""
    return Agent[Assignment, Verdict](
        model,
        name="martelo-review",
        deps_type=Assignment,
        output_type=_output(Verdict, options),
        instructions=_review_instructions,
        retries={"tools": 1, "output": 1},
        model_settings=_model_settings(options),
    )


def writing_prompt(assignment: Assignment) -> str:
    """Return the request for a text; without tools it includes the facts."""
    if assignment.options.output == "tool":
        return "Consulte os dados do leilão com as ferramentas e escreva o texto pedido."
    data = {**assignment.data, "historico": assignment.bids}
    return f"Escreva o texto pedido, com estes dados:\n{assignment.frame.around(data)}"


def review_prompt(assignment: Assignment, text: Text) -> str:
    """Return the request to review a text, with the facts."""
    facts = auction_data(assignment.kind, assignment.facts)
    material = {"dados": facts, "lances": assignment.bids, "texto": list(parts_of(text))}
    return assignment.frame.around(material)


def get_auction(run: RunContext[Assignment]) -> str:
    """Return what is known of the auction this text is about."""
    return run.deps.frame.around(run.deps.data)


def list_bids(run: RunContext[Assignment]) -> str:
    """Return the last bids of the auction this text is about."""
    return run.deps.frame.around(run.deps.bids)


def _tools(kind: Kind) -> list[Tool[Assignment]]:
    tools: list[Tool[Assignment]] = [Tool(get_auction, takes_ctx=True)]
    if kind in KINDS_WITH_BIDS:
        tools.append(Tool(list_bids, takes_ctx=True))
    return tools


def _output(
    output: type[Output], options: WritingOptions
) -> ToolOutput[Output] | NativeOutput[Output]:
    return NativeOutput(output) if options.output == "native" else ToolOutput(output)


def _model_settings(options: WritingOptions) -> ModelSettings:
    # Thinking would use up the same tokens, and cut the answer off.
    return ModelSettings(
        max_tokens=MAX_OUTPUT_TOKENS,
        timeout=options.call_timeout_s,
        max_retries=MAX_SDK_RETRIES,
        thinking=False,
    )


def _instructions(run: RunContext[Assignment]) -> str:
    assignment = run.deps
    kind, facts = assignment.kind, assignment.facts
    general = instructions(kind, facts, assignment.frame, assignment.options.channel)
    if assignment.options.is_strict:
        return f"{general}\n{strict_instructions(kind, facts)}"
    return general


def _review_instructions(run: RunContext[Assignment]) -> str:
    return review_instructions(run.deps.frame)


def _validate(run: RunContext[Assignment], text: Text) -> Text:
    return run.deps.accept(text)
