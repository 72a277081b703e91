"""The archive: every ledger copied into the record, at most a second behind, nothing missed.

What is published wakes the archiver. Since that may be lost, it also follows the streams of
ends from stored positions, and compares every open auction with the record in a slow sweep.
Its work may be cut off anywhere and done again.
"""

from collections.abc import Sequence

import structlog

from martelo.auctions.ports.archive import Archive, ArchivedUpTo, LedgerLine, LedgerSource
from martelo.auctions.ports.failures import RecordUnavailable, StoreUnavailable
from martelo.auctions.worker.hints import Hints
from martelo.auctions.worker.metrics import WorkerMetrics
from martelo.auctions.worker.precedence import Precedence
from martelo.kernel.ids import AuctionId

BATCH = 200
LINES = 200

log = structlog.get_logger(__name__)


class Archiver:
    """Archives the ledgers it is given."""

    def __init__(
        self,
        source: LedgerSource,
        archive: Archive,
        precedence: Precedence,
        metrics: WorkerMetrics,
    ) -> None:
        self._source = source
        self._archive = archive
        self._precedence = precedence
        self._metrics = metrics

    def flush(self, hints: Hints) -> None:
        """Archive every hinted ledger to its end; what cannot be, for its content, is parked.

        Raises:
            RecordUnavailable, StoreUnavailable: What is left is hinted again.
        """
        taken = hints.take()
        try:
            while taken:
                self._precedence.give_way()
                batch = list(taken)[:BATCH]
                self._complete(batch)
                for auction_id in batch:
                    del taken[auction_id]
        finally:
            hints.put_back(taken)

    def _complete(self, auction_ids: Sequence[AuctionId]) -> None:
        while auction_ids:
            try:
                auction_ids = self._advance(auction_ids)
            except (RecordUnavailable, StoreUnavailable):
                raise
            except Exception as error:  # noqa: BLE001 - one bad ledger must not stop the others
                if len(auction_ids) == 1:
                    self._park(auction_ids[0], error)
                    return
                for auction_id in auction_ids:
                    self._complete([auction_id])
                return

    def _park(self, auction_id: AuctionId, error: Exception) -> None:
        log.error("ledger-parked", auction_id=auction_id, exc_info=error)
        self._metrics.archive_parked.inc()
        self._archive.park(auction_id, f"{type(error).__name__}: {error}")

    def _advance(self, auction_ids: Sequence[AuctionId]) -> list[AuctionId]:
        """Archive the next lines of each ledger; return those that may have more."""
        reached = self._archive.positions(auction_ids)
        starts = {name: _start(reached.get(name)) for name in auction_ids}
        found = self._source.lines(starts, LINES)
        fresh: dict[AuctionId, list[LedgerLine]] = {}
        again: list[AuctionId] = []
        for auction_id, lines in found.items():
            position = reached.get(auction_id)
            if position is not None and not _continues(position, lines):
                again += self._contradicted(auction_id, position)
                continue
            following = lines if position is None else lines[1:]
            if following:
                fresh[auction_id] = following
            if len(lines) == LINES:
                again.append(auction_id)
        if fresh:
            self._archive.archive(fresh)
            self._metrics.archived.inc(sum(len(lines) for lines in fresh.values()))
        return again

    def _contradicted(self, auction_id: AuctionId, position: ArchivedUpTo) -> list[AuctionId]:
        """Restart a ledger where the store's history is another than the record's.

        A store that failed over may have lost entries that nobody was promised. Of an auction
        the store does not hold at all, the record is the only trace, and stays.
        """
        if not self._source.last_positions([auction_id]):
            return []
        log.error("ledger-contradicted", auction_id=auction_id, seq=position.seq, sub=position.sub)
        self._metrics.discarded.inc()
        self._archive.discard(auction_id)
        return [auction_id]


def _start(position: ArchivedUpTo | None) -> tuple[int, int]:
    return (0, 0) if position is None else (position.seq, position.sub)


def _continues(position: ArchivedUpTo, lines: Sequence[LedgerLine]) -> bool:
    """Return whether the store still holds the last archived line."""
    if not lines:
        return False
    first = lines[0]
    return first.position == (position.seq, position.sub) and first.entry.at_ms == position.at_ms


def behind(
    source: LedgerSource, archive: Archive, auction_ids: Sequence[AuctionId]
) -> list[AuctionId]:
    """Return the live ledgers that do not end where the record does."""
    if not auction_ids:
        return []
    lasts = source.last_positions(auction_ids)
    archived = archive.positions(auction_ids)
    reached = {name: (at.seq, at.sub) for name, at in archived.items()}
    return [name for name, last in lasts.items() if reached.get(name) != last]
