"""Reading for the archive says the same on Valkey, on Redis, and on a cluster."""

import pytest

from martelo.auctions.adapters.live_store.connection import Connection, Durability
from martelo.auctions.adapters.live_store.keys import partition_of, random_auction_id
from martelo.auctions.adapters.live_store.ledgers import ValkeyLedgers
from martelo.auctions.adapters.live_store.setup import prepare_store
from martelo.auctions.adapters.live_store.store import ValkeyStore
from martelo.auctions.domain.auction import Person
from martelo.auctions.domain.bidding import Bid
from martelo.auctions.domain.creating import Draft
from martelo.kernel.ids import AccountId, AuctionId
from martelo.runtime.valkey.client import Valkey, connect

PARTITIONS = 16
ANA, BRUNO = Person(AccountId("a"), "Ana"), Person(AccountId("b"), "Bruno")
UNKNOWN = AuctionId("05-0000000000000")


class Reader:
    """A store, and the reading of it."""

    def __init__(self, valkey: Valkey) -> None:
        connection = Connection(valkey, Durability())
        self.store = ValkeyStore(connection, PARTITIONS)
        self.ledgers = ValkeyLedgers(connection, valkey, PARTITIONS)

    def open(self, *, bids: int = 0) -> AuctionId:
        auction_id = random_auction_id(PARTITIONS)
        self.store.create(auction_id, ANA, Draft("Lote", "", 100, duration_ms=3_600_000))
        for step in range(bids):
            self.store.place_bid(auction_id, Bid(BRUNO, 1_000 * (step + 1)))
        return auction_id


@pytest.fixture(params=["valkey", "redis", "cluster"])
def reader(request: pytest.FixtureRequest, engine_urls: dict[str, str]) -> Reader:
    valkey = connect(engine_urls[request.param], timeout_s=5)
    prepare_store(valkey, PARTITIONS)
    return Reader(valkey)


class TestLines:
    def test_begin_at_a_position_and_include_it(self, reader: Reader) -> None:
        lots = [reader.open(bids=4) for _ in range(20)]
        reader.store.place_bid(lots[0], Bid(BRUNO, None, 50_000))

        found = reader.ledgers.lines({**dict.fromkeys(lots, (3, 0)), UNKNOWN: (0, 0)}, 10)

        assert found[UNKNOWN] == []
        assert [line.position for line in found[lots[0]]] == [(3, 0), (4, 0), (5, 0), (5, 1)]
        assert all([x.position for x in found[lot]] == [(3, 0), (4, 0), (5, 0)] for lot in lots[1:])
        assert [line.entry for line in found[lots[1]]] == reader.store.entries(lots[1], (2, 0), 9)

    def test_are_no_more_than_asked_for(self, reader: Reader) -> None:
        lot = reader.open(bids=5)

        found = reader.ledgers.lines({lot: (0, 0)}, 2)

        assert [line.position for line in found[lot]] == [(1, 0), (2, 0)]


class TestLastPositions:
    def test_name_the_newest_entry_of_each_that_is_live(self, reader: Reader) -> None:
        first, second = reader.open(), reader.open(bids=2)
        reader.store.place_bid(second, Bid(BRUNO, None, 50_000))

        found = reader.ledgers.last_positions([first, second, UNKNOWN])

        assert found == {first: (1, 0), second: (3, 1)}


class TestOpenAuctions:
    def test_come_all_in_some_pages(self, reader: Reader) -> None:
        lots = {reader.open() for _ in range(300)}

        found: set[AuctionId] = set()
        for partition in range(PARTITIONS):
            cursor = 0
            while True:
                page, cursor = reader.ledgers.open_auctions(partition, cursor, 5)
                found.update(page)
                if cursor == 0:
                    break

        assert lots <= found


class TestFinishedAfter:
    def test_gives_ends_behind_a_position(self, reader: Reader) -> None:
        start = dict.fromkeys(range(PARTITIONS), "0-0")
        lots = [reader.open() for _ in range(5)]
        for lot in lots:
            reader.store.cancel(lot, ANA, reason="x", is_admin=False)

        found = reader.ledgers.finished_after(start, 10_000)

        ended = {auction_id for ends in found.values() for _, auction_id in ends}
        assert set(lots) <= ended
        last = {partition: ends[-1][0] for partition, ends in found.items() if ends}
        assert not any(reader.ledgers.finished_after(last, 10).values())
        assert all(partition_of(name) == part for part in found for _, name in found[part])


class TestChanges:
    def test_name_every_partition(self, reader: Reader) -> None:
        changes = reader.ledgers.changes(0.2)
        assert next(changes) is None, "subscribed, and silent"
        lots = {reader.open() for _ in range(40)}

        notified = set()
        for auction_id in changes:
            notified.add(auction_id)
            if lots <= notified:
                break

        assert lots <= notified
