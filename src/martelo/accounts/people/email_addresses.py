"""Confirming the address of an account, and giving it another one, by a link sent to it."""

import uuid
from datetime import datetime, timedelta

from django.db import IntegrityError, transaction
from django.db.models import QuerySet

from martelo.accounts.lookup import find_by_email
from martelo.accounts.models import Account, EmailLink, PasswordLink
from martelo.accounts.refusals import EmailTaken, LinkExpired

LINK_LIFETIME = timedelta(hours=24)
MAX_LINKS_PER_HOUR = 3
"""Links of one account."""

MAX_PATH_LENGTH = 500


def is_taken(email: str, account: Account) -> bool:
    """Return whether another account has an address."""
    other = find_by_email(email)
    return other is not None and other.id != account.id


def count_links(account: Account, now: datetime) -> int:
    """Return how many links were made for an account within the last hour."""
    return EmailLink.objects.filter(
        account=account, created_at__gt=now - timedelta(hours=1)
    ).count()


def make_link(account: Account, email: str, now: datetime, next_path: str = "/") -> EmailLink:
    """Make a link for an account, to be sent to `email`; links to other addresses close.

    Its page goes on to `next_path`, a path of this site.
    """
    links = EmailLink.objects.filter(account=account)
    links.filter(closed_at=None).exclude(email=email).update(closed_at=now)
    links.filter(expires_at__lt=now - LINK_LIFETIME).delete()
    return EmailLink.objects.create(
        account=account,
        email=email,
        next_path=next_path if len(next_path) <= MAX_PATH_LENGTH else "/",
        created_at=now,
        expires_at=now + LINK_LIFETIME,
    )


def find_link(link_id: uuid.UUID | None, now: datetime) -> EmailLink:
    """Return an open link with its account; `link_id` is `None` where its secret is forged.

    Raises:
        LinkExpired: There is none.
    """
    link = _open_links(now).select_related("account").filter(id=link_id).first()
    if link is None:
        raise LinkExpired
    return link


def confirm_email(link_id: uuid.UUID | None, now: datetime) -> EmailLink:
    """Give the account of a link the address that it was sent to, and count it as confirmed.

    All its links close, also those to a new password, which went to the former address.

    Raises:
        LinkExpired: The link is used, replaced, expired or unknown.
        EmailTaken: Another account has the address meanwhile.
    """
    link = find_link(link_id, now)
    account = link.account
    is_change = account.email != link.email
    account.email, account.email_confirmed_at = link.email, now
    with transaction.atomic():
        # Of two requests at once one closes it.
        if not _open_links(now).filter(id=link.id).update(closed_at=now):
            raise LinkExpired
        if is_taken(link.email, account):
            raise EmailTaken
        _save_address(account)
        EmailLink.objects.filter(account=account, closed_at=None).update(closed_at=now)
        if is_change:
            PasswordLink.objects.filter(account=account, closed_at=None).update(closed_at=now)
    return link


def change_unsent(account: Account, email: str) -> None:
    """Give an account another address, unconfirmed, in a house that sends no e-mails.

    Raises:
        EmailTaken: Another account has it.
    """
    if is_taken(email, account):
        raise EmailTaken
    account.email, account.email_confirmed_at = email, None
    _save_address(account)


def _save_address(account: Account) -> None:
    try:
        with transaction.atomic():
            account.save(update_fields=["email", "email_confirmed_at"])
    except IntegrityError as error:
        # It was registered at the same moment.
        raise EmailTaken from error


def _open_links(now: datetime) -> QuerySet[EmailLink]:
    return EmailLink.objects.filter(closed_at=None, expires_at__gt=now)
