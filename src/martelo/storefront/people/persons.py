"""An account as its sessions show it."""

from martelo.accounts.models import Account
from martelo.storefront.sessions.sessions import Person


def person_of_account(account: Account) -> Person:
    """Return who signs in with an account."""
    return Person(
        str(account.id),
        account.name,
        tuple(account.roles),
        email_verified=account.email_confirmed_at is not None,
        terms_version=account.terms_version,
    )
