"""The models of each provider; only the chosen provider's library is imported.

Address and key are always passed, so that no variable of an SDK (`OPENAI_BASE_URL`,
`ANTHROPIC_AUTH_TOKEN`) sends a text or a key elsewhere.
"""

from pydantic_ai.models import Model

from martelo.agent.adapters.llm.choosing import ModelChoice

NO_KEY = "none"
"""Sent to a local server without keys; the SDK would look for one in the environment."""


def open_model(choice: ModelChoice) -> Model:
    """Return the model; it connects on first use, and closes after the last text in progress."""
    key = NO_KEY if choice.key is None else choice.key.get_secret_value()
    match choice.provider:
        case "gemini":
            return _gemini(choice, key)
        case "anthropic":
            return _anthropic(choice, key)
        case "ollama":
            return _ollama(choice, key)
        case _:
            return _openai(choice, key)


def _gemini(choice: ModelChoice, key: str) -> Model:
    from google.genai.types import HttpRetryOptions  # noqa: PLC0415 - the chosen provider's only
    from pydantic_ai.models.google import GoogleModel  # noqa: PLC0415 - the same
    from pydantic_ai.providers.google import GoogleProvider  # noqa: PLC0415 - the same

    pace = HttpRetryOptions(initial_delay=0.5, max_delay=8.0)
    provider = GoogleProvider(api_key=key, base_url=choice.base_url, retry_options=pace)
    return GoogleModel(choice.model, provider=provider)


def _anthropic(choice: ModelChoice, key: str) -> Model:
    from pydantic_ai.models.anthropic import AnthropicModel  # noqa: PLC0415 - the same
    from pydantic_ai.providers.anthropic import AnthropicProvider  # noqa: PLC0415 - the same

    provider = AnthropicProvider(api_key=key, base_url=choice.base_url)
    return AnthropicModel(choice.model, provider=provider)


def _ollama(choice: ModelChoice, key: str) -> Model:
    from pydantic_ai.models.ollama import OllamaModel  # noqa: PLC0415 - the same
    from pydantic_ai.providers.ollama import OllamaProvider  # noqa: PLC0415 - the same

    provider = OllamaProvider(api_key=key, base_url=choice.base_url)
    return OllamaModel(choice.model, provider=provider)


def _openai(choice: ModelChoice, key: str) -> Model:
    from pydantic_ai.models.openai import OpenAIChatModel  # noqa: PLC0415 - the same
    from pydantic_ai.providers.openai import OpenAIProvider  # noqa: PLC0415 - the same

    provider = OpenAIProvider(api_key=key, base_url=choice.base_url)
    return OpenAIChatModel(choice.model, provider=provider)
