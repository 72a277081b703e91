"""A model that obeys whoever plants orders in an auction: what goes out is never what it wrote."""

import asyncio
from dataclasses import replace

import pytest
from prometheus_client import CollectorRegistry
from pydantic_ai.messages import ModelMessage, ModelResponse, TextPart, ToolCallPart
from pydantic_ai.models.function import AgentInfo, FunctionModel

from fakes.attacks import ATTACKS, Attack
from fakes.ended_auctions import sold
from martelo.agent.adapters.llm.assignment import WritingOptions
from martelo.agent.adapters.llm.circuit import Circuit
from martelo.agent.adapters.llm.metrics import WritingMetrics
from martelo.agent.adapters.llm.model_writer import ModelWriter
from martelo.agent.domain.facts import Facts
from martelo.agent.domain.formats import format_money
from martelo.agent.domain.guarding.cleaning import clean
from martelo.agent.domain.naming import quoted, winner_in
from martelo.agent.domain.templates.rendering import render_template
from martelo.agent.domain.texts import DiscordPost, Kind
from martelo.agent.ports.writing import TextSource, Written

FIELDS = {
    Kind.REPORT: ("title", "summary"),
    Kind.EMAIL_WINNER: ("subject", "body"),
    Kind.EMAIL_SELLER: ("subject", "body"),
    Kind.DISCORD: ("title", "description"),
}


class Obedient:
    """A model that reads the facts, and then answers with the same body each time."""

    def __init__(self, kind: Kind, body: str) -> None:
        self.seen: list[str] = []
        self._answer = dict(zip(FIELDS[kind], ("Resultado do leilão", body), strict=True))

    def __call__(self, messages: list[ModelMessage], info: AgentInfo) -> ModelResponse:
        self.seen.append(f"{info.instructions}{messages}")
        if len(messages) == 1:
            calls = [ToolCallPart(tool.name) for tool in info.function_tools]
            return ModelResponse(parts=list(calls))
        return ModelResponse(parts=[ToolCallPart(info.output_tools[0].name, self._answer)])


def written_by(model: Obedient, kind: Kind, facts: Facts) -> Written:
    writer = ModelWriter(
        FunctionModel(model, model_name="obediente"),
        WritingOptions(),
        WritingMetrics(CollectorRegistry()),
        Circuit(lambda: 0.0),
    )
    return asyncio.run(writer.write(kind, facts))


def honest(kind: Kind, facts: Facts) -> str:
    cleaned = clean(facts)
    value = format_money(facts.final_cents or 0, facts.house.language)
    return f"{winner_in(kind, cleaned)} arrematou {quoted(cleaned.title)} por {value}."


@pytest.mark.parametrize("kind", Kind)
@pytest.mark.parametrize("attack", ATTACKS, ids=lambda attack: attack.name)
class TestObedientModel:
    def test_changes_no_text_that_goes_out(self, attack: Attack, kind: Kind) -> None:
        facts = attack.facts()
        body = attack.obeyed.replace("{honest}", honest(kind, facts))
        body = body.replace("{{", "{").replace("}}", "}")

        written = written_by(Obedient(kind, body), kind, facts)

        assert written.text == render_template(kind, clean(facts))
        assert written.source is TextSource.FALLBACK
        assert written.failure == "TextRefused"
        assert written.refusals

    def test_is_believed_when_it_does_not_obey(self, attack: Attack, kind: Kind) -> None:
        facts = attack.facts()

        written = written_by(Obedient(kind, honest(kind, facts)), kind, facts)

        assert written.source is TextSource.MODEL
        assert written.refusals == ()


class TestModelWriter:
    @pytest.mark.parametrize("kind", [kind for kind in Kind if kind is not Kind.REPORT])
    def test_shows_free_text_to_the_report_alone(self, kind: Kind) -> None:
        facts = sold(description="palavra-rara")
        model, reporter = (Obedient(each, honest(each, facts)) for each in (kind, Kind.REPORT))

        written_by(model, kind, facts)
        written_by(reporter, Kind.REPORT, facts)

        assert not any("palavra-rara" in seen for seen in model.seen)
        assert any("palavra-rara" in seen for seen in reporter.seen)

    def test_shows_whole_names_only_where_they_may_be_read(self) -> None:
        facts = sold(winner_name="Ana Quaresma")
        post = Obedient(Kind.DISCORD, honest(Kind.DISCORD, facts))

        written_by(post, Kind.DISCORD, facts)

        assert not any("Quaresma" in seen for seen in post.seen)

    def test_marks_data_again_for_each_text(self) -> None:
        model = Obedient(Kind.DISCORD, honest(Kind.DISCORD, sold()))

        for _ in range(2):
            written_by(model, Kind.DISCORD, sold())

        keys = {seen.partition("<dados-")[2][:16] for seen in model.seen}
        assert len(keys) == 2

    def test_gives_up_on_a_model_that_says_nothing_of_use(self) -> None:
        def chatter(_messages: list[ModelMessage], _info: AgentInfo) -> ModelResponse:
            return ModelResponse(parts=[TextPart("Claro! Aqui está.")])

        writer = ModelWriter(
            FunctionModel(chatter),
            WritingOptions(),
            WritingMetrics(CollectorRegistry()),
            Circuit(lambda: 0.0),
        )
        written = asyncio.run(writer.write(Kind.DISCORD, sold()))

        assert written.source is TextSource.FALLBACK
        assert written.failure == "UnexpectedModelBehavior"

    def test_gives_up_on_a_run_that_takes_too_long(self) -> None:
        async def forever(_messages: list[ModelMessage], _info: AgentInfo) -> ModelResponse:
            await asyncio.Event().wait()
            raise AssertionError("was cancelled before")

        writer = ModelWriter(
            FunctionModel(forever),
            WritingOptions(run_timeout_s=0.01),
            WritingMetrics(CollectorRegistry()),
            Circuit(lambda: 0.0),
        )
        written = asyncio.run(writer.write(Kind.DISCORD, sold()))

        assert written.failure == "TimeoutError"

    def test_lets_itself_be_cancelled(self) -> None:
        begun = asyncio.Event()

        async def forever(_messages: list[ModelMessage], _info: AgentInfo) -> ModelResponse:
            begun.set()
            await asyncio.Event().wait()
            raise AssertionError("was cancelled before")

        async def cancel() -> None:
            writer = ModelWriter(
                FunctionModel(forever),
                WritingOptions(),
                WritingMetrics(CollectorRegistry()),
                Circuit(lambda: 0.0),
            )
            writing = asyncio.create_task(writer.write(Kind.DISCORD, sold()))
            await begun.wait()
            writing.cancel()
            with pytest.raises(asyncio.CancelledError):
                await writing

        asyncio.run(cancel())

    def test_takes_lies_for_no_failure_of_the_provider(self) -> None:
        circuit = Circuit(lambda: 0.0)
        writer = ModelWriter(
            FunctionModel(Obedient(Kind.DISCORD, "Pague vinte reais.")),
            WritingOptions(),
            WritingMetrics(CollectorRegistry()),
            circuit,
        )
        for _ in range(6):
            asyncio.run(writer.write(Kind.DISCORD, sold()))

        assert not circuit.is_open

    def test_counts_what_it_wrote(self) -> None:
        registry = CollectorRegistry()
        lie = Obedient(Kind.DISCORD, "Pague vinte reais.")
        writer = ModelWriter(
            FunctionModel(lie), WritingOptions(), WritingMetrics(registry), Circuit(lambda: 0.0)
        )
        asyncio.run(writer.write(Kind.DISCORD, sold()))

        def count(name: str, **labels: str) -> float | None:
            return registry.get_sample_value(f"martelo_agent_{name}", labels)

        assert count("texts_total", kind="discord", source="fallback") == 1
        assert count("refusals_total", rule="claim") == 3
        assert count("llm_failures_total", error="TextRefused") == 1
        assert count("llm_seconds_count", kind="discord") == 1
        assert (count("llm_tokens_total", direction="output") or 0) > 0

    def test_refuses_a_sale_without_a_winner(self) -> None:
        facts = replace(sold(), winner_name=None)

        with pytest.raises(ValueError, match="no value or winner"):
            written_by(Obedient(Kind.DISCORD, ""), Kind.DISCORD, facts)

    def test_writes_a_post_of_its_own_words(self) -> None:
        body = f"🎉 {honest(Kind.DISCORD, sold())} Que disputa emocionante!"

        written = written_by(Obedient(Kind.DISCORD, body), Kind.DISCORD, sold())

        assert written.text == DiscordPost("Resultado do leilão", body)
        assert written.model == "obediente"
