"""Closing and announcing what is due, over partitions, on every store."""

from collections.abc import Mapping, Sequence
from typing import TypeVar

from conformance.auctions.conftest import PARTITIONS, Bench
from martelo.auctions.adapters.live_store.keys import random_auction_id
from martelo.auctions.domain.answers import Announced, Ended, Opened
from martelo.auctions.domain.auction import Person, Status
from martelo.auctions.domain.creating import Draft
from martelo.auctions.ports.failures import Failure
from martelo.kernel.ids import AccountId, AuctionId

Answer = TypeVar("Answer")

ANA = Person(AccountId("a0000000-0000-4000-8000-000000000001"), "Ana")
LONG_AGO_MS = 1_000_000_000_000
MINUTE_MS = 60_000


def open_many(bench: Bench, at_ms: int, duration_ms: int) -> set[AuctionId]:
    bench.set_clock(at_ms)
    lots = {random_auction_id(PARTITIONS) for _ in range(60)}
    for lot in lots:
        opened = bench.store.create(lot, ANA, Draft("Lote", "", 1, duration_ms=duration_ms))
        assert isinstance(opened, Opened)
    return lots


def known(found: Mapping[int, Sequence[Answer] | Failure]) -> list[Sequence[Answer]]:
    """Return what came of each partition, of which all answered."""
    answers = [each for each in found.values() if not isinstance(each, Exception)]
    assert len(answers) == len(found)
    return answers


class TestCloseDue:
    def test_closes_what_is_due_at_most_so_many_of_each(self, bench: Bench) -> None:
        lots = open_many(bench, LONG_AGO_MS, MINUTE_MS)
        bench.set_clock(LONG_AGO_MS + MINUTE_MS)

        closed: list[Ended | None] = []
        while any(found := known(bench.store.close_due(range(PARTITIONS), 2))):
            assert max(map(len, found)) <= 2
            closed += [each for answers in found for each in answers]

        readings = bench.store.read_many(list(lots)).values()
        assert {reading.auction.status for reading in readings} == {Status.UNSOLD}
        assert len(closed) == len(lots)
        assert None not in closed

    def test_leaves_what_is_not_due(self, bench: Bench) -> None:
        lots = open_many(bench, LONG_AGO_MS + 10 * MINUTE_MS, MINUTE_MS)
        bench.set_clock(LONG_AGO_MS + 11 * MINUTE_MS - 1)

        found = bench.store.close_due([3, 7], 100)

        assert found == {3: [], 7: []}
        bench.set_clock(LONG_AGO_MS + 11 * MINUTE_MS)
        closed = known(bench.store.close_due(range(PARTITIONS), 100))
        assert sum(map(len, closed)) == len(lots)


class TestAnnounceDue:
    def test_announces_each_once(self, bench: Bench) -> None:
        lots = open_many(bench, LONG_AGO_MS + 20 * MINUTE_MS, 9 * MINUTE_MS)
        bench.set_clock(LONG_AGO_MS + 28 * MINUTE_MS)

        first = known(bench.store.announce_due(range(PARTITIONS), 100))
        second = known(bench.store.announce_due(range(PARTITIONS), 100))

        announced = [each for answers in first for each in answers]
        assert len(announced) == len(lots)
        assert all(isinstance(each, Announced) and each.minutes == 1 for each in announced)
        assert not any(second)
        bench.set_clock(LONG_AGO_MS + 29 * MINUTE_MS)
        bench.store.close_due(range(PARTITIONS), 100)
