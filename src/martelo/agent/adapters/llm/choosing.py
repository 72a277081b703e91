"""Which writer the settings ask for."""

from dataclasses import dataclass
from time import monotonic

import structlog
from pydantic import SecretStr

from martelo.agent.adapters.llm.metrics import WritingMetrics
from martelo.agent.adapters.llm.settings import LlmSettings, Provider
from martelo.agent.adapters.llm.template_writer import TemplateWriter
from martelo.agent.ports.writing import Writer
from martelo.runtime.process.tracing import UNTRACED, Tracer

_OWN_ADDRESSES: dict[Provider, str] = {
    "gemini": "https://generativelanguage.googleapis.com",
    "openai": "https://api.openai.com/v1",
    "anthropic": "https://api.anthropic.com",
}
_log = structlog.get_logger()


@dataclass(frozen=True, slots=True)
class Choice:
    """A provider, and all it needs; a key goes nowhere but to `base_url`."""

    provider: Provider
    model: str
    base_url: str
    key: SecretStr | None


def build_writer(
    settings: LlmSettings,
    metrics: WritingMetrics,
    *,
    channel: str | None = None,
    tracer: Tracer = UNTRACED,
) -> Writer:
    """Return the writer that `settings` ask for; `channel` is where posts go, for their prompt."""
    choice = choose(settings)
    if choice is None:
        _log.info("texts are written by template", provider=settings.llm_provider)
        return TemplateWriter(metrics)
    # 90 MB: a process without a model does without them, one with a model takes its provider's.
    from martelo.agent.adapters.llm.circuit import Circuit  # noqa: PLC0415
    from martelo.agent.adapters.llm.model_writer import ModelWriter, Options  # noqa: PLC0415
    from martelo.agent.adapters.llm.providers import open_model  # noqa: PLC0415
    from martelo.agent.adapters.llm.traced_model import TracedModel  # noqa: PLC0415

    _log.info("texts are written by a model", provider=choice.provider, model=choice.model)
    options = Options(
        output=settings.llm_output,
        is_strict=settings.llm_strict == "on",
        is_reviewed=settings.llm_review == "on",
        call_timeout_s=settings.llm_timeout_s,
        channel=channel,
        provider=choice.provider,
    )
    model = TracedModel(open_model(choice), choice.provider, tracer)
    return ModelWriter(model, options, metrics, Circuit(monotonic))


def choose(settings: LlmSettings) -> Choice | None:
    """Return the provider to ask, or `None` for templates: also where one lacks what it needs."""
    provider = settings.llm_provider or _implied(settings)
    model, key = settings.llm_model, settings.llm_api_key
    # Without `LLM_PROVIDER`, an address may be meant for another provider than this key's.
    base_url = settings.llm_base_url
    if settings.llm_provider is None and provider == "gemini":
        base_url = None
    if provider == "gemini":
        model, key = model or settings.gemini_model, settings.gemini_api_key or key
    needs_key = provider in {"gemini", "anthropic"} or (provider == "openai" and not base_url)
    address = base_url or _OWN_ADDRESSES.get(provider)
    if provider == "template" or model is None or address is None or (needs_key and key is None):
        return None
    return Choice(provider, model, address, key)


def _implied(settings: LlmSettings) -> Provider:
    if settings.gemini_api_key is not None:
        return "gemini"
    return "openai" if settings.llm_base_url is not None else "template"
