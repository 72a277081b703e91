"""A Valkey server, a store on it, and a `live` process beside them."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from engines.feed_process import FeedProcess, running_feed
from engines.valkey import Server, running, valkey_binary
from martelo.auctions.adapters.valkey_connection import Connection, Durability
from martelo.auctions.adapters.valkey_keys import random_auction_id
from martelo.auctions.adapters.valkey_setup import prepare_store
from martelo.auctions.adapters.valkey_store import ValkeyStore
from martelo.auctions.domain.answers import Opened, Placed
from martelo.auctions.domain.auction import Person
from martelo.auctions.domain.bidding import Bid
from martelo.auctions.domain.creating import Draft
from martelo.kernel.ids import AccountId, AuctionId
from martelo.runtime.valkey import connect

PARTITIONS = 16
ANA = Person(AccountId("a1"), "Ana")
BIDDERS = (Person(AccountId("b2"), "Bruno"), Person(AccountId("c3"), "Carla"))


@dataclass
class Lots:
    """Short words for what happens in the store."""

    store: ValkeyStore

    def create(self, duration_ms: int = 3_600_000, description: str = "de fubá") -> AuctionId:
        auction_id = random_auction_id(PARTITIONS)
        draft = Draft("Bolo", description, 100, duration_ms=duration_ms, min_increment_cents=1)
        opened = self.store.create(auction_id, ANA, draft)
        assert isinstance(opened, Opened), opened
        return auction_id

    def bid(self, auction_id: AuctionId, times: int = 1) -> int:
        """Place `times` bids and return the last `seq`."""
        reading = self.store.read(auction_id)
        assert reading is not None
        cents, seq = reading.auction.minimum_bid_cents, 0
        for step in range(times):
            bidder = BIDDERS[(cents + step) % 2]
            placed = self.store.place_bid(auction_id, Bid(bidder, amount_cents=cents + step))
            assert isinstance(placed, Placed), placed
            seq = placed.seq
        return seq

    def cancel(self, auction_id: AuctionId) -> None:
        self.store.cancel(auction_id, ANA, reason="quebrou", is_admin=True)


@pytest.fixture
def engine(tmp_path: Path) -> Iterator[Server]:
    with running(Server(valkey_binary(), tmp_path / "valkey")) as server:
        prepare_store(connect(server.url, timeout_s=5), PARTITIONS)
        yield server


@pytest.fixture
def lots(engine: Server) -> Lots:
    return Lots(ValkeyStore(Connection(connect(engine.url, timeout_s=5), Durability()), PARTITIONS))


@pytest.fixture
def feed(engine: Server, tmp_path: Path) -> Iterator[FeedProcess]:
    with running_feed(FeedProcess(engine.url, tmp_path)) as process:
        yield process
