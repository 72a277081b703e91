"""`demo-accounts`: make the accounts of the demo, where they are missing."""

import sys

from martelo.accounts.passwords.hashing import Passwords, argon2id
from martelo.runtime.process.commands import Command, give_up
from martelo.storefront import django_setup
from martelo.storefront.settings import DatabaseSettings


def run(settings: DatabaseSettings) -> None:
    """Make the accounts of the demo; never in production."""
    if settings.env == "production":
        give_up("demo accounts have a published password: not with MARTELO_ENV=production")
    django_setup.configure_django(settings.database_url)
    from martelo.accounts import demo  # noqa: PLC0415 - Django must be set up first

    for line in demo.make_accounts(Passwords(argon2id())):
        sys.stdout.write(f"{line}\n")


COMMAND = Command(name="storefront-demo-accounts", settings=DatabaseSettings, run=run)
