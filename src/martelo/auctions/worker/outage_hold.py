"""Ends that fell into an outage wait for a while: an administrator may still move them.

An end cannot be taken back, and nobody could bid. So while bids cannot be placed, and until
`HOLD_MS` after an outage, nothing is closed if an auction's end fell into it, unless an
administrator has decided on the outage meanwhile.
"""

import time
from collections.abc import Callable

import structlog

from martelo.auctions.domain.outages import HOLD_MS, Outage
from martelo.auctions.ports.outages import Outages
from martelo.auctions.worker.metrics import WorkerMetrics

log = structlog.get_logger(__name__)


class OutageHold:
    """Says whether ends are held now; asked only when something is due."""

    def __init__(
        self,
        outages: Outages,
        metrics: WorkerMetrics,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._outages = outages
        self._metrics = metrics
        self._clock = clock
        self._current_since_s: float | None = None
        self._is_held = False

    def is_held(self) -> bool:
        """Return whether nothing is to be closed now.

        Raises:
            StoreUnavailable: The store does not answer.
        """
        known = self._outages.known()
        held = [each for each in known.past if known.now_ms - each.to_ms < HOLD_MS]
        if self._is_current_held(known.current):
            held += [known.current] if known.current else []
        is_held = any(self._outages.auctions_ending(each.from_ms, each.to_ms) for each in held)
        if is_held != self._is_held:
            log.warning("ends-held" if is_held else "ends-no-longer-held")
        self._is_held = is_held
        self._metrics.outage_hold.set(is_held)
        return is_held

    def _is_current_held(self, current: Outage | None) -> bool:
        """Return whether an outage that still goes on holds ends: it does so for `HOLD_MS`.

        By this process's own clock: should nobody ever note that bids can be placed, ends come.
        """
        if current is None:
            self._current_since_s = None
            return False
        if self._current_since_s is None:
            self._current_since_s = self._clock()
        return (self._clock() - self._current_since_s) * 1000 < HOLD_MS
