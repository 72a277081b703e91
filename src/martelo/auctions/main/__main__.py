"""Run a process or one-off: `python -m martelo.auctions.main NAME`."""

import os
import sys

from martelo.runtime.process.commands import run_command

NAMES = (
    "api",
    "asyncapi",
    "live",
    "migrate",
    "openapi",
    "resume-closing",
    "socketio",
    "verify",
    "worker",
)

if __name__ == "__main__":
    run_command("martelo.auctions.main", NAMES, sys.argv[1:], os.environ)  # noqa: TID251 - main reads it
