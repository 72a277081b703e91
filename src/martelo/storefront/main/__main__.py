"""Run a process or one-off: `python -m martelo.storefront.main NAME`."""

import os
import sys

from martelo.runtime.process.commands import run_command

NAMES = (
    "admin",
    "admin-link",
    "check-demo",
    "demo-accounts",
    "migrate",
    "openapi",
    "password-link",
    "remove-demo",
    "web",
)

if __name__ == "__main__":
    run_command("martelo.storefront.main", NAMES, sys.argv[1:], os.environ)  # noqa: TID251 - main reads it
