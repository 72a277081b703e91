"""A new password without the old one: by a link that is good once."""

import uuid
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import QuerySet

from martelo.accounts.lookup import confirm_present
from martelo.accounts.models import Account, PasswordLink
from martelo.accounts.passwords.changing import Finish, check_password, replace_password
from martelo.accounts.passwords.hashing import Passwords
from martelo.accounts.passwords.rules import clean_password
from martelo.accounts.refusals import LinkExpired

LINK_LIFETIME = timedelta(minutes=30)


@dataclass(frozen=True, slots=True)
class Reset:
    """A new password by a link; `link_id` is `None` where the link's secret is forged."""

    link_id: uuid.UUID | None
    password: str
    revokes_keys: bool = True


def open_link(account: Account, link_id: uuid.UUID, created_at: datetime, *, mailed: bool) -> bool:
    """Open a link to a new password, and close older ones; opened again, it is the same.

    Return whether it serves: another attempt to send its e-mail may find it used, replaced by a
    newer one or expired.
    """
    with transaction.atomic():
        Account.objects.select_for_update().get(id=account.id)
        links = PasswordLink.objects.filter(account=account)
        if links.filter(created_at__gt=created_at).exists():
            return False
        expires_at = created_at + LINK_LIFETIME
        link, _ = PasswordLink.objects.get_or_create(
            id=link_id,
            defaults={
                "account": account,
                "created_at": created_at,
                "expires_at": expires_at,
                "mailed": mailed,
            },
        )
        links.filter(closed_at=None).exclude(id=link_id).update(closed_at=created_at)
        return link.closed_at is None


def reset_password(reset: Reset, passwords: Passwords, now: datetime, finish: Finish) -> None:
    """Give the account of a link another password, and count its address as confirmed.

    A password that breaks a rule leaves the link good. Only a link that was mailed confirms.

    Raises:
        LinkExpired: The link is used, replaced, expired or unknown.
        InvalidInput: The password breaks a rule.
    """
    link = find_link(reset.link_id, now)
    account = link.account
    password = clean_password(reset.password)
    check_password(account, password)
    account.password = passwords.hash(password)
    with transaction.atomic():
        # Of two requests at once one closes it.
        if not _open_links(now).filter(id=link.id).update(closed_at=now):
            raise LinkExpired
        if link.mailed:
            confirm_present(account, now)
        replace_password(account, now, revokes_keys=reset.revokes_keys)
        finish(account)


def find_link(link_id: uuid.UUID | None, now: datetime) -> PasswordLink:
    """Return an open link with its account.

    Raises:
        LinkExpired: There is none.
    """
    link = _open_links(now).select_related("account").filter(id=link_id).first()
    if link is None:
        raise LinkExpired
    return link


def _open_links(now: datetime) -> QuerySet[PasswordLink]:
    return PasswordLink.objects.filter(closed_at=None, expires_at__gt=now)
