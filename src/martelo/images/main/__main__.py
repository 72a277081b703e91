"""Run a process or one-off: `python -m martelo.images.main NAME`."""

import os
import sys

from martelo.runtime.process.commands import run_command

NAMES = ("api", "migrate", "openapi")

if __name__ == "__main__":
    run_command("martelo.images.main", NAMES, sys.argv[1:], os.environ)  # noqa: TID251 - main reads it
