"""How many auctions and purchases an account may make: bounds that a person does not meet."""

from dataclasses import dataclass

import structlog

from martelo.auctions.domain.refusals import TooManyOpenLots
from martelo.auctions.ports.failures import RecordUnavailable
from martelo.auctions.ports.record import Record
from martelo.runtime.buckets import TokenBuckets
from martelo.runtime.flask.api import take_token
from martelo.runtime.identity.tokens import Identity

PER_MINUTE = 20
"""Auctions that an account may create in a minute, and purchases that it may make."""

log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Quotas:
    """Bounds by account; `None` where rate limits are off.

    An administrator may have any number of open auctions, for a house sells in its own name.
    """

    lots: TokenBuckets | None
    purchases: TokenBuckets | None
    max_open_lots: int | None

    def admit_lot(self, seller: Identity, record: Record) -> None:
        """Count an auction that is to be created.

        Raises:
            RateLimited: There were too many recently.
            TooManyOpenLots: The seller has as many open ones as an account may have.
        """
        _take(self.lots, seller)
        if self.max_open_lots is None or "admin" in seller.roles:
            return
        try:
            count = record.count_open(seller.account_id)
        except RecordUnavailable:
            # Selling must not depend on it.
            log.warning("open-lots-not-counted", account_id=seller.account_id)
            return
        if count >= self.max_open_lots:
            raise TooManyOpenLots(self.max_open_lots)

    def admit_purchase(self, buyer: Identity) -> None:
        """Count a purchase.

        Raises:
            RateLimited: There were too many recently.
        """
        _take(self.purchases, buyer)


def _take(buckets: TokenBuckets | None, caller: Identity) -> None:
    if buckets is not None:
        take_token(buckets, caller.account_id)
