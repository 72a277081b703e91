"""The accounts of the demo; their password is published, so production has none of them."""

from collections.abc import Iterator
from functools import lru_cache

from martelo.accounts import services
from martelo.accounts.passwords import Passwords
from martelo.accounts.refusals import EmailTaken

PASSWORD = "martelo-demo"  # noqa: S105 - published on purpose
PEOPLE = {
    "ana@example.com": "Ana Souza",
    "bruno@example.com": "Bruno Lima",
    "carla@example.com": "Carla Dias",
}
ADMINISTRATOR = "admin@example.com"


def find_people(passwords: Passwords) -> Iterator[tuple[str, str]]:
    """Yield e-mail address and name of those that the published password lets in."""
    for email, name in {**PEOPLE, ADMINISTRATOR: "Admin"}.items():
        account = services.find_by_email(email)
        if account is not None and _opens(account.password, passwords):
            yield email, name


@lru_cache(maxsize=64)
def _opens(stored: str, passwords: Passwords) -> bool:
    # The answer for a stored hash never changes, and checking it is costly on purpose.
    return passwords.matches(stored, PASSWORD)


def make_accounts(passwords: Passwords) -> Iterator[str]:
    """Make those that are missing, and yield a line about each."""
    for email, name in {**PEOPLE, ADMINISTRATOR: "Admin"}.items():
        try:
            services.register(email, PASSWORD, name, passwords)
            yield f"{email}: made"
        except EmailTaken:
            yield f"{email}: was there"
    services.grant_admin(ADMINISTRATOR)
