"""Closing an account, and erasing it once no token of it is valid any more."""

import secrets
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction

from martelo.accounts.closing.contexts import Data, OtherContexts
from martelo.accounts.lookup import get_account
from martelo.accounts.models import (
    Account,
    ApiKey,
    EmailLink,
    Mail,
    PasswordLink,
    RefreshFamily,
    TermsAcceptance,
)
from martelo.accounts.passwords.changing import check_current
from martelo.accounts.passwords.hashing import Passwords
from martelo.accounts.refusals import OpenObligations
from martelo.accounts.roles import ADMIN
from martelo.accounts.tokens.signing import ACCESS_LIFETIME

GRACE = ACCESS_LIFETIME + timedelta(minutes=5)
"""Until then a token of the account may be valid, and bring its name back."""

CLOSED_DOMAIN = "closed.invalid"
"""Of the address that an erased account has instead of its own (RFC 2606)."""


def obligations_of(account: Account, held: Mapping[str, Data]) -> list[Mapping[str, Any]]:
    """Return what keeps an account open, each with the context that says so."""
    found: list[Mapping[str, Any]] = [
        {"context": name, **obligation}
        for name, data in held.items()
        for obligation in data.get("obligations", ())
    ]
    if ADMIN in account.roles and not _other_administrators(account):
        found.append({"context": "accounts", "kind": "last-administrator"})
    return found


def close_account(  # noqa: PLR0913, PLR0917 - what a closing takes
    account_id: str,
    current_password: str,
    passwords: Passwords,
    contexts: OtherContexts,
    now: datetime,
    end_sessions: Callable[[str], None],
) -> None:
    """Close an account: nobody can use it from now on; its data are erased after `GRACE`.

    `end_sessions` ends the sessions of an account.

    Raises:
        AccountNotFound: There is no such account, or it is closed already.
        WrongPassword: The password is another.
        OpenObligations: Open auctions or something else keep the account open.
        ContextsUnavailable: It cannot be known whether there are any.
        SessionsUnavailable: The sessions cannot be ended, so the account stays open.
    """
    account = get_account(account_id)
    check_current(account, current_password, passwords)
    obligations = obligations_of(account, contexts.read(account_id))
    if obligations:
        raise OpenObligations(obligations)
    nobodys = passwords.hash(secrets.token_urlsafe(32))
    with transaction.atomic():
        Account.objects.filter(id=account.id).update(closed_at=now, password=nobodys, roles=[])
        _forget_access(account)
        end_sessions(account_id)


def erase_next(contexts: OtherContexts, now: datetime) -> bool:
    """Erase one closed account whose time has come; return whether there was one.

    It is done in the other contexts first; while one of them fails, it is tried again.
    """
    with transaction.atomic():
        due = Account.objects.filter(closed_at__lte=now - GRACE, erased_at=None)
        account = due.order_by("closed_at").select_for_update(skip_locked=True).first()
        if account is None or not contexts.erase(str(account.id)):
            return False
        _erase(account, now)
        return True


def _erase(account: Account, now: datetime) -> None:
    Mail.objects.filter(email__iexact=account.email).delete()
    for table in (EmailLink, PasswordLink, TermsAcceptance):
        table.objects.filter(account=account).delete()
    _forget_access(account)
    account.email, account.name = f"{account.id}@{CLOSED_DOMAIN}", ""
    account.erased_at = now
    account.save(update_fields=["email", "name", "erased_at"])


def _forget_access(account: Account) -> None:
    ApiKey.objects.filter(account=account).delete()
    RefreshFamily.objects.filter(account=account).delete()


def _other_administrators(account: Account) -> Sequence[Account]:
    return list(Account.objects.filter(roles__contains=[ADMIN]).exclude(id=account.id)[:1])
