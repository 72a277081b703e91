"""Many bids in one call end as one by one, on every store; sequences: `test_model.py`."""

import asyncio
import time
from collections.abc import Sequence
from typing import Any

import pytest

from conformance.auctions.conftest import PARTITIONS, Bench
from fakes.memory_store import MemoryStore
from martelo.auctions.adapters.live_store.async_connection import AsyncConnection
from martelo.auctions.adapters.live_store.bids import ValkeyBids
from martelo.auctions.adapters.live_store.calls import MAX_BIDS
from martelo.auctions.adapters.live_store.connection import Durability
from martelo.auctions.adapters.live_store.keys import auction_keys, random_auction_id
from martelo.auctions.domain.answers import Opened, Placed
from martelo.auctions.domain.auction import Person
from martelo.auctions.domain.bidding import Bid
from martelo.auctions.domain.creating import Draft
from martelo.auctions.domain.refusals import AuctionNotFound, BidTooLow, SellerCannotBid
from martelo.auctions.ports.failures import OutcomeUnknown, StoreUnavailable
from martelo.auctions.public_entries import MESSAGE_DECODER, with_names
from martelo.kernel.ids import AccountId, AuctionId
from martelo.kernel.refusal import Refusal
from martelo.runtime.valkey.async_client import connect_async
from martelo.runtime.valkey.client import connect

ANA = Person(AccountId("a1"), "Ana")
PEOPLE = tuple(Person(AccountId(f"b{i}"), f"Bruno {i}") for i in range(7))
REAL = pytest.mark.parametrize("bench", ["valkey", "redis", "cluster"], indirect=True)


def place(
    url: str, auction_id: AuctionId, bids: Sequence[Bid], durability: Durability | None = None
) -> list[Placed | Refusal]:
    async def placed() -> list[Placed | Refusal]:
        valkey = connect_async(url, timeout_s=5)
        try:
            bidding = ValkeyBids(AsyncConnection(valkey, durability or Durability()))
            return await bidding.place_many(auction_id, bids)
        finally:
            await valkey.close()

    return asyncio.run(placed())


def create(bench: Bench, pure: MemoryStore) -> AuctionId:
    auction_id, now_ms = random_auction_id(PARTITIONS), int(time.time() * 1000)
    draft = Draft("Bolo", "", 1_000, duration_ms=60_000, soft_close_window_s=60, soft_close_cap_s=5)
    bench.set_clock(now_ms)
    pure.clock_ms = now_ms
    for store in (bench.store, pure):
        assert isinstance(store.create(auction_id, ANA, draft), Opened)
    bench.set_clock(now_ms + 1_000)
    pure.clock_ms = now_ms + 1_000
    return auction_id


def many_bids() -> list[Bid]:
    """Return a full call: leads, ties, raises, refusals, keys used again."""
    bids = [
        Bid(PEOPLE[0], max_cents=9_000, key="k"),
        Bid(PEOPLE[1], max_cents=9_000),
        Bid(PEOPLE[0], max_cents=9_500),
        Bid(PEOPLE[0], max_cents=9_000, key="k"),
        Bid(PEOPLE[0], amount_cents=9_000, key="k"),
        Bid(ANA, amount_cents=20_000),
        Bid(PEOPLE[2], amount_cents=1),
    ]
    climbing = (
        Bid(PEOPLE[i % 7], amount_cents=10_000 + 500 * i, key=f"k{i}")
        for i in range(MAX_BIDS - len(bids))
    )
    return [*bids, *climbing]


@REAL
def test_ends_as_one_by_one(bench: Bench, engine_urls: dict[str, str]) -> None:
    pure = MemoryStore()
    auction_id = create(bench, pure)
    bids = many_bids()

    together = place(engine_urls[bench.name], auction_id, bids)

    assert together == [pure.place_bid(auction_id, bid) for bid in bids]
    assert sum(isinstance(answer, Placed) for answer in together) > 50
    assert [isinstance(answer, SellerCannotBid) for answer in together].count(True) == 1
    assert [isinstance(answer, BidTooLow) for answer in together].count(True) >= 1
    entries = bench.store.entries(auction_id, (0, 0), 999)
    assert entries == pure.entries(auction_id, (0, 0), 999)
    reading = pure.read(auction_id)
    assert reading is not None
    assert bench.end_score(auction_id) == reading.auction.ends_at_ms


@REAL
def test_publishes_each_entry_in_order(bench: Bench, engine_urls: dict[str, str]) -> None:
    auction_id = create(bench, MemoryStore())
    channel = auction_keys(auction_id).channel
    node: Any = connect(engine_urls[bench.name], timeout_s=5).node_of(channel)
    listening = node.pubsub()
    listening.subscribe(channel)
    assert listening.get_message(timeout=5)["type"] == "subscribe"

    place(engine_urls[bench.name], auction_id, many_bids())

    public = bench.store.public_entries(auction_id, 1, 999)
    heard = [MESSAGE_DECODER.decode(listening.get_message(timeout=5)["data"]) for _ in public]
    listening.close()
    assert heard == with_names(public, bench.store.names(auction_id, range(len(PEOPLE) + 1)))


@REAL
def test_answers_each_bid_on_what_is_not_there(bench: Bench, engine_urls: dict[str, str]) -> None:
    auction_id = random_auction_id(PARTITIONS)

    answers = place(engine_urls[bench.name], auction_id, many_bids()[:3])

    assert answers == [AuctionNotFound()] * 3


def test_takes_no_more_than_it_may() -> None:
    bids = [*many_bids(), many_bids()[0]]

    with pytest.raises(ValueError, match=f"{MAX_BIDS + 1} bids"):
        place("valkey://127.0.0.1:9", random_auction_id(16), bids)


@REAL
def test_is_unknown_where_too_few_replicas_hold_it(
    bench: Bench, engine_urls: dict[str, str]
) -> None:
    auction_id = create(bench, MemoryStore())

    with pytest.raises(OutcomeUnknown, match="0 of 1"):
        place(engine_urls[bench.name], auction_id, many_bids(), Durability(1, 20))

    assert bench.store.entries(auction_id, (1, 0), 999)


@REAL
def test_is_refused_whole_where_the_library_is_missing(
    bench: Bench, engine_urls: dict[str, str]
) -> None:
    auction_id = create(bench, MemoryStore())
    for node in connect(engine_urls[bench.name], timeout_s=5).primaries():
        node.execute_command("FUNCTION", "FLUSH")  # type: ignore[no-untyped-call]

    with pytest.raises(StoreUnavailable, match="Function not found"):
        place(engine_urls[bench.name], auction_id, many_bids(), Durability(1, 20))
