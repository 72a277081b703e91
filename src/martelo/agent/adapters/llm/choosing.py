"""The provider and model that the settings select."""

from dataclasses import dataclass

from pydantic import SecretStr

from martelo.agent.adapters.llm.settings import LlmSettings, Provider

_DEFAULT_URLS: dict[Provider, str] = {
    "gemini": "https://generativelanguage.googleapis.com",
    "openai": "https://api.openai.com/v1",
    "anthropic": "https://api.anthropic.com",
}


@dataclass(frozen=True, slots=True)
class ModelChoice:
    """A provider's model, and what is needed to call it; `key` is sent to `base_url` only."""

    provider: Provider
    model: str
    base_url: str
    key: SecretStr | None


def choose(settings: LlmSettings) -> ModelChoice | None:
    """Return the model to call; `None` for templates, also if the provider's settings lack one."""
    provider = settings.llm_provider or _implied(settings)
    model, key = settings.llm_model, settings.llm_api_key
    # Without `LLM_PROVIDER`, an address may belong to another provider than this key.
    base_url = settings.llm_base_url
    if settings.llm_provider is None and provider == "gemini":
        base_url = None
    if provider == "gemini":
        model, key = model or settings.gemini_model, settings.gemini_api_key or key
    needs_key = provider in {"gemini", "anthropic"} or (provider == "openai" and not base_url)
    url = base_url or _DEFAULT_URLS.get(provider)
    if provider == "template" or model is None or url is None or (needs_key and key is None):
        return None
    return ModelChoice(provider, model, url, key)


def _implied(settings: LlmSettings) -> Provider:
    if settings.gemini_api_key is not None:
        return "gemini"
    return "openai" if settings.llm_base_url is not None else "template"
