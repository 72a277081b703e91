"""Run a process or one-off: `python -m martelo.demo.main NAME`."""

import os
import sys

from martelo.runtime.process.commands import run_command

NAMES = ("bidders", "seed")

if __name__ == "__main__":
    run_command("martelo.demo.main", NAMES, sys.argv[1:], os.environ)  # noqa: TID251 - main reads it
