"""`admin EMAIL`: give an account the role `admin`."""

import sys

import structlog

from martelo.accounts.security_events import Event
from martelo.runtime.process.commands import Command, give_up
from martelo.storefront import django_setup
from martelo.storefront.settings import DatabaseSettings

log = structlog.get_logger(__name__)


def run(settings: DatabaseSettings, email: str) -> None:
    """Give the account with this e-mail the role `admin`."""
    django_setup.configure_django(settings.database_url)

    from martelo.accounts.people.registration import grant_admin  # noqa: PLC0415 - needs Django
    from martelo.accounts.refusals import AccountNotFound  # noqa: PLC0415 - the same

    try:
        account = grant_admin(email)
    except AccountNotFound:
        give_up(f"no account has the e-mail {email}")
    log.info("security-event", security_event=Event.ROLE_GRANTED, account_id=str(account.id))
    sys.stdout.write(f"{account.email} is an administrator; their next sign-in says so.\n")


COMMAND = Command(
    name="storefront-admin", settings=DatabaseSettings, run=run, arguments={"email": None}
)
