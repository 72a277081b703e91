"""Forgetting: what ended long ago and is in the record leaves the live store."""

from dataclasses import dataclass

from martelo.auctions.ports.archive import Archive, LedgerSource
from martelo.auctions.ports.live_store import AuctionStore
from martelo.auctions.worker.archiver import behind
from martelo.auctions.worker.metrics import WorkerMetrics
from martelo.auctions.worker.record_archiver import RecordArchiver

PAGE = 100
EVERY_S = 60.0
WAIT_FOR_LEAD_S = 1.0


@dataclass(frozen=True, slots=True)
class Purger:
    """Forgets auctions `kept_ms` after their end, by the store's clock, where `keeper` leads."""

    store: AuctionStore
    source: LedgerSource
    archive: Archive
    keeper: RecordArchiver
    kept_ms: int
    metrics: WorkerMetrics

    def step(self) -> float:
        """Forget one page; return the pause in seconds until the next."""
        if not self.keeper.leads:
            return WAIT_FOR_LEAD_S
        old = self.archive.to_forget(self.store.now_ms() - self.kept_ms, PAGE)
        # Forgetting cannot be taken back: a last look that the record holds the same ledger.
        differing = behind(self.source, self.archive, old)
        self.keeper.hint(differing)
        agreed = [auction_id for auction_id in old if auction_id not in differing]
        if not agreed:
            return EVERY_S
        self.store.forget(agreed)
        self.archive.forgotten(agreed)
        self.metrics.forgotten.inc(len(agreed))
        return 0.0 if len(old) == PAGE else EVERY_S
