"""Trimming: old ends that nobody needs are removed from their streams."""

from dataclasses import dataclass

from martelo.auctions.ports.archive import Archive
from martelo.auctions.ports.finished_streams import FinishedStreams
from martelo.auctions.ports.live_store import AuctionStore
from martelo.auctions.worker.metrics import WorkerMetrics
from martelo.auctions.worker.record_archiver import FROM_THE_START, RecordArchiver

EVERY_S = 60.0
WAIT_FOR_LEAD_S = 1.0
KEPT_MS = 7 * 86_400_000
"""For so long a consumer may be away and find everything in the stream."""


@dataclass(frozen=True, slots=True)
class Trimmer:
    """Trims every stream of ends, where `keeper` leads: by age and need, never by length."""

    store: AuctionStore
    streams: FinishedStreams
    archive: Archive
    keeper: RecordArchiver
    metrics: WorkerMetrics

    def step(self) -> float:
        """Trim what may go; return the pause in seconds until the next time."""
        if not self.keeper.leads:
            return WAIT_FOR_LEAD_S
        old = f"{self.store.now_ms() - KEPT_MS}-0"
        archived = self.archive.finished_positions()
        for partition, first in self.streams.oldest().items():
            bounds = [old, archived.get(partition, FROM_THE_START)]
            # Groups are asked for only where there is something to trim.
            if _order(first) < min(map(_order, bounds)):
                before = min([*bounds, *self.streams.needed(partition)], key=_order)
                self.metrics.trimmed.inc(self.streams.trim(partition, before))
        return EVERY_S


def _order(stream_id: str) -> tuple[int, int]:
    milliseconds, _, sequence = stream_id.partition("-")
    return int(milliseconds), int(sequence)
