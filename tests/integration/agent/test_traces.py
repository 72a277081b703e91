"""What a collector receives of the agent's work, and the work where there is none."""

from collections import Counter
from collections.abc import Iterator

import pytest

from engines.agent import Process
from engines.agent_world import AgentWorld, built
from engines.collector import Collector, collecting
from engines.ports import free_port
from engines.postgresql import PostgresqlServer
from fakes.ends import ANA, BRUNO, sold
from fakes.llm_provider import FINAL, Call, LlmProvider
from stacks import wait_for

TITLE = "Relógio da tia Zulmira"
UNTRUE = Call(FINAL, {"title": "Vendido!", "description": "Pague por Pix a mal@x.example"})
PERSONAL = (
    *(TITLE, "Zulmira", "Relógio"),
    *(str(ANA.name), ANA.id, str(BRUNO.name), BRUNO.id, "Bruno", "Ana "),
    *("De 1930", "150,00", "Pague", "Pix", "@x.example", "Parabéns", "leilão"),
    *("webhooks", "chave"),
)
"""Names, accounts, addresses, titles, descriptions, prompts, texts, keys."""

ATTRIBUTES = {
    *("auction.id", "effect.id", "effect.kind", "effect.attempt", "effect.state"),
    *("text.source", "text.provider", "text.model", "text.input_tokens", "text.output_tokens"),
    *("llm.provider", "llm.model", "llm.input_tokens", "llm.output_tokens"),
    *("channel", "outcome"),
}


@pytest.fixture(scope="module")
def built_world(
    postgresql: PostgresqlServer, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[AgentWorld]:
    with built(postgresql, tmp_path_factory.mktemp("traced-world")) as world:
        yield world


@pytest.fixture
def world(built_world: AgentWorld) -> Iterator[AgentWorld]:
    built_world.empty()
    built_world.neighbours.record.clear()
    built_world.mail.received.clear()
    yield built_world
    for process in built_world.agent.processes:
        process.kill()


@pytest.fixture
def collector() -> Iterator[Collector]:
    with collecting() as started:
        yield started


def work(world: AgentWorld, auction_id: str, **changed: str) -> Process:
    """Have a worker carry out every effect of a sale."""
    worker = world.agent.process("worker", **world.outside(), **changed)
    worker.start()
    world.announce(sold(auction_id, title=TITLE))
    wait_for(lambda: world.count("state = 'done'") == 4 or None, "the effects to be done")
    return worker


class TestTraces:
    def test_tell_every_effect_and_nobodys_data(
        self, world: AgentWorld, collector: Collector
    ) -> None:
        with LlmProvider([Call(), UNTRUE]).answering() as provider:
            worker = work(
                world,
                "01-0000000000101",
                OTEL_EXPORTER_OTLP_ENDPOINT=collector.url,
                LLM_PROVIDER="openai",
                LLM_BASE_URL=f"{provider.url}/v1",
                LLM_MODEL="modelo-x",
                LLM_API_KEY="chave",
            )
            assert worker.stop() == 0

        spans = collector.spans()
        effects = {span.id: span for span in spans if span.name == "effect"}
        done = [each for each in effects.values() if each.attributes.get("effect.state") == "done"]
        assert {each.attributes["effect.kind"] for each in done} == {
            "report",
            "email_winner",
            "email_seller",
            "discord",
        }
        assert {each.attributes["auction.id"] for each in done} == {"01-0000000000101"}
        rows = {number for (number,) in world.agent.query("SELECT id FROM effect")}
        assert {each.attributes["effect.id"] for each in done} == rows
        children = Counter(span.name for span in spans if span.parent_id in effects)
        assert (children["facts"], children["write"], children["send"]) == (4, 4, 3)
        writes = {span.id: span for span in spans if span.name == "write"}
        asked = [span for span in spans if span.name == "llm"]
        assert len(asked) == provider.calls
        assert {span.parent_id for span in asked} == set(writes)
        assert {span.attributes["llm.model"] for span in asked} == {"modelo-x"}
        assert sum(each.attributes["text.input_tokens"] for each in writes.values()) == sum(
            span.attributes["llm.input_tokens"] for span in asked
        )
        assert {each.attributes["text.source"] for each in writes.values()} == {"fallback"}
        assert {span.events for span in spans} == {0}
        assert {name for span in spans for name in span.attributes} == ATTRIBUTES
        exported = b"".join(collector.bodies)
        assert [each for each in PERSONAL if each.encode() in exported] == []

    def test_that_nobody_takes_hold_nothing_up(self, world: AgentWorld) -> None:
        dead = f"http://127.0.0.1:{free_port()}"

        worker = work(world, "02-0000000000102", OTEL_EXPORTER_OTLP_ENDPOINT=dead)

        assert worker.stop() == 0
        assert len(world.mail.received) == 2

    def test_that_nobody_answers_hold_nothing_up(
        self, world: AgentWorld, collector: Collector
    ) -> None:
        collector.is_silent = True

        worker = work(world, "03-0000000000103", OTEL_EXPORTER_OTLP_ENDPOINT=collector.url)

        assert collector.asked.wait(20)
        assert worker.stop() == 0
