"""Settings: the environment, read once, typed, every fault reported together."""

import sys
from pathlib import Path
from typing import Literal, TypeVar

from pydantic import Field, ValidationError
from pydantic_settings import BaseSettings, SettingsConfigDict

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

    `prometheus_multiproc_dir` is a folder of this process alone, in which its workers count
    together; prometheus_client reads the variable itself, too, when it is imported.
    """

    prometheus_multiproc_dir: Path | None = None


AnySettings = TypeVar("AnySettings", bound=ProcessSettings)


def load(settings_class: type[AnySettings]) -> AnySettings:
    """Return the settings the environment gives.

    Missing and malformed names are written to standard error together, without their values
    (they may be secrets), and the process exits with status 2.
    """
    try:
        return settings_class()
    except ValidationError as error:
        faults = sorted(
            (_name(fault["loc"]), fault["msg"])
            for fault in error.errors(include_url=False, include_input=False)
        )
    print("These settings are missing or malformed:", file=sys.stderr)  # noqa: T201 - no logs yet
    for name, message in faults:
        print(f"  {name}: {message}", file=sys.stderr)  # noqa: T201 - the same
    raise SystemExit(2)


def _name(location: tuple[int | str, ...]) -> str:
    if not location:
        return "taken together"  # a rule over several of them
    variable, *inner = (str(part) for part in location)
    return ".".join([variable.upper(), *inner])
