"""Whether the store accepts writes, checked by a write of its own: readings can go on without."""

from dataclasses import dataclass

from martelo.auctions.ports.failures import StoreUnavailable
from martelo.auctions.ports.live_store import AuctionStore
from martelo.auctions.worker.metrics import WorkerMetrics

CHECK_EVERY_S = 2.0
LOOK_EVERY_S = 5.0


@dataclass(frozen=True, slots=True)
class WriteProbe:
    """Writes to every server of the store."""

    store: AuctionStore
    metrics: WorkerMetrics

    def step(self) -> float:
        """Check once; return the pause in seconds until the next check.

        Raises:
            StoreUnavailable: A server does not accept writes.
        """
        try:
            self.store.check_writes()
        except StoreUnavailable:
            self.metrics.store_writable.set(0)
            raise
        self.metrics.store_writable.set(1)
        return CHECK_EVERY_S

    def look(self) -> float:
        """Measure what may make the store refuse writes; return the pause until the next time.

        Raises:
            StoreUnavailable: A server does not answer.
        """
        states = self.store.server_states()
        for state in sorted(states, key=lambda state: state.used_ratio)[-1:]:
            self.metrics.store_memory.set(state.used_ratio)
            self.metrics.store_memory_used.set(state.used_bytes)
            self.metrics.store_memory_max.set(state.max_bytes)
        self.metrics.store_replicas.set(min((state.replicas for state in states), default=0))
        self.metrics.store_log.set(all(state.is_log_written for state in states))
        return LOOK_EVERY_S
