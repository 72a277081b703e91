"""Closing and announcing: every partition, by the store's clock, by any number of workers."""

from collections.abc import Callable
from dataclasses import dataclass

from martelo.auctions.ports import AuctionStore, LedgerSource, OutcomeUnknown, StoreUnavailable
from martelo.auctions.worker.metrics import ANNOUNCED, CLOSED, OVERDUE

BATCH = 100
LONGEST_PAUSE_S = 0.25
"""A new auction may end sooner than all that were known a moment ago."""

SHORTEST_PAUSE_S = 0.02
LOOK_EVERY_S = 1.0


@dataclass(frozen=True, slots=True)
class Ends:
    """Closes what is due and announces what is near.

    Workers begin at different partitions (`first_partition`), or all would do the same first.
    """

    store: AuctionStore
    source: LedgerSource
    partitions: int
    first_partition: int

    def step(self) -> float:
        """Do all that is due and return the pause in seconds until the next.

        Raises:
            OutcomeUnknown, StoreUnavailable: Of some partition; the others are done all the same.
        """
        pause_s = self._pause_s()
        if pause_s > 0:
            return pause_s
        failures = [*self._each_partition(self._close), *self._each_partition(self._announce)]
        if failures:
            raise failures[0]
        return SHORTEST_PAUSE_S

    def look(self) -> float:
        """Measure how long the oldest due auction waits."""
        OVERDUE.set(self.source.overdue_ms() / 1000)
        return LOOK_EVERY_S

    def _pause_s(self) -> float:
        try:
            due_ms = self.store.next_due_ms()
        except StoreUnavailable:
            # One server of a Cluster may be down and the partitions of the others due.
            return 0
        return LONGEST_PAUSE_S if due_ms is None else min(due_ms / 1000, LONGEST_PAUSE_S)

    def _each_partition(self, act: Callable[[int], None]) -> list[Exception]:
        failures: list[Exception] = []
        for offset in range(self.partitions):
            try:
                act((self.first_partition + offset) % self.partitions)
            except (OutcomeUnknown, StoreUnavailable) as failure:
                failures.append(failure)
        return failures

    def _close(self, partition: int) -> None:
        while due := self.store.due_to_close(partition, BATCH):
            for ended in self.store.close(due):
                if ended is not None:
                    CLOSED.labels(ended.status.value).inc()
            if len(due) < BATCH:
                return

    def _announce(self, partition: int) -> None:
        due = self.store.due_to_announce(partition, BATCH)
        ANNOUNCED.inc(sum(made is not None for made in self.store.announce(due)))
