import pytest

from fakes.memory_store import MemoryStore
from martelo.auctions.domain.answers import Ended
from martelo.auctions.domain.auction import Status
from martelo.auctions.ports import StoreUnavailable
from martelo.auctions.worker.ends import BATCH, Ends
from martelo.kernel.ids import AuctionId


class BrokenInPart(MemoryStore):
    """Holds due auctions in every partition; some partitions do not answer."""

    def __init__(self, broken: set[int], *, clock_broken: bool = False) -> None:
        super().__init__()
        self.broken = broken
        self.clock_broken = clock_broken
        self.due = dict.fromkeys(range(4), 2 * BATCH + 1)
        self.order: list[int] = []

    def next_due_ms(self) -> int | None:
        if self.clock_broken:
            raise StoreUnavailable
        return 0

    def due_to_close(self, partition: int, limit: int) -> list[AuctionId]:
        if partition in self.broken:
            raise StoreUnavailable
        self.order.append(partition)
        return [AuctionId(f"{partition:02d}-x")] * min(limit, self.due[partition])

    def close(self, auction_ids: list[AuctionId]) -> list[Ended | None]:  # type: ignore[override]
        self.due[int(auction_ids[0][:2])] -= len(auction_ids)
        return [Ended(Status.SOLD, 2, 0)] * len(auction_ids)


class TestStep:
    def ends(self, store: MemoryStore) -> Ends:
        return Ends(store, source=None, partitions=4, first_partition=2)  # type: ignore[arg-type]

    def test_closes_more_than_one_call_takes(self) -> None:
        store = BrokenInPart(set())

        self.ends(store).step()

        assert set(store.due.values()) == {0}

    def test_begins_at_its_own_partition(self) -> None:
        store = BrokenInPart(set())

        self.ends(store).step()

        assert list(dict.fromkeys(store.order)) == [2, 3, 0, 1]

    @pytest.mark.parametrize("clock_broken", [False, True])
    def test_closes_the_others_where_a_partition_does_not_answer(
        self, *, clock_broken: bool
    ) -> None:
        store = BrokenInPart({3}, clock_broken=clock_broken)

        with pytest.raises(StoreUnavailable):
            self.ends(store).step()

        assert store.due == {0: 0, 1: 0, 2: 0, 3: 2 * BATCH + 1}
