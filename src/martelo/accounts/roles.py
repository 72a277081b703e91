"""The roles of accounts."""

from martelo.accounts.models import Account

BUYER = "buyer"
ADMIN = "admin"


def roles_by_key(account: Account) -> list[str]:
    """Return the roles in which an account's programs act: never as an administrator."""
    return [role for role in account.roles if role != ADMIN]
