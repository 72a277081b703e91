"""The writer that the settings select."""

from time import monotonic

import structlog

from martelo.agent.adapters.llm.choosing import choose
from martelo.agent.adapters.llm.metrics import WritingMetrics
from martelo.agent.adapters.llm.settings import LlmSettings
from martelo.agent.adapters.llm.template_writer import TemplateWriter
from martelo.agent.ports.writing import Writer
from martelo.runtime.process.tracing import UNTRACED, Tracer

log = structlog.get_logger(__name__)


def build_writer(
    settings: LlmSettings,
    metrics: WritingMetrics,
    *,
    channel: str | None = None,
    tracer: Tracer = UNTRACED,
) -> Writer:
    """Return the writer that `settings` select; the prompt of posts names `channel`."""
    choice = choose(settings)
    if choice is None:
        log.info("template-writer", provider=settings.llm_provider)
        return TemplateWriter(metrics)
    # These take 90 MB, which a process without a model does not need.
    from martelo.agent.adapters.llm.assignment import WritingOptions  # noqa: PLC0415
    from martelo.agent.adapters.llm.circuit import Circuit  # noqa: PLC0415
    from martelo.agent.adapters.llm.model_writer import ModelWriter  # noqa: PLC0415
    from martelo.agent.adapters.llm.providers import open_model  # noqa: PLC0415
    from martelo.agent.adapters.llm.traced_model import TracedModel  # noqa: PLC0415

    log.info("model-writer", provider=choice.provider, model=choice.model)
    options = WritingOptions(
        output=settings.llm_output,
        is_strict=settings.llm_strict == "on",
        is_reviewed=settings.llm_review == "on",
        call_timeout_s=settings.llm_timeout_s,
        channel=channel,
        provider=choice.provider,
    )
    model = TracedModel(open_model(choice), choice.provider, tracer)
    return ModelWriter(model, options, metrics, Circuit(monotonic))
