"""Housekeeping: old texts are erased, and final effects counted, every ten minutes."""

from datetime import timedelta

from martelo.agent.domain.effects import FINAL
from martelo.agent.domain.texts import Kind
from martelo.agent.ports.effects import EffectStore
from martelo.agent.worker.metrics import WorkerMetrics

BATCH = 500
EVERY_S = 600.0


class Housekeeper:
    """Erases texts older than `retention`, and counts the final effects."""

    def __init__(self, store: EffectStore, retention: timedelta, metrics: WorkerMetrics) -> None:
        self._store = store
        self._retention = retention
        self._metrics = metrics

    def step(self) -> float:
        """Erase a batch, and count once none is left; return the pause until the next step.

        Any number of workers may do this at once.
        """
        forgotten = self._store.forget(self._retention, BATCH)
        self._metrics.forgotten.inc(forgotten)
        if forgotten == BATCH:
            return 0.0
        counts = self._store.count_final()
        for kind in Kind:
            for state in FINAL:
                self._metrics.effects.labels(kind.value, state.value).set(
                    counts.get((kind, state), 0)
                )
        return EVERY_S
