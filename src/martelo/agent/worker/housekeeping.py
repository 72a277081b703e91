"""Housekeeping: what grows with every auction is counted seldom, and forgotten in time."""

from datetime import timedelta

from martelo.agent.domain.effects import FINAL
from martelo.agent.domain.texts import Kind
from martelo.agent.ports.effects import EffectStore
from martelo.agent.worker import metrics

BATCH = 500
EVERY_S = 600.0


class Housekeeper:
    """Forgets texts that are `kept` for long enough, and counts what is final."""

    def __init__(self, store: EffectStore, kept: timedelta) -> None:
        self._store = store
        self._kept = kept

    def step(self) -> float:
        """Forget a batch, and once nothing is left count; return the pause until the next time.

        Any number of workers may do so at once.
        """
        forgotten = self._store.forget(self._kept, BATCH)
        metrics.FORGOTTEN.inc(forgotten)
        if forgotten == BATCH:
            return 0.0
        counts = self._store.count_final()
        for kind in Kind:
            for state in FINAL:
                metrics.EFFECTS.labels(kind.value, state.value).set(counts.get((kind, state), 0))
        return EVERY_S
