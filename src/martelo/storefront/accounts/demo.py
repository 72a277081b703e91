"""The accounts of the demo; their password is published, so production has none of them."""

from collections.abc import Iterator

from martelo.storefront.accounts import services
from martelo.storefront.accounts.passwords import Passwords
from martelo.storefront.accounts.refusals import EmailTaken

PASSWORD = "martelo-demo"  # noqa: S105 - published on purpose
PEOPLE = {
    "ana@example.com": "Ana Souza",
    "bruno@example.com": "Bruno Lima",
    "carla@example.com": "Carla Dias",
}
ADMINISTRATOR = "admin@example.com"


def make_accounts(passwords: Passwords) -> Iterator[str]:
    """Make those that are missing, and yield a line about each."""
    for email, name in {**PEOPLE, ADMINISTRATOR: "Admin"}.items():
        try:
            services.register(email, PASSWORD, name, passwords)
            yield f"{email}: made"
        except EmailTaken:
            yield f"{email}: was there"
    services.grant_admin(ADMINISTRATOR)
