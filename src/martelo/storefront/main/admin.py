"""`admin EMAIL`: give an account the role `admin`."""

import sys

from martelo.runtime.process.commands import Command, give_up
from martelo.storefront import django_setup
from martelo.storefront.settings import DatabaseSettings


def run(settings: DatabaseSettings, email: str) -> None:
    """Give the account with this e-mail the role `admin`."""
    django_setup.configure_django(settings.database_url)
    from martelo.accounts import (  # noqa: PLC0415 - Django must be set up first
        refusals,
        services,
    )

    try:
        account = services.grant_admin(email)
    except refusals.AccountNotFound:
        give_up(f"no account has the e-mail {email}")
    sys.stdout.write(f"{account.email} is an administrator; their next sign-in says so.\n")


COMMAND = Command(
    name="storefront-admin", settings=DatabaseSettings, run=run, arguments={"email": None}
)
