"""The outbox: e-mails of accounts as rows, claimed by one sender until its lease ends."""

import uuid
from datetime import datetime, timedelta

from django.db import connection, transaction
from django.db.models import QuerySet
from django.db.models.functions import Lower

from martelo.accounts.models import Mail

PASSWORD_LINK = "password-link"  # noqa: S105 - a kind of e-mail
ACCOUNT_EXISTS = "account-exists"
"""Somebody registered an address that has an account; it carries a link to a new password."""

EMAIL_LINK = "email-link"
PASSWORD_CHANGED = "password-changed"  # noqa: S105 - a kind, too
EMAIL_CHANGE = "email-change"
"""The notice to the present address that another one shall take its place."""

LINKS = frozenset({PASSWORD_LINK, ACCOUNT_EXISTS, EMAIL_LINK})

LEASE = timedelta(minutes=2)
"""After it the mail of a sender that died is due again."""

FIRST_PAUSE = timedelta(seconds=15)
MAX_PAUSE = timedelta(minutes=30)
MAX_MAILS_PER_HOUR = 20
"""E-mails to one address; more wait, so that a notice is not suppressed by causing others."""

MAX_LINKS_PER_HOUR = 3
"""Links of a kind to one address; more are dropped, since those sent serve."""

LIMIT_PAUSE = timedelta(minutes=10)
BATCH = 100

RETENTION = timedelta(days=30)
SENT = "sent"
TOO_MANY = "too-many"

_LOCK = 0x6D61696C
"""Our advisory lock ("mail"): claims are made one after another, so that they can be counted."""


def put(
    kind: str, email: str, language: str, now: datetime, *, link_id: uuid.UUID | None = None
) -> None:
    """Store an e-mail that shall be sent, in the transaction of what it reports.

    `link_id` is that of its link, if the link exists already.
    """
    Mail.objects.create(
        id=link_id or uuid.uuid4(),
        kind=kind,
        email=email,
        language=language,
        created_at=now,
        due_at=now,
    )


def claim(now: datetime) -> Mail | None:
    """Return an e-mail to send, the longest due first; `None` where none is due.

    Beyond the hour's number to an address links end here, and notices wait.
    """
    if not _due(now).exists():
        return None
    with transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_xact_lock(%s)", [_LOCK])
        for mail in _due(now).order_by("due_at")[:BATCH]:
            if mail.first_tried_at is not None or _is_within_limits(mail, now):
                mail.first_tried_at = mail.first_tried_at or now
                mail.attempts += 1
                mail.due_at = now + LEASE
                mail.save(update_fields=["attempts", "due_at", "first_tried_at"])
                return mail
        return None


def postpone(mail: Mail, now: datetime) -> None:
    """Let a claimed e-mail be due again, later after each attempt."""
    pause = min(MAX_PAUSE, FIRST_PAUSE * 2 ** min(mail.attempts - 1, 10))
    _claimed(mail).update(due_at=now + pause)


def finish(mail: Mail, outcome: str, now: datetime) -> None:
    """Store how a claimed e-mail ended; those of long ago are deleted."""
    _claimed(mail).update(due_at=None, outcome=outcome)
    Mail.objects.filter(due_at=None, created_at__lt=now - RETENTION).delete()


def _due(now: datetime) -> QuerySet[Mail]:
    return Mail.objects.filter(due_at__lte=now)


def _claimed(mail: Mail) -> QuerySet[Mail]:
    # Another sender has claimed it since where the attempts differ.
    return Mail.objects.filter(id=mail.id, attempts=mail.attempts).exclude(due_at=None)


def _is_within_limits(mail: Mail, now: datetime) -> bool:
    lowered = Mail.objects.alias(lowered=Lower("email"))
    recent = lowered.filter(lowered=mail.email.lower(), first_tried_at__gt=now - timedelta(hours=1))
    if recent.count() >= MAX_MAILS_PER_HOUR:
        mail.due_at = now + LIMIT_PAUSE
    elif mail.kind in LINKS and recent.filter(kind=mail.kind).count() >= MAX_LINKS_PER_HOUR:
        mail.due_at, mail.outcome = None, TOO_MANY
    else:
        return True
    mail.save(update_fields=["due_at", "outcome"])
    return False
