"""`migrate`: bring the tables of accounts up to date."""

from django.core.management import call_command

from martelo.runtime.process.commands import Command
from martelo.storefront import django_setup
from martelo.storefront.settings import MigrationSettings


def run(settings: MigrationSettings) -> None:
    """Bring the tables up to date, as their owner, and let the runtime role use them."""
    django_setup.configure_django(settings.database_owner_url)
    from martelo.accounts import schema  # noqa: PLC0415 - Django must be set up first

    with schema.only_one():
        call_command("migrate", interactive=False, verbosity=1)
        schema.grant_use(settings.database_url)


COMMAND = Command(name="storefront-migrate", settings=MigrationSettings, run=run)
