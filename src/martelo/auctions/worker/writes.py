"""Whether the store accepts writes, checked by a write of its own: readings can go on without."""

from dataclasses import dataclass

from martelo.auctions.ports.failures import StoreUnavailable
from martelo.auctions.ports.live_store import AuctionStore
from martelo.auctions.worker.metrics import STORE_WRITABLE

CHECK_EVERY_S = 2.0


@dataclass(frozen=True, slots=True)
class WriteProbe:
    """Writes to every server of the store."""

    store: AuctionStore

    def step(self) -> float:
        """Check once; return the pause in seconds until the next check.

        Raises:
            StoreUnavailable: A server does not accept writes.
        """
        try:
            self.store.check_writes()
        except StoreUnavailable:
            STORE_WRITABLE.set(0)
            raise
        STORE_WRITABLE.set(1)
        return CHECK_EVERY_S
