"""Signing in with e-mail address and password."""

from martelo.accounts.lookup import find_by_email
from martelo.accounts.models import Account
from martelo.accounts.passwords.hashing import Passwords
from martelo.accounts.passwords.rules import MAX_PASSWORD_LENGTH, clean_password
from martelo.accounts.refusals import BadCredentials


def sign_in(email: str, password: str, passwords: Passwords) -> Account:
    """Return the account that has both.

    Raises:
        BadCredentials: No account has both.
    """
    password = clean_password(password)
    if len(password) > MAX_PASSWORD_LENGTH:
        raise BadCredentials
    account = find_by_email(email)
    if not passwords.matches(account.password if account else None, password) or account is None:
        raise BadCredentials
    if passwords.is_outdated(account.password):
        _rehash(account, password, passwords)
    return account


def _rehash(account: Account, password: str, passwords: Passwords) -> None:
    checked, account.password = account.password, passwords.hash(password)
    unchanged = Account.objects.filter(id=account.id, password=checked)
    if not unchanged.update(password=account.password):
        account.refresh_from_db()
        if not passwords.matches(account.password, password):
            raise BadCredentials
