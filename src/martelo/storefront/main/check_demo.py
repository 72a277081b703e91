"""`check-demo`: fail while the house has accounts of the demo."""

from martelo.accounts.passwords.hashing import Passwords, argon2id
from martelo.runtime.process.commands import Command, give_up
from martelo.storefront import django_setup
from martelo.storefront.settings import DatabaseSettings

REMEDY = "Remove them with: ./martelo up --remove-demo"


def run(settings: DatabaseSettings) -> None:
    """Exit with status 1 and name the accounts of the demo, if there are any."""
    django_setup.configure_django(settings.database_url)
    from martelo.accounts import demo  # noqa: PLC0415 - Django must be set up first

    names = [account.email for account in demo.find_accounts(Passwords(argon2id()))]
    if names:
        give_up(f"accounts of the demo are still there: {', '.join(names)}\n{REMEDY}")


COMMAND = Command(name="storefront-check-demo", settings=DatabaseSettings, run=run)
