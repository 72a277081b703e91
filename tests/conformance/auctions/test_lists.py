"""The list by end on every store, however its auctions are spread over the partitions."""

import pytest

from conformance.auctions.conftest import PARTITIONS, Bench
from martelo.auctions.adapters.live_store.keys import partition_of, random_auction_id
from martelo.auctions.domain.answers import Opened
from martelo.auctions.domain.auction import Person
from martelo.auctions.domain.creating import Draft
from martelo.auctions.ports.readings import Cursor
from martelo.kernel.ids import AccountId, AuctionId

ANA = Person(AccountId("a0000000-0000-4000-8000-000000000001"), "Ana")
HOURS_MS = 3_600_000
DAY_MS = 86_400_000


def id_in(partition: int) -> AuctionId:
    while True:
        auction_id = random_auction_id(PARTITIONS)
        if partition_of(auction_id) == partition:
            return auction_id


class TestOpenByEnd:
    @pytest.mark.parametrize("limit", [1, 10, 100])
    def test_walks_all_in_order_where_most_are_in_one_partition(
        self, bench: Bench, limit: int
    ) -> None:
        now_ms = bench.store.now_ms()
        # Later than what other tests have left, and further for each limit.
        begin_ms = now_ms + 80 * DAY_MS + limit * HOURS_MS
        expected = []
        for number in range(60):
            lot = id_in(7 if number % 10 else number % PARTITIONS)
            ends_at_ms = begin_ms + number % 5
            draft = Draft("Lote", "", 1, ends_at_ms=ends_at_ms)
            assert isinstance(bench.store.create(lot, ANA, draft), Opened)
            expected.append((ends_at_ms, lot))

        found: list[AuctionId] = []
        after: Cursor | None = Cursor(begin_ms - 1, AuctionId("99-zzzzzzzzzzzzz"))
        while after is not None and len(found) < len(expected):
            page, after = bench.store.open_by_end(after, limit)
            assert len(page) <= limit
            found += [reading.auction.id for reading in page]

        assert found[: len(expected)] == [lot for _, lot in sorted(expected)]
