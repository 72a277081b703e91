"""Changing a password, and ending what was opened with the old one."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction

from martelo.accounts.house.settings import read_house
from martelo.accounts.lookup import get_account
from martelo.accounts.models import Account, EmailLink, PasswordLink, RefreshFamily
from martelo.accounts.passwords.hashing import Passwords
from martelo.accounts.passwords.rules import (
    MAX_PASSWORD_LENGTH,
    clean_password,
    password_faults,
)
from martelo.accounts.refusals import WrongPassword
from martelo.accounts.tokens.keys import revoke_keys
from martelo.kernel.refusal import refuse_faults

Finish = Callable[[Account], None]
"""What else a new password does, in its transaction: sessions end, a notice is sent."""


@dataclass(frozen=True, slots=True)
class PasswordChange:
    """A person's new password and their present one; `revokes_keys` says if API keys end too."""

    current: str
    password: str
    revokes_keys: bool = True


def change_password(
    account_id: str,
    change: PasswordChange,
    passwords: Passwords,
    now: datetime,
    finish: Finish,
) -> None:
    """Give an account another password, and end what was opened with the old one.

    Raises:
        WrongPassword: the current password is another.
        InvalidInput: the new one breaks a rule.
        AccountNotFound: there is no such account.
    """
    account = get_account(account_id)
    password = clean_password(change.password)
    check_password(account, password)
    check_current(account, change.current, passwords)
    checked, account.password = account.password, passwords.hash(password)
    with transaction.atomic():
        unchanged = Account.objects.filter(id=account.id, password=checked)
        if unchanged.select_for_update().first() is None:
            raise WrongPassword
        replace_password(account, now, revokes_keys=change.revokes_keys)
        finish(account)


def check_current(account: Account, typed: str, passwords: Passwords) -> None:
    """Check that a person knows the password of their account.

    Raises:
        WrongPassword: it is another.
    """
    if len(typed) > MAX_PASSWORD_LENGTH or not passwords.matches(
        account.password, clean_password(typed)
    ):
        raise WrongPassword


def check_password(account: Account, password: str) -> None:
    """Check a cleaned password that an account shall have.

    Raises:
        InvalidInput: it breaks a rule.
    """
    known = guessable_from(account.email, account.name)
    refuse_faults(*password_faults("password", password, known))


def replace_password(account: Account, now: datetime, *, revokes_keys: bool) -> None:
    """Store an account's new hash; refresh tokens, links and, if wanted, API keys end with it.

    A change of the e-mail address that was not confirmed yet ends, too.
    """
    account.save(update_fields=["password"])
    RefreshFamily.objects.filter(account=account, revoked_at=None).update(revoked_at=now)
    PasswordLink.objects.filter(account=account, closed_at=None).update(closed_at=now)
    changes = EmailLink.objects.filter(account=account, closed_at=None)
    changes.exclude(email=account.email).update(closed_at=now)
    if revokes_keys:
        revoke_keys(str(account.id), now)


def guessable_from(email: str, name: str) -> tuple[str, ...]:
    """Return what others know of a person and the house, and try as a password first."""
    return email, email.partition("@")[0], name, read_house().name
