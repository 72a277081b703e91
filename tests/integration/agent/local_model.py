"""The writer and a real language model, over HTTP. Taken only where it is named: docs/agent.md.

The model has 135 million parameters: it keeps to a JSON schema and writes nonsense, so the guard
refuses nearly all of it. What is proved is the path, and that the guard holds; not good prose.
"""

import asyncio
from collections.abc import Iterator
from time import monotonic

import pytest
import structlog
from prometheus_client import CollectorRegistry
from pydantic import TypeAdapter, ValidationError
from pydantic_ai import ModelMessage, ModelResponse, capture_run_messages

from engines.llama_server import MODEL, LlamaServer, running_model
from fakes.ended_auctions import sold
from martelo.agent.adapters.llm.assignment import RUN_TIMEOUT_S, WritingOptions
from martelo.agent.adapters.llm.building import build_writer
from martelo.agent.adapters.llm.choosing import choose
from martelo.agent.adapters.llm.circuit import Circuit
from martelo.agent.adapters.llm.metrics import WritingMetrics
from martelo.agent.adapters.llm.model_writer import ModelWriter
from martelo.agent.adapters.llm.providers import open_model
from martelo.agent.adapters.llm.settings import LlmSettings
from martelo.agent.domain.guarding.cleaning import clean
from martelo.agent.domain.guarding.guard import guard
from martelo.agent.domain.templates.rendering import render_template
from martelo.agent.domain.texts import DiscordPost, Kind
from martelo.agent.ports.writing import TextSource, Written
from martelo.agent.worker.freezing import label_of

pytestmark = pytest.mark.slow

PATIENCE_S = 600.0
"""For the model's own words, which two minutes of a busy machine may not bring."""
HANGING_S = 60.0
"""Past its limit by so much, a text hangs."""

log = structlog.get_logger()


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LlamaServer]:
    with running_model(tmp_path_factory.mktemp("model")) as running:
        yield running


@pytest.fixture
def settings(server: LlamaServer, monkeypatch: pytest.MonkeyPatch) -> LlmSettings:
    monkeypatch.setenv("LLM_PROVIDER", "openai")
    monkeypatch.setenv("LLM_BASE_URL", server.base_url)
    monkeypatch.setenv("LLM_MODEL", MODEL)
    monkeypatch.setenv("LLM_OUTPUT", "native")
    monkeypatch.setenv("LLM_TIMEOUT_S", "110")
    return LlmSettings()


def texts_of(messages: list[ModelMessage]) -> list[DiscordPost]:
    """Return what the model wrote to the schema; an answer cut at its limit is not a text."""
    texts = []
    for answer in messages:
        if isinstance(answer, ModelResponse):
            try:
                texts.append(TypeAdapter(DiscordPost).validate_json(answer.text or ""))
            except ValidationError:
                log.info("no text", answer=answer.text)
    return texts


def rules_broken(text: DiscordPost) -> list[str]:
    return [finding.rule for finding in guard(Kind.DISCORD, text, clean(sold()))]


def assert_labelled(kind: Kind, written: Written) -> None:
    facts = clean(sold())
    assert written.model == MODEL
    if written.source is TextSource.MODEL:
        assert guard(kind, written.text, facts) == ()
        assert label_of(written) == f"IA: {MODEL}"
    else:
        assert written.source is TextSource.FALLBACK
        assert written.text == render_template(kind, facts)
        assert written.failure
        assert label_of(written) == f"modelo fixo (IA falhou: {written.failure})"


class TestRealModel:
    async def test_writes_the_report_or_a_labelled_template_stands_in(
        self, server: LlamaServer, settings: LlmSettings
    ) -> None:
        registry = CollectorRegistry()
        writer = build_writer(settings, WritingMetrics(registry))

        before = server.tokens_written()
        async with asyncio.timeout(RUN_TIMEOUT_S + HANGING_S):
            written = await writer.write(Kind.REPORT, sold())
        log.info("report", written=written, label=label_of(written))

        assert_labelled(Kind.REPORT, written)
        assert written.output_tokens > 0
        assert written.input_tokens > written.output_tokens
        assert server.tokens_written() - before >= written.output_tokens
        counted = registry.get_sample_value(
            "martelo_agent_llm_tokens_total", {"direction": "output"}
        )
        assert counted == written.output_tokens

    async def test_has_its_own_words_typed_and_judged(
        self, server: LlamaServer, settings: LlmSettings
    ) -> None:
        choice = choose(settings)
        assert choice is not None
        options = WritingOptions(
            output="native", call_timeout_s=PATIENCE_S, run_timeout_s=PATIENCE_S
        )
        metrics = WritingMetrics(CollectorRegistry())
        writer = ModelWriter(open_model(choice), options, metrics, Circuit(monotonic))

        before = server.tokens_written()
        with capture_run_messages() as messages:
            async with asyncio.timeout(PATIENCE_S + HANGING_S):
                written = await writer.write(Kind.DISCORD, sold())
        counted = server.tokens_written() - before
        answers = [message for message in messages if isinstance(message, ModelResponse)]
        texts = texts_of(messages)
        for text in texts:
            log.info("the model's own words", text=text, broken=rules_broken(text))

        assert_labelled(Kind.DISCORD, written)
        assert {answer.model_name for answer in answers} == {MODEL}
        assert sum(answer.usage.output_tokens for answer in answers) == written.output_tokens
        assert counted >= written.output_tokens > 0
        assert texts
        assert render_template(Kind.DISCORD, clean(sold())) not in texts
        assert list(written.refusals) == [rule for text in texts for rule in rules_broken(text)]
        assert (written.source is TextSource.MODEL) == (rules_broken(texts[-1]) == [])
