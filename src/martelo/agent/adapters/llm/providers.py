"""The models of each provider; only the chosen provider's library is imported.

Address and key are always given, so that no variable of an SDK (`OPENAI_BASE_URL`,
`ANTHROPIC_AUTH_TOKEN`) sends a text or a key elsewhere.
"""

from typing import Protocol

from pydantic import SecretStr
from pydantic_ai.models import Model

from martelo.agent.adapters.llm.settings import Provider

NO_KEY = "none"
"""What a local server without keys is sent; the SDK would look for one in the environment."""


class Target(Protocol):
    """A provider, and all it needs."""

    @property
    def provider(self) -> Provider:
        """Whose wire format is spoken."""
        ...

    @property
    def model(self) -> str:
        """The model's name there."""
        ...

    @property
    def base_url(self) -> str:
        """Where it is asked."""
        ...

    @property
    def key(self) -> SecretStr | None:
        """The key, where one is needed."""
        ...


def open_model(target: Target) -> Model:
    """Return the model; it connects when it is asked, and closes after the last text in hand."""
    key = NO_KEY if target.key is None else target.key.get_secret_value()
    match target.provider:
        case "gemini":
            return _gemini(target, key)
        case "anthropic":
            return _anthropic(target, key)
        case "ollama":
            return _ollama(target, key)
        case _:
            return _openai(target, key)


def _gemini(target: Target, key: str) -> Model:
    from google.genai.types import HttpRetryOptions  # noqa: PLC0415 - the chosen provider's only
    from pydantic_ai.models.google import GoogleModel  # noqa: PLC0415 - the same
    from pydantic_ai.providers.google import GoogleProvider  # noqa: PLC0415 - the same

    pace = HttpRetryOptions(initial_delay=0.5, max_delay=8.0)
    provider = GoogleProvider(api_key=key, base_url=target.base_url, retry_options=pace)
    return GoogleModel(target.model, provider=provider)


def _anthropic(target: Target, key: str) -> Model:
    from pydantic_ai.models.anthropic import AnthropicModel  # noqa: PLC0415 - the same
    from pydantic_ai.providers.anthropic import AnthropicProvider  # noqa: PLC0415 - the same

    provider = AnthropicProvider(api_key=key, base_url=target.base_url)
    return AnthropicModel(target.model, provider=provider)


def _ollama(target: Target, key: str) -> Model:
    from pydantic_ai.models.ollama import OllamaModel  # noqa: PLC0415 - the same
    from pydantic_ai.providers.ollama import OllamaProvider  # noqa: PLC0415 - the same

    provider = OllamaProvider(api_key=key, base_url=target.base_url)
    return OllamaModel(target.model, provider=provider)


def _openai(target: Target, key: str) -> Model:
    from pydantic_ai.models.openai import OpenAIChatModel  # noqa: PLC0415 - the same
    from pydantic_ai.providers.openai import OpenAIProvider  # noqa: PLC0415 - the same

    provider = OpenAIProvider(api_key=key, base_url=target.base_url)
    return OpenAIChatModel(target.model, provider=provider)
