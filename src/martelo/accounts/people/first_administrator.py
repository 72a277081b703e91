"""The link that makes the first account of a house an administrator.

Its key is signed, not stored: it works for a day, and only while there is no administrator, so the
first who uses it is the last.
"""

import secrets
from datetime import datetime, timedelta

from django.core.signing import BadSignature, Signer
from django.db import connection, transaction

from martelo.accounts.lookup import get_account
from martelo.accounts.models import Account
from martelo.accounts.people.registration import grant_admin
from martelo.accounts.roles import ADMIN

LIFETIME = timedelta(hours=24)
_SALT = "martelo.first-administrator"
_LOCK = 0x6D617275
"""Our advisory lock: of two people with the link, one waits and then finds an administrator."""


def make_key(secret: str, now: datetime) -> str:
    """Return a key that works for `LIFETIME` from `now`; each is another."""
    text = f"{int(now.timestamp())}.{secrets.token_urlsafe(12)}"
    return Signer(key=secret, salt=_SALT).sign(text)


def is_valid_key(key: str, secret: str, now: datetime) -> bool:
    """Return whether `make_key` made it no longer than `LIFETIME` ago."""
    try:
        text = Signer(key=secret, salt=_SALT).unsign(key)
    except BadSignature:
        return False
    age_s = now.timestamp() - int(text.partition(".")[0])
    return -1 < age_s < LIFETIME.total_seconds()


def has_administrator() -> bool:
    """Return whether there is one."""
    return Account.objects.filter(roles__contains=[ADMIN]).exists()


def appoint_first(account_id: str) -> Account | None:
    """Give an account the role `admin`; `None` if there is an administrator already.

    Raises:
        AccountNotFound: There is no such account.
    """
    with transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_xact_lock(%s)", [_LOCK])
        if has_administrator():
            return None
        return grant_admin(get_account(account_id).email)
