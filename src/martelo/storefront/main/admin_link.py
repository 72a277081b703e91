"""`admin-link`: print the link that makes the first account an administrator."""

import sys
from datetime import UTC, datetime
from urllib.parse import urlencode

from martelo.runtime.process.commands import Command
from martelo.storefront import django_setup
from martelo.storefront.settings import AdminLinkSettings


def run(settings: AdminLinkSettings) -> None:
    """Print a link while there is no administrator, else that there is one."""
    django_setup.configure_django(settings.database_url)
    from martelo.accounts.people import first_administrator  # noqa: PLC0415 - Django must be set up first

    if first_administrator.has_administrator():
        sys.stdout.write("This house has an administrator.\n")
        return
    secret = settings.django_secret_key.get_secret_value()
    key = first_administrator.make_key(secret, datetime.now(UTC))
    link = f"{settings.public_url.rstrip('/')}/primeiro-administrador?{urlencode({'chave': key})}"
    sys.stdout.write(
        f"This house has no administrator. Whoever opens this link becomes it, once, within 24 h: "
        f"{link}\n"
    )


COMMAND = Command(name="storefront-admin-link", settings=AdminLinkSettings, run=run)
