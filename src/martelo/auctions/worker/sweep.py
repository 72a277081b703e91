"""The sweep: every open auction compared with the record, page by page, again and again."""

import time
from collections.abc import Iterable

from martelo.auctions.ports.archive import Archive, LedgerSource
from martelo.auctions.worker.archiver import behind
from martelo.kernel.ids import AuctionId

PAGE = 500
ROUND_S = 300.0
"""A round begins so long after the last one began: a lost hint is made good within ten minutes."""

OVERDUE_MS = 60_000
"""Open in the record so long after its end, an auction's closing has been missed."""


class Sweep:
    """Finds ledgers that the record is behind of, even if hints were lost."""

    def __init__(self, source: LedgerSource, archive: Archive, partitions: int) -> None:
        self._source = source
        self._archive = archive
        self._partitions = partitions
        self._partition = 0
        self._cursor = 0
        self._under_way = False
        self._next_round = 0.0
        self.is_urgent = True
        """Whether the round shall go on without pauses."""

    def begin(self) -> None:
        """Begin a round now and without pauses: hints may have been lost."""
        self._partition = self._cursor = 0
        self._under_way = False
        self._next_round = 0.0
        self.is_urgent = True

    def page(self, now_ms: int) -> Iterable[AuctionId]:
        """Return the ledgers of the next page that the record is behind of; `now_ms` the store's.

        A round begins with what is not in any index: parked ledgers, and missed closings.
        """
        if not self._under_way:
            if time.monotonic() < self._next_round:
                return ()
            self._next_round = time.monotonic() + ROUND_S
            self._under_way = True
            return [*self._archive.parked(), *self._archive.overdue(now_ms - OVERDUE_MS, PAGE)]
        opened, cursor = self._source.open_auctions(self._partition, self._cursor, PAGE)
        ledgers = behind(self._source, self._archive, opened)
        self._cursor = cursor
        if cursor == 0:
            self._partition += 1
        if self._partition == self._partitions:
            self._partition = 0
            self._under_way = False
            self.is_urgent = False
        return ledgers
