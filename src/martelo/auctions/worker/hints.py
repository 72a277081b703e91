"""Which ledgers may have grown, and since when: noted by one thread, worked off by another."""

import threading
import time
from collections.abc import Iterable

from martelo.kernel.ids import AuctionId


class Hints:
    """A set of auctions that remembers when each came in."""

    def __init__(self) -> None:
        self._since: dict[AuctionId, float] = {}
        self._lock = threading.Lock()

    def add(self, auction_ids: Iterable[AuctionId]) -> None:
        """Note auctions; one that is noted already keeps its age."""
        now = time.monotonic()
        with self._lock:
            for auction_id in auction_ids:
                self._since.setdefault(auction_id, now)

    def take(self) -> dict[AuctionId, float]:
        """Return all and keep none."""
        with self._lock:
            taken, self._since = self._since, {}
        return taken

    def put_back(self, taken: dict[AuctionId, float]) -> None:
        """Note again, with its age, what was taken and not worked off."""
        with self._lock:
            self._since = {**self._since, **taken}

    def age_s(self) -> float:
        """Return the age of the oldest in seconds."""
        with self._lock:
            return time.monotonic() - min(self._since.values()) if self._since else 0.0
