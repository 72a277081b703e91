"""The roles of accounts."""

from collections.abc import Collection
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from martelo.accounts.models import Account

BUYER = "buyer"
ADMIN = "admin"
SELLER = "seller"
"""Whom the house approved, where it does not let everybody sell."""

EVERYBODY, APPROVED, HOUSE = "everybody", "approved", "house"
WHO_MAY_SELL = (EVERYBODY, APPROVED, HOUSE)
"""Everybody, those whom an administrator approved, or only administrators."""


def roles_by_key(account: "Account") -> list[str]:
    """Return the roles in which an account's programs act: never as an administrator."""
    return [role for role in account.roles if role != ADMIN]


def may_sell(roles: Collection[str], who_may_sell: str) -> bool:
    """Return whether somebody with these roles may sell; `who_may_sell` is the house's setting."""
    match who_may_sell:
        case "everybody":
            return True
        case "approved":
            return SELLER in roles or ADMIN in roles
        case _:
            return ADMIN in roles
