"""Reading of ends from the streams, the hints and the record; each is stored once.

An entry is acknowledged after its effects are stored. Hints are handled like entries. The
reconciler finds in the record what both lost.
"""

from collections.abc import Iterator
from itertools import islice

from martelo.agent.domain.effects import FINAL, State
from martelo.agent.domain.effects import PARKED as PARKED_STATES
from martelo.agent.domain.texts import Kind
from martelo.agent.ports.contexts import Lots
from martelo.agent.ports.effects import EffectStore
from martelo.agent.ports.ends import EndSource, EndsUnavailable, StreamEntry
from martelo.agent.worker.metrics import WorkerMetrics
from martelo.contracts.finished import AuctionFinished

BATCH = 100
READ_EVERY_S = 0.5
ABANDONED_MS = 60_000
ROUNDS_BETWEEN_RECLAIMS = 60
SILENCE_S = 1.0
RECONCILE_EVERY_S = 60.0
ROUNDS_BETWEEN_FULL = 60
"""Every so many rounds, the reconciler begins at the oldest end."""

MEASURE_EVERY_S = 10.0
OPEN_OR_PARKED = [state for state in State if state not in FINAL]


class Reader:
    """Reads the finished streams of every partition."""

    def __init__(
        self, store: EffectStore, source: EndSource, partitions: int, metrics: WorkerMetrics
    ) -> None:
        self._store = store
        self._source = source
        self._partitions = partitions
        self._metrics = metrics
        self._round = 0

    def step(self) -> float:
        """Store the new ends of every partition; return the pause until the next round.

        Raises:
            EndsUnavailable: A partition cannot be read; the others are read nevertheless.
        """
        is_reclaim_round = self._round % ROUNDS_BETWEEN_RECLAIMS == 0
        failures: list[EndsUnavailable] = []
        has_more = False
        for partition in range(self._partitions):
            try:
                if is_reclaim_round:
                    abandoned = self._source.abandoned(partition, BATCH, ABANDONED_MS)
                    self._store_ends(partition, abandoned)
                entries = self._source.fresh(partition, BATCH)
                self._store_ends(partition, entries)
            except EndsUnavailable as failure:
                failures.append(failure)
            else:
                has_more = has_more or len(entries) == BATCH
        if failures:
            raise failures[0]
        self._round += 1
        return 0.0 if has_more else READ_EVERY_S

    def measure(self) -> float:
        """Measure the lag of the streams and the effects that are not final."""
        lag = sum(self._source.lag(partition) for partition in range(self._partitions))
        self._metrics.stream_lag.set(lag)
        counts = self._store.count_open()
        self._metrics.oldest_open.set(counts.oldest_open_s)
        for kind in Kind:
            for state in OPEN_OR_PARKED:
                counted = counts.counts.get((kind, state), 0)
                self._metrics.effects.labels(kind.value, state.value).set(counted)
        parked = [n for (_, state), n in counts.counts.items() if state in PARKED_STATES]
        self._metrics.parked.set(sum(parked))
        return MEASURE_EVERY_S

    def _store_ends(self, partition: int, entries: list[StreamEntry]) -> None:
        if not entries:
            return
        ends = [entry.end for entry in entries if entry.end is not None]
        self._metrics.unreadable.inc(len(entries) - len(ends))
        self._metrics.learned.labels("stream").inc(self._store.add_ends(ends))
        self._source.acknowledge(partition, [entry.id for entry in entries])


class Listener:
    """Receives hints, which arrive before the next read of the streams."""

    def __init__(self, store: EffectStore, source: EndSource, metrics: WorkerMetrics) -> None:
        self._store = store
        self._source = source
        self._metrics = metrics
        self._hints: Iterator[AuctionFinished | None] | None = None

    def step(self) -> float:
        """Store the announced ends until a silence; return 0 to continue at once.

        Raises:
            EndsUnavailable: The subscription broke; the next step begins another.
        """
        if self._hints is None:
            self._hints = self._source.hints(SILENCE_S)
        try:
            for end in islice(self._hints, BATCH):
                if end is None:
                    break
                self._metrics.learned.labels("hint").inc(self._store.add_ends([end]))
        except Exception:
            # A generator that raised cannot continue.
            self._hints = None
            raise
        return 0.0


class Reconciler:
    """Compares the ends of the last days in the record with the stored ones."""

    def __init__(self, store: EffectStore, lots: Lots, metrics: WorkerMetrics) -> None:
        self._store = store
        self._lots = lots
        self._metrics = metrics
        self._rounds = 0
        self._start: str | None = None

    def step(self) -> float:
        """Store the ends that have no effects yet; return the pause until the next round.

        A round begins a page before the newest end of the last one, because ends may enter the
        record late and out of order; every so often it begins at the oldest.

        Raises:
            ContextUnavailable: The next step begins where this one began.
        """
        if self._rounds % ROUNDS_BETWEEN_FULL == 0:
            self._start = None
        previous = at = self._start
        while True:
            ends, next_page = self._lots.ends_after(at)
            self._metrics.learned.labels("record").inc(self._store.add_ends(ends))
            if next_page is None:
                break
            previous, at = at, next_page
        self._start = previous
        self._rounds += 1
        return RECONCILE_EVERY_S
