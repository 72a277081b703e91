from collections.abc import Sequence

import pytest
from prometheus_client import CollectorRegistry

from fakes.memory_store import MemoryStore
from martelo.auctions.domain.answers import Ended
from martelo.auctions.domain.auction import Status
from martelo.auctions.ports.failures import Failure, OutcomeUnknown, StoreUnavailable
from martelo.auctions.ports.outages import KnownOutages
from martelo.auctions.ports.readings import Upcoming
from martelo.auctions.worker.ends import BATCH, PARTITIONS_AT_ONCE, Ends
from martelo.auctions.worker.metrics import WorkerMetrics
from martelo.auctions.worker.outage_hold import OutageHold
from martelo.auctions.worker.precedence import Precedence
from martelo.auctions.worker.store_clock import StoreClock, StoreClockJumped
from martelo.auctions.worker.turns import TURNS_IN_A_ROW
from martelo.kernel.ids import AuctionId

PARTITIONS = 8


class Backlog(MemoryStore):
    """Holds due auctions; some partitions do not answer, in some another worker is faster."""

    def __init__(self, *, broken: set[int] | None = None, silent: int | None = None) -> None:
        super().__init__()
        self.broken = broken or set()
        self.silent = silent
        self.contested: set[int] = set()
        self.due = dict.fromkeys(range(PARTITIONS), 2 * BATCH + 1)
        self.rounds: list[list[int]] = []

    def upcoming(self) -> Upcoming:
        due = [partition for partition, due in self.due.items() if due]
        if self.silent is not None:
            due.remove(self.silent)
        clocks_ms = dict.fromkeys(range(PARTITIONS), self.clock_ms)
        failure = None if self.silent is None else StoreUnavailable()
        return Upcoming(due, [], 0, clocks_ms, failure)

    def close_due(
        self, partitions: Sequence[int], limit: int
    ) -> dict[int, list[Ended | None] | Failure]:
        self.rounds.append(list(partitions))
        return {partition: self._close(partition, limit) for partition in partitions}

    def _close(self, partition: int, limit: int) -> list[Ended | None] | Failure:
        if partition in self.broken:
            return OutcomeUnknown()
        closed = min(limit, self.due[partition])
        if partition in self.contested:
            return [None] * closed
        self.due[partition] -= closed
        return [Ended(Status.SOLD, 2, 0)] * closed

    def times(self, partition: int) -> int:
        return sum(partition in taken for taken in self.rounds)


class NoOutages:
    def beat(self) -> None:
        raise NotImplementedError

    def known(self) -> KnownOutages:
        return KnownOutages(0, [], None)

    def auctions_ending(self, first_ms: int, last_ms: int) -> list[AuctionId]:
        raise NotImplementedError

    def forget(self, from_ms: int) -> bool:
        raise NotImplementedError


class TestStep:
    def ends(self, store: MemoryStore, clock: StoreClock | None = None) -> Ends:
        metrics = WorkerMetrics(CollectorRegistry())
        clock = clock or StoreClock(lambda: None, metrics)
        hold = OutageHold(NoOutages(), metrics)
        return Ends(store, None, PARTITIONS, 2, Precedence(), clock, hold, metrics)  # type: ignore[arg-type]

    def test_closes_more_than_one_call_takes(self) -> None:
        store = Backlog()

        self.ends(store).step()

        assert set(store.due.values()) == {0}
        assert max(map(len, store.rounds)) == PARTITIONS_AT_ONCE

    def test_begins_at_its_own_partition(self) -> None:
        store = Backlog()

        self.ends(store).step()

        order = [partition for taken in store.rounds for partition in taken]
        assert list(dict.fromkeys(order)) == [2, 3, 4, 5, 6, 7, 0, 1]

    def test_asks_only_where_something_is_due(self) -> None:
        store = Backlog()
        store.due = {5: 3}

        self.ends(store).step()

        assert store.rounds == [[5]]

    def test_leaves_alone_where_another_worker_is_faster(self) -> None:
        store = Backlog()
        store.contested = {3}

        self.ends(store).step()

        assert store.times(3) == 1
        assert {partition for partition, due in store.due.items() if due} == {3}

    def test_lets_no_long_backlog_keep_the_others_waiting(self) -> None:
        store = Backlog()
        store.due = dict.fromkeys(range(PARTITIONS), 1)
        long = range(2, 2 + PARTITIONS_AT_ONCE)
        store.due |= dict.fromkeys(long, 100 * BATCH)

        self.ends(store).step()

        first_of_others = next(
            at for at, taken in enumerate(store.rounds) if {*taken}.isdisjoint(long)
        )
        assert first_of_others == TURNS_IN_A_ROW
        assert set(store.due.values()) == {0}

    def test_closes_the_others_where_a_server_does_not_answer(self) -> None:
        store = Backlog(silent=3)

        with pytest.raises(StoreUnavailable):
            self.ends(store).step()

        assert {partition for partition, due in store.due.items() if due} == {3}
        assert store.times(3) == 0

    def test_closes_nothing_once_the_clock_has_jumped(self) -> None:
        store = Backlog()
        ends = self.ends(store)
        ends.step()
        store.clock_ms += 3_600_000
        store.due = {5: 1}

        with pytest.raises(StoreClockJumped):
            ends.step()

        assert store.due == {5: 1}

    def test_closes_the_others_where_a_partition_fails(self) -> None:
        store = Backlog(broken={3})

        with pytest.raises(OutcomeUnknown):
            self.ends(store).step()

        assert {partition for partition, due in store.due.items() if due} == {3}
        assert store.times(3) == 1
