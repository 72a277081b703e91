"""`remove-demo`: delete the accounts of the demo, with their keys, sign-ins and sessions."""

import sys

from martelo.accounts.passwords.hashing import Passwords, argon2id
from martelo.accounts.sessions import SessionsUnavailable
from martelo.runtime.process.commands import Command
from martelo.storefront import django_setup
from martelo.storefront.sessions.sessions import Sessions
from martelo.storefront.sessions.valkey_sessions import ValkeyKeyValues
from martelo.storefront.settings import RemovalSettings


def run(settings: RemovalSettings) -> None:
    """Delete the accounts of the demo and name them; lots and ledgers stay as they are."""
    django_setup.configure_django(settings.database_url)
    from martelo.accounts import demo  # noqa: PLC0415 - Django must be set up first

    if settings.valkey_url is None:
        # Whoever is signed in would stay so.
        raise SessionsUnavailable("VALKEY_URL is not set")
    key_values = ValkeyKeyValues(settings.valkey_url.get_secret_value())
    sessions = Sessions(key_values, django_setup.utc_now)
    for email in demo.remove_accounts(Passwords(argon2id()), sessions.end_all):
        sys.stdout.write(f"{email}: removed\n")


COMMAND = Command(
    name="storefront-remove-demo",
    settings=RemovalSettings,
    run=run,
    unavailable=(SessionsUnavailable,),
)
