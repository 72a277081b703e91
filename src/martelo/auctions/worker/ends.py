"""Closing and announcing: every partition, by the store's clock, by any number of workers."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from martelo.auctions.domain.answers import Announced, Ended
from martelo.auctions.ports.archive import LedgerSource
from martelo.auctions.ports.failures import Failure, OutcomeUnknown, StoreUnavailable
from martelo.auctions.ports.live_store import AuctionStore
from martelo.auctions.worker.metrics import WorkerMetrics
from martelo.auctions.worker.outage_hold import OutageHold
from martelo.auctions.worker.precedence import Precedence
from martelo.auctions.worker.store_clock import StoreClock, StoreClockJumped
from martelo.auctions.worker.turns import Turns

BATCH = 75
"""So many ends in a call; a bid that comes meanwhile waits for one call, some milliseconds."""

PARTITIONS_AT_ONCE = 2
"""So many calls go out together."""

MAX_PAUSE_S = 0.25
"""A new auction may end sooner than all that were known a moment ago."""

MIN_PAUSE_S = 0.02
LOOK_EVERY_S = 1.0

Answers = Sequence[Ended | None] | Sequence[Announced | None]


@dataclass(frozen=True, slots=True)
class Ends:
    """Closes what is due and announces what is near.

    Workers begin at different partitions (`first_partition`), or all would do the same first.
    """

    store: AuctionStore
    source: LedgerSource
    partitions: int
    first_partition: int
    precedence: Precedence
    clock: StoreClock
    hold: OutageHold
    metrics: WorkerMetrics

    def step(self) -> float:
        """Do all that is due and return the pause in seconds until the next.

        Raises:
            OutcomeUnknown, StoreUnavailable, StoreClockJumped: Of some partition; the others are
                done all the same.
        """
        upcoming = self.clock.read(self.store.upcoming)
        if not (upcoming.failure or self.clock.held) and (
            upcoming.next_ms is None or upcoming.next_ms > 0
        ):
            due_in_s = MAX_PAUSE_S if upcoming.next_ms is None else upcoming.next_ms / 1000
            return min(due_in_s, MAX_PAUSE_S)
        is_held = bool(upcoming.to_close) and self.hold.is_held()
        with self.precedence.taken():
            failures = [
                *self._work_off([] if is_held else upcoming.to_close, self._close),
                *self._work_off(upcoming.to_announce, self._announce),
            ]
        if upcoming.failure is not None:
            raise upcoming.failure
        if failures:
            raise failures[0]
        if self.clock.held:
            raise StoreClockJumped(f"partitions {self.clock.held} are held")
        return MAX_PAUSE_S if is_held else MIN_PAUSE_S

    def look(self) -> float:
        """Measure how long the oldest due auction waits."""
        self.metrics.overdue.set(self.source.overdue_ms() / 1000)
        return LOOK_EVERY_S

    def _work_off(
        self,
        partitions: Sequence[int],
        act: Callable[[Sequence[int]], Mapping[int, Answers | Failure]],
    ) -> list[Failure]:
        failures: list[Failure] = []
        turns = Turns(sorted(partitions, key=self._distance))
        while at_hand := turns.take(PARTITIONS_AT_ONCE):
            found = act(at_hand)
            for partition in reversed(at_hand):
                answers = found[partition]
                if isinstance(answers, OutcomeUnknown | StoreUnavailable):
                    failures.append(answers)
                elif len(answers) == BATCH and _was_first(answers):
                    turns.keep(partition)
        return failures

    def _distance(self, partition: int) -> int:
        return (partition - self.first_partition) % self.partitions

    def _close(self, partitions: Sequence[int]) -> Mapping[int, Answers | Failure]:
        found = self.store.close_due(partitions, BATCH)
        for answers in found.values():
            if not isinstance(answers, OutcomeUnknown | StoreUnavailable):
                for ended in answers:
                    if ended is not None:
                        self.metrics.closed.labels(ended.status.value).inc()
        return found

    def _announce(self, partitions: Sequence[int]) -> Mapping[int, Answers | Failure]:
        found = self.store.announce_due(partitions, BATCH)
        for answers in found.values():
            if not isinstance(answers, OutcomeUnknown | StoreUnavailable):
                self.metrics.announced.inc(sum(made is not None for made in answers))
        return found


def _was_first(answers: Answers) -> bool:
    """Return whether this worker did most of a batch.

    If not, another one is at the same partition and is left alone there until the next step.
    """
    return 2 * sum(made is not None for made in answers) >= len(answers)
