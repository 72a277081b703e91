"""The accounts of the demo; their password is published, so production has none of them."""

from collections.abc import Callable, Iterator
from functools import lru_cache

from django.db import transaction
from django.db.models import Q
from django.db.models.functions import Lower

from martelo.accounts.lookup import confirm_present, find_by_email
from martelo.accounts.models import Account
from martelo.accounts.passwords.hashing import Passwords
from martelo.accounts.people.registration import grant_admin, register
from martelo.accounts.refusals import EmailTaken
from martelo.accounts.roles import ADMIN

PASSWORD = "martelo-demo"  # noqa: S105 - published on purpose
PEOPLE = {
    "ana@example.com": "Ana Souza",
    "bruno@example.com": "Bruno Lima",
    "carla@example.com": "Carla Dias",
}
ADMINISTRATOR = "admin@example.com"
BIDDERS = (
    "lia.demo@example.com",
    "tiago.demo@example.com",
    "marina.demo@example.com",
    "otavio.demo@example.com",
    "helena.demo@example.com",
)
"""The simulated people, who register like everybody; their passwords are not published."""


def find_people(passwords: Passwords) -> Iterator[tuple[str, str]]:
    """Yield e-mail address and name of those that the published password lets in."""
    for email, name in {**PEOPLE, ADMINISTRATOR: "Rita Prado"}.items():
        account = find_by_email(email)
        if account is not None and _opens(account.password, passwords):
            yield email, name


def find_accounts(passwords: Passwords) -> list[Account]:
    """Return what the demo made, and administrators whom the published password lets in."""
    made = {*PEOPLE, ADMINISTRATOR, *BIDDERS}
    is_candidate = Q(lowered__in=made) | Q(roles__contains=[ADMIN])
    candidates = Account.objects.alias(lowered=Lower("email")).filter(is_candidate)
    return [
        account
        for account in candidates.order_by("email")
        if account.email.lower() in made or _opens(account.password, passwords)
    ]


def remove_accounts(passwords: Passwords, end_sessions: Callable[[str], None]) -> list[str]:
    """Delete those of `find_accounts` with their keys and sign-ins; return their addresses.

    `end_sessions` ends the sessions of an account, by its id; if it raises, nothing is deleted.
    Ledgers keep the names and the bids.
    """
    with transaction.atomic():
        accounts = find_accounts(passwords)
        Account.objects.filter(id__in=[account.id for account in accounts]).delete()
        for account in accounts:
            end_sessions(str(account.id))
    return [account.email for account in accounts]


@lru_cache(maxsize=64)
def _opens(stored: str, passwords: Passwords) -> bool:
    # The answer for a stored hash never changes, and checking it is costly on purpose.
    return passwords.matches(stored, PASSWORD)


def make_accounts(passwords: Passwords) -> Iterator[str]:
    """Make those that are missing, and yield a line about each."""
    for email, name in {**PEOPLE, ADMINISTRATOR: "Rita Prado"}.items():
        try:
            account = register(email, PASSWORD, name, passwords)
            confirm_present(account, account.created_at)
            yield f"{email}: made"
        except EmailTaken:
            yield f"{email}: was there"
    grant_admin(ADMINISTRATOR)
