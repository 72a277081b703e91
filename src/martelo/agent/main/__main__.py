"""Run a process or one-off of the agent: `python -m martelo.agent.main NAME`.

A process imports its own module only, since what the others need would double its memory.
"""

import argparse
from importlib import import_module

import structlog

from martelo.runtime.postgresql.connections import DatabaseUnavailable

NAMES = ("api", "migrate", "openapi", "worker")

log = structlog.get_logger(__name__)


def main(arguments: list[str] | None = None) -> None:
    """Run what is named; exit with 1 where the database it cannot do without is not there."""
    parser = argparse.ArgumentParser(prog="python -m martelo.agent.main")
    commands = parser.add_subparsers(dest="name", required=True)
    for name in NAMES:
        commands.add_parser(name)
    asked = parser.parse_args(arguments)
    try:
        import_module(f"martelo.agent.main.{asked.name}").run()
    except DatabaseUnavailable as error:
        log.error("cannot-start", reason=str(error))  # noqa: TRY400 - the reason is the message
        raise SystemExit(1) from error


if __name__ == "__main__":
    main()
