"""What happened to accounts: a log line, a count, and a record of who acted from where.

Events name an account by its id and no e-mail address, so that they may be sent elsewhere.
"""

import uuid
from collections.abc import Callable
from contextvars import ContextVar
from datetime import datetime, timedelta
from enum import StrEnum
from typing import TYPE_CHECKING

import structlog
from django.db import DatabaseError, transaction

from martelo.runtime.http.metrics import HttpMetrics

if TYPE_CHECKING:
    from martelo.accounts.models import AccessRecord

PRUNE_EVERY = timedelta(hours=1)
MAX_RECORDS = 200
"""Of one account, as an administrator reads them."""

_address: ContextVar[str] = ContextVar("address", default="")

log = structlog.get_logger(__name__)


class Event(StrEnum):
    """What happened; the names are stable."""

    SIGNED_IN = "signed-in"
    SIGN_IN_REFUSED = "sign-in-refused"
    SIGNED_OUT = "signed-out"
    REFRESH_REUSED = "refresh-reused"
    PASSWORD_CHANGED = "password-changed"  # noqa: S105 - an event
    EMAIL_CHANGED = "email-changed"
    KEY_CREATED = "key-created"
    KEY_REVOKED = "key-revoked"
    ROLE_GRANTED = "role-granted"
    SESSIONS_ENDED = "sessions-ended"
    DATA_EXPORTED = "data-exported"
    ACCOUNT_CLOSED = "account-closed"
    ACCESS_RECORDS_READ = "access-records-read"


def bind_address(address: str) -> None:
    """Let the events of this request name the network address that it came from."""
    _address.set(address)


class SecurityEvents:
    """Reports events; records of accounts are deleted after `kept_days`, 0: none is made.

    The Marco Civil da Internet (Law 12,965 of 2014, article 15) has those who run an application
    as a business keep records of access for six months. `now` returns an aware UTC instant.
    """

    def __init__(
        self, metrics: HttpMetrics, *, kept_days: int, now: Callable[[], datetime]
    ) -> None:
        self._metrics = metrics
        self._kept = timedelta(days=kept_days)
        self._now = now
        self._pruned_at: datetime | None = None

    def report(self, event: Event, account_id: str | None) -> None:
        """Report an event; `account_id` is that of whom it concerns, if anybody is known."""
        address = _address.get()
        log.info("security-event", security_event=event, account_id=account_id, address=address)
        self._metrics.count_security_event(event)
        if account_id is not None and self._kept:
            self._record(event, account_id, address)

    def _record(self, event: Event, account_id: str, address: str) -> None:
        from martelo.accounts.models import AccessRecord  # noqa: PLC0415 - needs Django

        now = self._now()
        try:
            with transaction.atomic():
                AccessRecord.objects.create(
                    account_id=uuid.UUID(account_id), act=event, address=address, at=now
                )
                self._prune(now)
        except DatabaseError as error:
            # The event itself is in the log.
            log.warning("access-not-recorded", reason=type(error).__name__)

    def _prune(self, now: datetime) -> None:
        from martelo.accounts.models import AccessRecord  # noqa: PLC0415 - the same

        if self._pruned_at is None or now - self._pruned_at >= PRUNE_EVERY:
            self._pruned_at = now
            AccessRecord.objects.filter(at__lt=now - self._kept).delete()


def read_records(account_id: str) -> "list[AccessRecord]":
    """Return what is recorded of an account, the newest first."""
    from martelo.accounts.models import AccessRecord  # noqa: PLC0415 - the same

    return list(AccessRecord.objects.filter(account_id=account_id).order_by("-at")[:MAX_RECORDS])
