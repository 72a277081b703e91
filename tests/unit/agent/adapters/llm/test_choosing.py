import pytest

from martelo.agent.adapters.llm.choosing import choose
from martelo.agent.adapters.llm.settings import LlmSettings

GOOGLE = "https://generativelanguage.googleapis.com"
LOCAL = "http://localhost:11434/v1"


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

    def test_does_not_send_a_gemini_key_to_another_address(self) -> None:
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
    def test_returns_none_if_a_setting_is_missing(self, given: dict[str, str]) -> None:
        assert choose(settings(**given)) is None


class TestLlmSettings:
    def test_treat_empty_as_absent(self, monkeypatch: pytest.MonkeyPatch) -> None:
        for name in ("GEMINI_API_KEY", "LLM_PROVIDER", "LLM_MODEL", "LLM_BASE_URL", "LLM_API_KEY"):
            monkeypatch.setenv(name, "")

        assert choose(LlmSettings()) is None

    def test_hide_keys(self) -> None:
        shown = repr(settings(gemini_api_key="segredo-1", llm_api_key="segredo-2"))

        assert "segredo" not in shown
