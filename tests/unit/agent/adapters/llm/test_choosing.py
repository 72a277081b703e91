import asyncio
import subprocess
import sys

import pytest
from prometheus_client import CollectorRegistry

from fakes.ended_auctions import sold
from martelo.agent.adapters.llm.choosing import build_writer, choose
from martelo.agent.adapters.llm.metrics import WritingMetrics
from martelo.agent.adapters.llm.settings import LlmSettings
from martelo.agent.adapters.llm.template_writer import TemplateWriter
from martelo.agent.domain.texts import Kind
from martelo.agent.ports.writing import Source

GOOGLE = "https://generativelanguage.googleapis.com"
LOCAL = "http://localhost:11434/v1"
UNLADEN = """
import sys
from prometheus_client import CollectorRegistry
from martelo.agent.adapters.llm.choosing import build_writer
from martelo.agent.adapters.llm.settings import LlmSettings
from martelo.agent.adapters.llm.metrics import WritingMetrics
build_writer(LlmSettings.model_validate({}), WritingMetrics(CollectorRegistry()))
heavy = {"pydantic_ai", "openai", "anthropic", "google.genai", "genai_prices"}
sys.exit(" ".join(heavy & set(sys.modules)) or 0)
"""


def settings(**values: str) -> LlmSettings:
    return LlmSettings.model_validate(values)


class TestChoose:
    @pytest.mark.parametrize(
        ("given", "chosen"),
        [
            ({"gemini_api_key": "g"}, ("gemini", "gemini-2.5-flash", GOOGLE, "g")),
            (
                {"gemini_api_key": "g", "gemini_model": "gemini-2.5-pro"},
                ("gemini", "gemini-2.5-pro", GOOGLE, "g"),
            ),
            (
                {"gemini_api_key": "g", "gemini_model": "a", "llm_model": "b", "llm_api_key": "k"},
                ("gemini", "b", GOOGLE, "g"),
            ),
            (
                {"llm_provider": "gemini", "llm_api_key": "k"},
                ("gemini", "gemini-2.5-flash", GOOGLE, "k"),
            ),
            (
                {"llm_provider": "gemini", "gemini_api_key": "g", "llm_base_url": "http://a.b"},
                ("gemini", "gemini-2.5-flash", "http://a.b", "g"),
            ),
            (
                {"llm_base_url": LOCAL, "llm_model": "m"},
                ("openai", "m", LOCAL, None),
            ),
            (
                {"llm_provider": "ollama", "llm_base_url": LOCAL, "llm_model": "m"},
                ("ollama", "m", LOCAL, None),
            ),
            (
                {"llm_provider": "openai", "llm_api_key": "k", "llm_model": "m"},
                ("openai", "m", "https://api.openai.com/v1", "k"),
            ),
            (
                {"llm_provider": "anthropic", "llm_api_key": "k", "llm_model": "m"},
                ("anthropic", "m", "https://api.anthropic.com", "k"),
            ),
        ],
    )
    def test_takes_what_is_there(
        self, given: dict[str, str], chosen: tuple[str, str, str, str | None]
    ) -> None:
        choice = choose(settings(**given))

        assert choice is not None
        key = None if choice.key is None else choice.key.get_secret_value()
        assert (choice.provider, choice.model, choice.base_url, key) == chosen

    def test_keeps_a_gemini_key_from_an_address_meant_for_another(self) -> None:
        choice = choose(settings(gemini_api_key="g", llm_base_url=LOCAL, llm_model="m"))

        assert choice is not None
        assert choice.base_url == GOOGLE

    @pytest.mark.parametrize(
        "given",
        [
            {},
            {"llm_provider": "template", "gemini_api_key": "g"},
            {"llm_provider": "gemini"},
            {"llm_provider": "openai", "llm_model": "m", "gemini_api_key": "g"},
            {"llm_provider": "openai", "llm_api_key": "k"},
            {"llm_provider": "anthropic", "llm_model": "m", "gemini_api_key": "g"},
            {"llm_provider": "ollama", "llm_model": "m"},
            {"llm_provider": "ollama", "llm_base_url": LOCAL},
        ],
    )
    def test_falls_to_templates_where_something_lacks(self, given: dict[str, str]) -> None:
        assert choose(settings(**given)) is None


class TestLlmSettings:
    def test_take_empty_for_absent(self, monkeypatch: pytest.MonkeyPatch) -> None:
        for name in ("GEMINI_API_KEY", "LLM_PROVIDER", "LLM_MODEL", "LLM_BASE_URL", "LLM_API_KEY"):
            monkeypatch.setenv(name, "")

        assert choose(LlmSettings()) is None

    def test_show_no_key(self) -> None:
        shown = repr(settings(gemini_api_key="segredo-1", llm_api_key="segredo-2"))

        assert "segredo" not in shown


class TestBuildWriter:
    def test_writes_by_template_without_a_provider(self) -> None:
        writer = build_writer(settings(), WritingMetrics(CollectorRegistry()))
        written = asyncio.run(writer.write(Kind.DISCORD, sold()))

        assert isinstance(writer, TemplateWriter)
        assert written.source is Source.TEMPLATE
        assert written.model is None

    def test_loads_no_model_library_without_a_provider(self) -> None:
        run = subprocess.run(
            [sys.executable, "-c", UNLADEN],
            check=False,
            capture_output=True,
            text=True,
            timeout=60,
            env={"PYTHONPATH": ":".join(sys.path)},
        )

        assert (run.returncode, run.stderr) == (0, "")
