"""The settings that select a language model."""

from typing import Literal

from pydantic import Field, SecretStr
from pydantic_settings import BaseSettings, SettingsConfigDict

Provider = Literal["template", "gemini", "openai", "anthropic", "ollama"]


class LlmSettings(BaseSettings):
    """The settings of a process that writes texts.

    `GEMINI_API_KEY` alone selects Gemini; without any setting, templates write.
    """

    model_config = SettingsConfigDict(
        env_ignore_empty=True, frozen=True, extra="ignore", hide_input_in_errors=True
    )

    gemini_api_key: SecretStr | None = None
    gemini_model: str = "gemini-2.5-flash"
    llm_provider: Provider | None = None
    llm_model: str | None = None
    llm_api_key: SecretStr | None = None
    llm_base_url: str | None = Field(default=None, pattern=r"^https?://[^/?#\s]+[^?#\s]*$")
    llm_timeout_s: float = Field(default=60, gt=0, le=110)
    """For one HTTP call; a text has two minutes in all."""
    llm_output: Literal["tool", "native"] = "tool"
    llm_strict: Literal["on", "off"] = "off"
    llm_review: Literal["on", "off"] = "off"
