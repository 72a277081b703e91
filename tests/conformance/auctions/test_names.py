"""Names are beside the ledger alone: read when shown, and in nothing else that is stored."""

import json
from typing import Any

import pytest

from conformance.auctions.conftest import PARTITIONS, Bench
from conformance.auctions.test_many import place
from fakes.memory_store import MemoryStore
from martelo.auctions.adapters.live_store.keys import (
    auction_keys,
    partition_keys,
    partition_of,
    random_auction_id,
)
from martelo.auctions.domain.auction import Person
from martelo.auctions.domain.bidding import Bid
from martelo.auctions.domain.creating import Draft
from martelo.auctions.public_entries import NAMES_ERASED
from martelo.contracts.channels import FINISHED_CHANNEL
from martelo.kernel.ids import AccountId, AuctionId
from martelo.runtime.valkey.client import connect

SOL = Person(AccountId("s1"), "Solange Seller")
ANA, BIA = Person(AccountId("a1"), 'Ânanias "o" Leader'), Person(AccountId("b1"), "Bianca Bidder")
ROOT = Person(AccountId("r1"), "Rooter Admin")
PEOPLE = (SOL, ANA, BIA, ROOT)
REAL = pytest.mark.parametrize("bench", ["valkey", "redis", "cluster"], indirect=True)


def played(bench: Bench, url: str) -> AuctionId:
    """Return a lot with an entry of every kind but a purchase, sold to Ana."""
    auction_id, store = random_auction_id(PARTITIONS), bench.store
    at_ms = 1_790_000_000_000
    bench.set_clock(at_ms)
    store.create(auction_id, SOL, Draft("Lote", "", 100, duration_ms=3_600_000))
    store.edit(auction_id, SOL, store.read(auction_id, bids=0).auction.texts, seq=1)  # type: ignore[union-attr]
    store.place_bid(auction_id, Bid(BIA, 200, key="k"))
    if isinstance(store, MemoryStore):
        store.place_bid(auction_id, Bid(ANA, None, 900))
        store.place_bid(auction_id, Bid(BIA, 500))
    else:
        place(url, auction_id, [Bid(ANA, None, 900, key="k"), Bid(BIA, 500, key="l")])
    store.place_bid(auction_id, Bid(ANA, None, 1_000))
    store.void_bids(auction_id, ROOT, number=1, reason="x", key="k")
    store.extend(auction_id, ROOT, minutes=1, reason="x", key="l")
    bench.set_clock(at_ms + 3_650_000)
    store.announce([auction_id])
    bench.set_clock(at_ms + 7_200_000)
    store.close([auction_id])
    return auction_id


def dump(node: Any, key: str) -> str:  # noqa: ANN401 - redis-py's types
    """Return everything that a key holds."""
    match node.type(key):
        case b"hash":
            return str(node.hgetall(key))
        case b"stream":
            return str(node.xrange(key))
        case b"zset":
            return str(node.zrange(key, 0, -1))
        case kind:
            return str(kind)


class TestNames:
    @pytest.mark.parametrize("bench", ["pure", "valkey", "redis", "cluster"], indirect=True)
    def test_are_read_with_the_lot(self, bench: Bench, engine_urls: dict[str, str]) -> None:
        lot = played(bench, engine_urls.get(bench.name, ""))

        reading = bench.store.read(lot)

        assert reading is not None
        assert reading.names == {0: SOL.name, 1: BIA.name, 2: ANA.name}
        assert bench.store.names(lot, [2, 7]) == {2: ANA.name}
        assert bench.store.read_many([lot])[lot].names == {0: SOL.name, 2: ANA.name}

    @pytest.mark.parametrize("bench", ["pure", "valkey", "redis", "cluster"], indirect=True)
    def test_are_those_of_the_latest_bid(self, bench: Bench, engine_urls: dict[str, str]) -> None:
        lot, store = random_auction_id(PARTITIONS), bench.store
        store.create(lot, SOL, Draft("Lote", "", 100, duration_ms=3_600_000))
        store.place_bid(lot, Bid(ANA, 200))
        renamed = Person(ANA.account_id, "Other")

        store.place_bid(lot, Bid(renamed, None, 900))

        assert store.names(lot, [1]) == {1: "Other"}
        if not isinstance(store, MemoryStore):
            place(engine_urls[bench.name], lot, [Bid(ANA, None, 950)])
            assert store.names(lot, [1]) == {1: ANA.name}

    @REAL
    def test_are_in_nothing_else_that_is_stored(
        self, bench: Bench, engine_urls: dict[str, str]
    ) -> None:
        lot = played(bench, engine_urls[bench.name])
        keys, finished = auction_keys(lot), partition_keys(partition_of(lot)).finished
        node: Any = connect(engine_urls[bench.name], timeout_s=5).node_of(keys.auction)
        fields = [f"m:{number}" for number in range(3)]
        assert [json.loads(each) for each in node.hmget(keys.auction, fields)] == [
            SOL.name,
            BIA.name,
            ANA.name,
        ]

        node.hdel(keys.auction, *fields)

        stored = "".join(dump(node, key) for key in node.keys(f"{keys.auction}*"))
        stored += dump(node, finished)
        for person in PEOPLE:
            assert person.name.split()[-1] not in stored
            assert repr(person.name.encode())[2:8] not in stored
        assert bench.store.read(lot).names == {}  # type: ignore[union-attr]

    @REAL
    def test_are_gone_once_erased_and_the_feed_hears_of_it(
        self, bench: Bench, engine_urls: dict[str, str]
    ) -> None:
        lot = played(bench, engine_urls[bench.name])
        channel = auction_keys(lot).channel
        node: Any = connect(engine_urls[bench.name], timeout_s=5).node_of(channel)
        listening = node.pubsub()
        listening.subscribe(channel)
        assert listening.get_message(timeout=5)["type"] == "subscribe"

        for _ in range(2):
            bench.store.erase_names([(lot, 2)])

        assert listening.get_message(timeout=5)["data"] == NAMES_ERASED
        listening.close()
        assert bench.store.names(lot, [0, 1, 2]) == {0: SOL.name, 1: BIA.name}

    @REAL
    def test_are_in_the_hint_of_an_end_and_not_in_its_stored_event(
        self, bench: Bench, engine_urls: dict[str, str]
    ) -> None:
        url = engine_urls[bench.name]
        node: Any = connect(url, timeout_s=5).primaries()[0]
        listening = node.pubsub()
        listening.subscribe(FINISHED_CHANNEL)
        assert listening.get_message(timeout=5)["type"] == "subscribe"

        lot = played(bench, url)

        hint = json.loads(listening.get_message(timeout=5)["data"])
        listening.close()
        stored = json.loads(bench.finished(partition_of(lot))[-1])
        assert hint["winner"] == {"id": "a1", "name": ANA.name}
        assert hint["seller"] == {"id": "s1", "name": SOL.name}
        assert (stored["winner"], stored["seller"]) == ({"id": "a1"}, {"id": "s1"})
        assert {**hint, "winner": None, "seller": None} == {
            **stored,
            "winner": None,
            "seller": None,
        }
