"""Keeping the record: one worker leads, follows hints and ends, sweeps, and flushes."""

import time
from collections.abc import Iterator
from itertools import islice

from martelo.auctions.ports.archive import Archive, LedgerSource
from martelo.auctions.ports.failures import StoreUnavailable
from martelo.auctions.ports.live_store import AuctionStore
from martelo.auctions.worker.archiver import Archiver
from martelo.auctions.worker.hints import Hints
from martelo.auctions.worker.metrics import WorkerMetrics
from martelo.auctions.worker.precedence import Precedence
from martelo.auctions.worker.sweep import Sweep
from martelo.kernel.ids import AuctionId
from martelo.runtime.postgresql.leadership import Leadership

FLUSH_EVERY_S = 0.3
ASK_FOR_LEAD_EVERY_S = 1.0
ENDS = 1_000
HINTS = 200
SILENCE_S = 1.0
FROM_THE_START = "0-0"


class RecordArchiver:
    """The state of the one worker that keeps the record; others wait for its lead."""

    def __init__(  # noqa: PLR0913, PLR0917 - its dependencies
        self,
        leadership: Leadership,
        store: AuctionStore,
        source: LedgerSource,
        archive: Archive,
        partitions: int,
        precedence: Precedence,
        metrics: WorkerMetrics,
    ) -> None:
        self._leadership = leadership
        self._store = store
        self._source = source
        self._archive = archive
        self._partitions = partitions
        self._precedence = precedence
        self._archiver = Archiver(source, archive, precedence, metrics)
        self._sweep = Sweep(source, archive, partitions)
        self._hints = Hints()
        self._ends: dict[int, str] | None = None
        self._messages: Iterator[AuctionId | None] | None = None
        self._listening = False
        self._listens_again = False
        self.leads = False
        metrics.archive_lag.set_function(self._hints.age_s)
        metrics.archive_leads.set_function(lambda: self.leads)

    def step(self) -> float:
        """Archive what has changed; return the pause in seconds until the next time.

        Raises:
            DatabaseUnavailable, RecordUnavailable, StoreUnavailable: All is tried again.
        """
        began = time.monotonic()
        if not self._take_lead():
            return ASK_FOR_LEAD_EVERY_S
        if self._listens_again:
            self._listens_again = False
            self._sweep.begin()
        followed = self._follow_ends()
        self._hints.add(self._sweep.page(self._store.now_ms()))
        self._archiver.flush(self._hints)
        # Saved last: cut off before this, the same ends are followed again.
        self._save_ends(followed)
        if followed or self._sweep.is_urgent:
            return 0.0
        return max(0.0, FLUSH_EVERY_S - (time.monotonic() - began))

    def listen(self) -> float:
        """Note what is published until there is a silence; return 0 to go on at once."""
        if not self.leads:
            self._stop_listening()
            return ASK_FOR_LEAD_EVERY_S
        self._precedence.give_way()
        if self._messages is None:
            self._messages = self._source.changes(SILENCE_S)
        try:
            for auction_id in islice(self._messages, HINTS):
                if not self._listening:
                    self._listening = self._listens_again = True
                if auction_id is None:
                    break
                self._hints.add([auction_id])
        except StoreUnavailable:
            self._stop_listening()
            raise
        return 0.0

    def hint(self, auction_ids: list[AuctionId]) -> None:
        """Have ledgers archived soon."""
        self._hints.add(auction_ids)

    def release(self) -> None:
        """Leave the lead to another worker."""
        self.leads = False
        self._leadership.release()

    def _stop_listening(self) -> None:
        self._messages = None
        self._listening = False

    def _take_lead(self) -> bool:
        led = self.leads
        self.leads = False
        self.leads = self._leadership.is_held()
        if self.leads and not led:
            self._ends = None
            self._sweep.begin()
        return self.leads

    def _follow_ends(self) -> dict[int, str]:
        """Hint at newly ended auctions; return how far each stream then is worked off."""
        if self._ends is None:
            saved = self._archive.finished_positions()
            self._ends = {
                partition: saved.get(partition, FROM_THE_START)
                for partition in range(self._partitions)
            }
        followed: dict[int, str] = {}
        for partition, ends in self._source.finished_after(self._ends, ENDS).items():
            if ends:
                self._hints.add(auction_id for _, auction_id in ends)
                followed[partition] = ends[-1][0]
        return followed

    def _save_ends(self, followed: dict[int, str]) -> None:
        if followed and self._ends is not None:
            self._archive.save_finished_positions(followed)
            self._ends.update(followed)
