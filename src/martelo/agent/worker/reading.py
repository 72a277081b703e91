"""Learning of ends: from the streams, the hints and the record, each end kept once.

An entry is acknowledged once its effects are kept. Hints are handled like entries. Whatever both
lost, the reconciler finds in the record.
"""

from collections.abc import Iterator
from itertools import islice

from martelo.agent.domain.effects import FINAL, State
from martelo.agent.domain.effects import PARKED as PARKED_STATES
from martelo.agent.domain.texts import Kind
from martelo.agent.ports.contexts import Lots
from martelo.agent.ports.effects import EffectStore
from martelo.agent.ports.ends import EndSource, EndsUnavailable, StreamEntry
from martelo.agent.worker import metrics
from martelo.contracts.finished import AuctionFinished

BATCH = 100
LOOK_EVERY_S = 0.5
ABANDONED_MS = 60_000
LOOK_FOR_ABANDONED_ROUNDS = 60
SILENCE_S = 1.0
RECONCILE_EVERY_S = 60.0
WHOLE_ROUND_EVERY = 60
"""A round of the reconciler out of so many begins at the oldest end that is told."""

MEASURE_EVERY_S = 10.0
OPEN_OR_PARKED = [state for state in State if state not in FINAL]


class Reader:
    """Reads the finished streams of every partition."""

    def __init__(self, store: EffectStore, source: EndSource, partitions: int) -> None:
        self._store = store
        self._source = source
        self._partitions = partitions
        self._round = 0

    def step(self) -> float:
        """Keep what is new in every partition; return the pause until the next time.

        Raises:
            EndsUnavailable: Of some partition; the others are read all the same.
        """
        look_for_abandoned = self._round % LOOK_FOR_ABANDONED_ROUNDS == 0
        failures: list[EndsUnavailable] = []
        has_more = False
        for partition in range(self._partitions):
            try:
                if look_for_abandoned:
                    left = self._source.abandoned(partition, BATCH, ABANDONED_MS)
                    self._keep(partition, left)
                entries = self._source.fresh(partition, BATCH)
                self._keep(partition, entries)
            except EndsUnavailable as failure:
                failures.append(failure)
            else:
                has_more = has_more or len(entries) == BATCH
        if failures:
            raise failures[0]
        self._round += 1
        return 0.0 if has_more else LOOK_EVERY_S

    def measure(self) -> float:
        """Measure how far behind the streams this is, and how what is not final stands."""
        lag = sum(self._source.lag(partition) for partition in range(self._partitions))
        metrics.STREAM_LAG.set(lag)
        counts = self._store.count_open()
        metrics.OLDEST_OPEN.set(counts.oldest_open_s)
        for kind in Kind:
            for state in OPEN_OR_PARKED:
                counted = counts.counts.get((kind, state), 0)
                metrics.EFFECTS.labels(kind.value, state.value).set(counted)
        parked = [n for (_, state), n in counts.counts.items() if state in PARKED_STATES]
        metrics.PARKED.set(sum(parked))
        return MEASURE_EVERY_S

    def _keep(self, partition: int, entries: list[StreamEntry]) -> None:
        if not entries:
            return
        ends = [entry.end for entry in entries if entry.end is not None]
        metrics.UNREADABLE.inc(len(entries) - len(ends))
        metrics.LEARNED.labels("stream").inc(self._store.add_ends(ends))
        self._source.acknowledge(partition, [entry.id for entry in entries])


class Listener:
    """Hears hints, which come sooner than the next look at the streams."""

    def __init__(self, store: EffectStore, source: EndSource) -> None:
        self._store = store
        self._source = source
        self._hints: Iterator[AuctionFinished | None] | None = None

    def step(self) -> float:
        """Keep the ends that are announced until there is a silence; return 0 to go on at once.

        Raises:
            EndsUnavailable: The subscription broke; the next step begins another.
        """
        if self._hints is None:
            self._hints = self._source.hints(SILENCE_S)
        try:
            for end in islice(self._hints, BATCH):
                if end is None:
                    break
                metrics.LEARNED.labels("hint").inc(self._store.add_ends([end]))
        except Exception:
            # A generator that raised is over, whatever it was.
            self._hints = None
            raise
        return 0.0


class Reconciler:
    """Holds the ends of the last days, as the record tells them, against what is kept."""

    def __init__(self, store: EffectStore, lots: Lots) -> None:
        self._store = store
        self._lots = lots
        self._rounds = 0
        self._begin: str | None = None

    def step(self) -> float:
        """Keep what has no row yet; return the pause until the next round.

        A round begins a page before the newest end of the last one, since ends may enter the
        record late and out of order, and every so often at the oldest.

        Raises:
            ContextUnavailable: The next step goes on where this one broke off.
        """
        if self._rounds % WHOLE_ROUND_EVERY == 0:
            self._begin = None
        before = at = self._begin
        while True:
            ends, onward = self._lots.ends_after(at)
            metrics.LEARNED.labels("record").inc(self._store.add_ends(ends))
            if onward is None:
                break
            before, at = at, onward
        self._begin = before
        self._rounds += 1
        return RECONCILE_EVERY_S
