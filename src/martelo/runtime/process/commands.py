"""Commands of a context: `python -m martelo.CONTEXT.main NAME`, each in a module of its own.

A process imports its own module only, since what the others need would double its memory.
"""

import argparse
import sys
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from importlib import import_module
from typing import Generic, NoReturn

import structlog

from martelo.runtime.process import logs
from martelo.runtime.process.settings import AnySettings, load

log = structlog.get_logger(__name__)


@dataclass(frozen=True, kw_only=True)
class Command(Generic[AnySettings]):
    """A process or a one-off, as its module's `COMMAND`.

    `name` is its name in logs. `run` takes the settings, and each of `arguments` as a keyword:
    those of the command line, by name, with how many there are as argparse writes it.
    `unavailable`: what `run` raises where something it cannot do without is missing.
    """

    name: str
    settings: type[AnySettings]
    run: Callable[..., None]
    arguments: Mapping[str, str | None] | None = None
    unavailable: tuple[type[Exception], ...] = ()


def run_command(
    package: str, names: Sequence[str], words: Sequence[str], environment: Mapping[str, str]
) -> None:
    """Run the command of `package` that `words` name, out of `names`.

    Exits with status 1 where something it needs is unavailable, 2 where the command line or the
    settings are wrong.
    """
    parser = argparse.ArgumentParser(prog=f"python -m {package}")
    parser.add_argument("name", choices=sorted(names))
    name = parser.parse_args(words[:1]).name
    command: Command = import_module(f"{package}.{name.replace('-', '_')}").COMMAND  # type: ignore[type-arg]
    own = argparse.ArgumentParser(prog=f"python -m {package} {name}")
    for argument, count in (command.arguments or {}).items():
        own.add_argument(argument, nargs=count)
    arguments = vars(own.parse_args(words[1:]))
    settings = start_process(command.name, command.settings, environment)
    try:
        command.run(settings, **arguments)
    except command.unavailable as error:
        log.error("cannot-start", reason=str(error))  # noqa: TRY400 - the reason is the message
        raise SystemExit(1) from error


def start_process(
    name: str, settings_class: type[AnySettings], environment: Mapping[str, str]
) -> AnySettings:
    """Return the settings of a process, and start its logs as they say."""
    settings = load(settings_class, environment)
    logs.configure(settings.log_format, settings.log_level, name)
    return settings


def give_up(reason: str) -> NoReturn:
    """Write why a command cannot do its work, and exit with status 1."""
    sys.stderr.write(f"{reason}\n")
    raise SystemExit(1)
