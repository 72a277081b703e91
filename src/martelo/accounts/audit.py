"""The audit log: what administrators did, readable by every administrator."""

import uuid
from datetime import datetime
from enum import StrEnum

import structlog

from martelo.accounts.models import Account, AuditEntry
from martelo.kernel.ids import AccountId

PAGE = 50

log = structlog.get_logger(__name__)


class Act(StrEnum):
    """What an administrator did; the names are stable."""

    HOUSE_CHANGED = "house-changed"
    IDENTITY_CHANGED = "identity-changed"
    LOGO_CHANGED = "logo-changed"
    TEXT_PUBLISHED = "text-published"
    RECORDS_READ = "access-records-read"


def note(act: Act, by: AccountId, now: datetime, subject: str = "") -> None:
    """Add an entry; `subject` is what the act was about, such as an account's id."""
    AuditEntry.objects.create(at=now, by=uuid.UUID(by), act=act, subject=subject)
    log.info("administrator-acted", act=act, account_id=by, subject=subject)


def read_entries(before: int | None) -> list[AuditEntry]:
    """Return a page of entries, the newest first; `before` is the id of the last one seen."""
    entries = AuditEntry.objects.order_by("-id")
    return list((entries if before is None else entries.filter(id__lt=before))[:PAGE])


def names_of(entries: list[AuditEntry]) -> dict[uuid.UUID, str]:
    """Return the names of who acted, as far as their accounts exist."""
    found = Account.objects.filter(id__in={entry.by for entry in entries})
    return dict(found.values_list("id", "name"))
