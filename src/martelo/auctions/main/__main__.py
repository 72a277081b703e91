"""Run a process or one-off of the auctions: `python -m martelo.auctions.main NAME`.

A process imports its own module only, since what the others need would double its memory.
"""

import argparse
from importlib import import_module

import structlog

from martelo.auctions.ports.failures import RecordUnavailable, StoreUnavailable

NAMES = ("api", "asyncapi", "live", "migrate", "openapi", "socketio", "verify", "worker")

log = structlog.get_logger(__name__)


def main(arguments: list[str] | None = None) -> None:
    """Run what is named; exit with 1 where a store it cannot do without is not there."""
    parser = argparse.ArgumentParser(prog="python -m martelo.auctions.main")
    commands = parser.add_subparsers(dest="name", required=True)
    for name in NAMES:
        command = commands.add_parser(name)
        if name == "verify":
            command.add_argument("auctions", nargs="+", metavar="auction")
    asked = vars(parser.parse_args(arguments))
    try:
        import_module(f"martelo.auctions.main.{asked.pop('name')}").run(**asked)
    except (RecordUnavailable, StoreUnavailable) as error:
        log.error("cannot-start", reason=str(error))  # noqa: TRY400 - the reason is the message
        raise SystemExit(1) from error


if __name__ == "__main__":
    main()
