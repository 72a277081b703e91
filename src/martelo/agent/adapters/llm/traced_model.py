"""A model whose calls are traced: duration and tokens, but no text."""

from pydantic_ai.messages import ModelMessage, ModelResponse
from pydantic_ai.models import Model, ModelRequestParameters
from pydantic_ai.models.wrapper import WrapperModel
from pydantic_ai.settings import ModelSettings

from martelo.runtime.process.tracing import Tracer


class TracedModel(WrapperModel):
    """A model, with a span for each of its calls."""

    def __init__(self, wrapped: Model, provider: str, tracer: Tracer) -> None:
        super().__init__(wrapped)
        self._named_provider = provider
        self._tracer = tracer

    async def request(
        self,
        messages: list[ModelMessage],
        model_settings: ModelSettings | None,
        model_request_parameters: ModelRequestParameters,
    ) -> ModelResponse:
        """Call the model once; its client may retry."""
        attributes = {"llm.provider": self._named_provider, "llm.model": self.model_name}
        with self._tracer.span("llm", attributes) as span:
            answer = await self.wrapped.request(messages, model_settings, model_request_parameters)
            span.set_attribute("llm.input_tokens", answer.usage.input_tokens)
            span.set_attribute("llm.output_tokens", answer.usage.output_tokens)
        return answer
