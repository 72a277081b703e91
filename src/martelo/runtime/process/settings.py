"""Settings: typed values of an environment, every fault reported together."""

import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Literal, TypeVar

from pydantic import Field, ValidationError
from pydantic_settings import BaseSettings, PydanticBaseSettingsSource, SettingsConfigDict

from martelo.runtime.process.logs import LogFormat, LogLevel


class ProcessSettings(BaseSettings):
    """What every process reads; a context's `Settings` adds its own names.

    A field is named as its variable in lower case (`database_url` reads `DATABASE_URL`); only the
    names of this class are without their `MARTELO_`. An empty variable counts as absent. A field
    of structured JSON is written `Json[...]`, so that its faults are reported like any other.
    """

    model_config = SettingsConfigDict(
        env_ignore_empty=True, frozen=True, extra="ignore", hide_input_in_errors=True
    )

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],  # noqa: ARG003 - the base's
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,  # noqa: ARG003 - the base's
        dotenv_settings: PydanticBaseSettingsSource,  # noqa: ARG003 - the base's
        file_secret_settings: PydanticBaseSettingsSource,  # noqa: ARG003 - the base's
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        """Return the one source: what `load` passes, never the environment of this process."""
        return (init_settings,)

    env: Literal["development", "production"] = Field(
        default="production", validation_alias="MARTELO_ENV"
    )
    host: str = Field(default="127.0.0.1", validation_alias="MARTELO_HOST")
    port: int = Field(default=8000, ge=0, le=65535, validation_alias="MARTELO_PORT")
    log_format: LogFormat = Field(default="console", validation_alias="MARTELO_LOG_FORMAT")
    log_level: LogLevel = Field(default="info", validation_alias="MARTELO_LOG_LEVEL")
    rate_limits: Literal["on", "off"] = Field(default="on", validation_alias="MARTELO_RATE_LIMITS")
    limits_folder: Path | None = Field(default=None, validation_alias="MARTELO_LIMITS_FOLDER")
    workers: int = Field(default=1, ge=1, le=64, validation_alias="MARTELO_WORKERS")


class ServerSettings(ProcessSettings):
    """What every API on granian reads.

    `side_port` is where each worker serves its health alone, so that it never waits for requests.
    `prometheus_multiproc_dir` is a folder of this process alone, in which its workers count
    together; prometheus_client reads the variable itself, too, when it is imported.
    """

    prometheus_multiproc_dir: Path | None = None
    side_port: int | None = Field(
        default=None, ge=1, le=65535, validation_alias="MARTELO_SIDE_PORT"
    )


AnySettings = TypeVar("AnySettings", bound=ProcessSettings)


def load(settings_class: type[AnySettings], environment: Mapping[str, str]) -> AnySettings:
    """Return the settings in `environment`; an empty value is an absent one.

    Missing and malformed names are written to standard error together, without their values
    (they may be secrets), and the process exits with status 2.
    """
    try:
        return settings_class(**_read(settings_class, environment))
    except ValidationError as error:
        faults = sorted(
            (_name(fault["loc"]), fault["msg"])
            for fault in error.errors(include_url=False, include_input=False)
        )
    print("These settings are missing or malformed:", file=sys.stderr)  # noqa: T201 - no logs yet
    for name, message in faults:
        print(f"  {name}: {message}", file=sys.stderr)  # noqa: T201 - the same
    raise SystemExit(2)


def variable_of(settings_class: type[ProcessSettings], field: str) -> str:
    """Return the environment variable that a field is read from."""
    alias = settings_class.model_fields[field].validation_alias
    return alias if isinstance(alias, str) else field.upper()


def _read(settings_class: type[ProcessSettings], environment: Mapping[str, str]) -> dict[str, Any]:
    read: dict[str, Any] = {}
    for field, about in settings_class.model_fields.items():
        alias = about.validation_alias
        value = environment.get(variable_of(settings_class, field))
        if value:
            read[alias if isinstance(alias, str) else field] = value
    return read


def _name(location: tuple[int | str, ...]) -> str:
    if not location:
        return "taken together"  # a rule over several of them
    variable, *inner = (str(part) for part in location)
    return ".".join([variable.upper(), *inner])
