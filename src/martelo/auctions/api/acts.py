"""What administrators do with auctions, reported as security events."""

from dataclasses import dataclass

import structlog
from flask import request

from martelo.runtime.http.metrics import HttpMetrics
from martelo.runtime.identity.tokens import Identity

log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class AdministratorActs:
    """Reports acts: a log line and a count each, beside the entry in the ledger."""

    metrics: HttpMetrics

    def report(self, act: str, by: Identity, **facts: object) -> None:
        """Report an act under its stable name; `facts` say what it was about."""
        # The gateway overwrites the header, so its last entry is the gateway's own.
        forwarded = request.headers.get("X-Forwarded-For", "").rpartition(",")[2].strip()
        address = forwarded or request.remote_addr
        log.info(
            "security-event", security_event=act, account_id=by.account_id, address=address, **facts
        )
        self.metrics.count_security_event(act)
