import asyncio
import json
from collections.abc import Mapping, Sequence
from types import MappingProxyType

import pytest
from prometheus_client import CollectorRegistry

from fakes.ended_auctions import sold, unsold
from fakes.llm_provider import FINAL, Call, Cut, Fail, LlmProvider, Say, Silence, Turn
from martelo.agent.adapters.llm.building import build_writer
from martelo.agent.adapters.llm.metrics import WritingMetrics
from martelo.agent.adapters.llm.settings import LlmSettings
from martelo.agent.domain.facts import Facts
from martelo.agent.domain.guarding.cleaning import clean
from martelo.agent.domain.templates.rendering import render_template
from martelo.agent.domain.texts import DiscordPost, Kind, Report, SellerEmail, WinnerEmail
from martelo.agent.ports.writing import TextSource, Writer, Written

PROVIDERS = ["gemini", "openai", "ollama", "anthropic"]
KEY = "chave-de-teste-1234"
PATHS = {
    "gemini": "/v1beta/models/gemini-2.5-flash:generateContent",
    "openai": "/v1/chat/completions",
    "ollama": "/v1/chat/completions",
    "anthropic": "/v1/messages",
}
GEMINI_KEY = dict.fromkeys(PROVIDERS, "outra-chave-5678") | {"gemini": KEY}
MODELS = {"openai": "gpt-4o-mini", "ollama": "qwen2.5:0.5b", "anthropic": "claude-haiku-4-5"}

HONEST: dict[Kind, dict[str, str]] = {
    Kind.REPORT: {
        "title": "Relatório do leilão",
        "summary": "Ana S. arrematou “Bolo de cenoura em 2 andares” por **R$ 850,00**.",
    },
    Kind.EMAIL_WINNER: {
        "subject": "Parabéns!",
        "body": "Ana Souza, você arrematou “Bolo de cenoura em 2 andares” por R$ 850,00.",
    },
    Kind.EMAIL_SELLER: {
        "subject": "Seu lote foi vendido",
        "body": "Ana Souza arrematou “Bolo de cenoura em 2 andares” por R$ 850,00.",
    },
    Kind.DISCORD: {
        "title": "Vendido!",
        "description": "Ana S. arrematou “Bolo de cenoura em 2 andares” por R$ 850,00! 🎉",
    },
}
TEXTS = {
    Kind.REPORT: Report,
    Kind.EMAIL_WINNER: WinnerEmail,
    Kind.EMAIL_SELLER: SellerEmail,
    Kind.DISCORD: DiscordPost,
}
POST = Call(FINAL, HONEST[Kind.DISCORD])
LIE = Call(
    FINAL,
    {
        "title": "Vendido!",
        "description": "Ana S. arrematou “Bolo de cenoura em 2 andares” por R$ 10,00!",
    },
)


def settings_for(name: str, url: str, others: Mapping[str, object]) -> LlmSettings:
    is_openai = name in {"openai", "ollama"}
    values = {
        "llm_provider": name,
        "llm_base_url": f"{url}/v1" if is_openai else url,
        "llm_api_key": KEY,
        "llm_model": MODELS.get(name),
    }
    return LlmSettings.model_validate({**values, **others})  # which reads no environment


def writer_for(settings: LlmSettings) -> Writer:
    return build_writer(settings, WritingMetrics(CollectorRegistry()), channel="leiloes")


async def written_by(
    name: str,
    turns: Sequence[Turn],
    kind: Kind = Kind.DISCORD,
    facts: Facts | None = None,
    others: Mapping[str, object] = MappingProxyType({}),
) -> tuple[Written, LlmProvider]:
    with LlmProvider(turns).answering() as provider:
        writer = writer_for(settings_for(name, provider.url, others))
        return await writer.write(kind, facts or sold()), provider


def template(kind: Kind, facts: Facts) -> object:
    return render_template(kind, clean(facts))


@pytest.mark.parametrize("name", PROVIDERS)
class TestModelWriter:
    @pytest.mark.parametrize("kind", Kind)
    async def test_writes_each_text_in_two_calls(self, name: str, kind: Kind) -> None:
        written, provider = await written_by(name, [Call(), Call(FINAL, HONEST[kind])], kind)

        assert written.text == TEXTS[kind](*HONEST[kind].values())
        assert (written.source, written.provider) == (TextSource.MODEL, name)
        assert (written.input_tokens, written.output_tokens) == (800, 200)
        assert [request.path for request in provider.requests] == [PATHS[name]] * 2

    async def test_shows_facts_only_when_asked_and_between_marks(self, name: str) -> None:
        _, provider = await written_by(name, [Call(), POST])
        first, second = provider.requests

        assert "R$ 850,00" not in first.text
        assert "R$ 850,00" in second.text
        assert second.text.count("<dados-") >= 2
        assert "leiloes" in first.text

    async def test_sends_the_key_to_the_provider_alone(
        self, name: str, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        for variable in (
            "OPENAI_API_KEY",
            "ANTHROPIC_API_KEY",
            "ANTHROPIC_AUTH_TOKEN",
            "GOOGLE_API_KEY",
            "GEMINI_API_KEY",
            "OLLAMA_API_KEY",
        ):
            monkeypatch.setenv(variable, "outra-chave-5678")
        with LlmProvider([Call(), POST]).answering() as provider:
            settings = settings_for(name, provider.url, {"gemini_api_key": GEMINI_KEY[name]})
            await writer_for(settings).write(Kind.DISCORD, sold())

        for request in provider.requests:
            sent = f"{request.headers}{request.path}"
            assert KEY in sent
            assert "outra-chave" not in sent
            assert KEY not in request.text

    async def test_logs_no_key(
        self, name: str, caplog: pytest.LogCaptureFixture, capsys: pytest.CaptureFixture[str]
    ) -> None:
        caplog.set_level("DEBUG")

        await written_by(name, [Fail(401)])

        printed = capsys.readouterr()
        assert "template-fallback" in printed.out
        assert KEY not in f"{caplog.text}{printed.out}{printed.err}"

    async def test_writes_several_texts_at_once(self, name: str) -> None:
        with LlmProvider([POST]).answering() as provider:
            writer = writer_for(settings_for(name, provider.url, {}))
            texts = await asyncio.gather(*(writer.write(Kind.DISCORD, sold()) for _ in range(4)))

        assert [written.source for written in texts] == [TextSource.MODEL] * 4

    async def test_sends_a_lie_back_and_takes_the_correction(self, name: str) -> None:
        written, provider = await written_by(name, [Call(), LIE, POST])

        assert written.text == DiscordPost(*HONEST[Kind.DISCORD].values())
        assert written.source is TextSource.MODEL
        assert "money" in written.refusals
        assert "R$ 850,00" in provider.requests[2].text
        assert provider.calls == 3

    async def test_writes_by_template_after_three_lies(self, name: str) -> None:
        written, provider = await written_by(name, [Call(), LIE])

        assert written.text == template(Kind.DISCORD, sold())
        assert (written.source, written.provider) == (TextSource.FALLBACK, name)
        assert written.failure == "TextRefused"
        assert provider.calls == 4

    @pytest.mark.parametrize(("status", "calls"), [(429, 3), (500, 3), (401, 1)])
    async def test_writes_by_template_where_the_provider_fails(
        self, name: str, status: int, calls: int
    ) -> None:
        written, provider = await written_by(name, [Fail(status)])

        assert written.text == template(Kind.DISCORD, sold())
        assert written.source is TextSource.FALLBACK
        assert written.failure is not None
        assert written.failure.startswith("Model")
        assert provider.calls == calls

    async def test_writes_by_template_where_no_answer_comes(self, name: str) -> None:
        written, _ = await written_by(name, [Silence()], others={"llm_timeout_s": 0.2})

        assert written.text == template(Kind.DISCORD, sold())
        assert written.failure is not None

    async def test_writes_by_template_where_answers_are_cut(self, name: str) -> None:
        written, _ = await written_by(name, [Cut()])

        assert written.text == template(Kind.DISCORD, sold())
        assert written.failure is not None

    async def test_writes_by_template_where_the_model_runs_out_of_tokens(self, name: str) -> None:
        written, _ = await written_by(name, [Call(), Say("Ana S. arrem", is_cut_by_limit=True)])

        assert written.text == template(Kind.DISCORD, sold())
        assert written.source is TextSource.FALLBACK

    async def test_ends_a_model_that_only_calls_tools(self, name: str) -> None:
        written, provider = await written_by(name, [Call()])

        assert written.text == template(Kind.DISCORD, sold())
        assert written.failure == "UsageLimitExceeded"
        assert provider.calls == 6

    async def test_leaves_a_failing_provider_alone(self, name: str) -> None:
        with LlmProvider([Fail(401)]).answering() as provider:
            writer = writer_for(settings_for(name, provider.url, {}))
            failures = [(await writer.write(Kind.DISCORD, sold())).failure for _ in range(7)]

        assert provider.calls == 5
        assert failures[5:] == ["CircuitOpen"] * 2

    async def test_puts_all_facts_in_the_prompt_of_a_model_without_tools(self, name: str) -> None:
        answer = Say(json.dumps(HONEST[Kind.DISCORD]))
        written, provider = await written_by(name, [answer], others={"llm_output": "native"})

        assert written.source is TextSource.MODEL
        assert provider.calls == 1
        assert "R$ 850,00" in provider.requests[0].text
        assert "get_auction" not in provider.requests[0].text

    async def test_shows_nobodys_words_in_strict_mode(self, name: str) -> None:
        text = {
            "title": "Vendido!",
            "description": "{vencedor} arrematou {item} por {valor}, com {lances}!",
        }
        facts = sold(title="Pague já {valor}", winner_name="Obedeça Já", description="Ordem")
        written, provider = await written_by(
            name, [Call(), Call(FINAL, text)], facts=facts, others={"llm_strict": "on"}
        )

        assert written.text == DiscordPost(
            "Vendido!", "Obedeça J. arrematou “Pague já valor” por R$ 850,00, com 3 lances!"
        )
        for request in provider.requests:
            assert not any(word in request.text for word in ("Pague já", "Obedeça Já", "Ordem"))

    @pytest.mark.parametrize(
        "description",
        ["{vencedor} arrematou {item} por {valor} e {outro}.", "{vencedor} levou {item} por 850."],
    )
    async def test_refuses_other_marks_and_digits_in_strict_mode(
        self, name: str, description: str
    ) -> None:
        lie = Call(FINAL, {"title": "Vendido!", "description": description})
        written, _ = await written_by(name, [Call(), lie], others={"llm_strict": "on"})

        assert written.text == template(Kind.DISCORD, sold())
        assert written.failure == "TextRefused"

    async def test_asks_for_a_second_look(self, name: str) -> None:
        turns = [Call(), POST, Call(FINAL, {"is_true": True})]
        written, provider = await written_by(name, turns, others={"llm_review": "on"})

        assert written.source is TextSource.MODEL
        assert provider.calls == 3
        assert HONEST[Kind.DISCORD]["title"] in provider.requests[2].text

    async def test_writes_by_template_where_the_second_look_says_no(self, name: str) -> None:
        turns = [Call(), POST, Call(FINAL, {"is_true": False})]
        written, _ = await written_by(name, turns, others={"llm_review": "on"})

        assert written.text == template(Kind.DISCORD, sold())
        assert written.refusals == ("review",)


class TestCost:
    async def test_is_known_of_a_known_model(self) -> None:
        written, _ = await written_by("gemini", [Call(), POST])

        assert written.cost_micro_usd is not None
        assert written.cost_micro_usd > 0

    async def test_is_not_known_of_a_model_of_ones_own(self) -> None:
        written, _ = await written_by("ollama", [Call(), POST])

        assert written.cost_micro_usd is None


class TestUnsold:
    async def test_is_described_by_a_model_too(self) -> None:
        text = {"title": "Sem lances", "description": "“Vaso de cerâmica” não recebeu lances."}
        facts = unsold(has_bids=False)
        written, _ = await written_by("gemini", [Call(), Call(FINAL, text)], facts=facts)

        assert written.text == DiscordPost(*text.values())
