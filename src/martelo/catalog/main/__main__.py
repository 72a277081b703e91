"""Run a process or one-off: `python -m martelo.catalog.main NAME`."""

import os
import sys

from martelo.runtime.process.commands import run_command

NAMES = ("api", "replica", "migrate", "openapi")

if __name__ == "__main__":
    run_command("martelo.catalog.main", NAMES, sys.argv[1:], os.environ)  # noqa: TID251 - main reads it
