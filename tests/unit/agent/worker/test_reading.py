from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

import pytest
from prometheus_client import CollectorRegistry

from fakes.agent_outside import FakeLots
from fakes.ends import sold
from fakes.memory_effects import MemoryEffects
from martelo.agent.ports.contexts import ContextUnavailable
from martelo.agent.ports.ends import EndsUnavailable, StreamEntry
from martelo.agent.worker.metrics import WorkerMetrics
from martelo.agent.worker.reading import BATCH, ROUNDS_BETWEEN_FULL, Listener, Reader, Reconciler
from martelo.contracts.finished import AuctionFinished


@dataclass
class FakeEnds:
    """Streams of two partitions, and a script of hints."""

    streams: dict[int, list[StreamEntry]] = field(default_factory=lambda: {0: [], 1: []})
    acknowledged: list[str] = field(default_factory=list)
    down: set[int] = field(default_factory=set)
    scripts: list[list[AuctionFinished | Exception | None]] = field(default_factory=list)

    def fresh(self, partition: int, limit: int) -> list[StreamEntry]:
        if partition in self.down:
            raise EndsUnavailable("down")
        taken, self.streams[partition] = (
            self.streams[partition][:limit],
            self.streams[partition][limit:],
        )
        return taken

    def abandoned(self, partition: int, limit: int, idle_ms: int) -> list[StreamEntry]:
        assert (limit, idle_ms) > (0, 0)
        return self.fresh(partition, 0)

    def acknowledge(self, partition: int, entry_ids: Sequence[str]) -> None:
        assert partition not in self.down
        self.acknowledged += entry_ids

    def lag(self, partition: int) -> int:
        return len(self.streams[partition])

    def hints(self, timeout_s: float) -> Iterator[AuctionFinished | None]:
        assert timeout_s > 0
        for each in self.scripts.pop(0):
            if isinstance(each, Exception):
                raise each
            yield each


@pytest.fixture
def metrics() -> WorkerMetrics:
    return WorkerMetrics(CollectorRegistry())


def entry(number: int, end: AuctionFinished | None) -> StreamEntry:
    return StreamEntry(f"{number}-0", end)


class TestReader:
    def test_acknowledges_what_is_kept(self, metrics: WorkerMetrics) -> None:
        ends, store = FakeEnds(), MemoryEffects()
        ends.streams[1] = [entry(1, sold()), entry(2, sold())]

        Reader(store, ends, 2, metrics).step()

        assert len(store.reports) == 2
        assert ends.acknowledged == ["1-0", "2-0"]

    def test_does_not_stop_at_an_entry_that_makes_no_sense(self, metrics: WorkerMetrics) -> None:
        ends, store = FakeEnds(), MemoryEffects()
        ends.streams[0] = [entry(1, None), entry(2, sold())]

        Reader(store, ends, 2, metrics).step()

        assert len(store.reports) == 1
        assert ends.acknowledged == ["1-0", "2-0"]

    def test_reads_the_other_partitions_where_one_is_down(self, metrics: WorkerMetrics) -> None:
        ends, store = FakeEnds(down={0}), MemoryEffects()
        ends.streams[1] = [entry(1, sold())]

        with pytest.raises(EndsUnavailable):
            Reader(store, ends, 2, metrics).step()

        assert len(store.reports) == 1

    def test_goes_on_at_once_while_there_is_more(self, metrics: WorkerMetrics) -> None:
        ends = FakeEnds()
        ends.streams[0] = [entry(n, sold()) for n in range(BATCH + 1)]
        reader = Reader(MemoryEffects(), ends, 2, metrics)

        assert reader.step() == 0
        assert reader.step() > 0


class TestListener:
    def test_keeps_what_is_hinted_and_listens_again_after_a_fault(
        self, metrics: WorkerMetrics
    ) -> None:
        first, second = sold(), sold()
        ends, store = FakeEnds(), MemoryEffects()
        ends.scripts = [[first, None, EndsUnavailable("cut")], [second, None]]
        listener = Listener(store, ends, metrics)

        listener.step()
        with pytest.raises(EndsUnavailable):
            listener.step()
        listener.step()

        assert set(store.reports) == {first.event_id, second.event_id}


class TestReconciler:
    def test_finds_what_everybody_else_lost(self, metrics: WorkerMetrics) -> None:
        pages = [[sold(), sold()], [sold()], [sold()]]
        lots, store = FakeLots(ends=pages), MemoryEffects()

        Reconciler(store, lots, metrics).step()

        assert len(store.reports) == 4

    def test_begins_a_page_before_the_newest_and_at_times_at_the_oldest(
        self, metrics: WorkerMetrics
    ) -> None:
        lots = FakeLots(ends=[[sold()], [sold()], [sold()]])
        reconciler = Reconciler(MemoryEffects(), lots, metrics)

        reconciler.step()
        lots.requested.clear()
        reconciler.step()
        reconciler.step()
        assert lots.requested == ["1", "2", "1", "2"]
        for _ in range(ROUNDS_BETWEEN_FULL - 3):
            reconciler.step()
        lots.requested.clear()
        reconciler.step()

        assert lots.requested == [None, "1", "2"]

    def test_begins_again_after_a_fault(self, metrics: WorkerMetrics) -> None:
        lots, store = FakeLots(ends=[[sold()]], is_down=True), MemoryEffects()
        reconciler = Reconciler(store, lots, metrics)
        with pytest.raises(ContextUnavailable):
            reconciler.step()

        lots.is_down = False
        reconciler.step()

        assert len(store.reports) == 1
