"""A store on a real server, with short words for what happens in it."""

from dataclasses import dataclass

from martelo.auctions.adapters.live_store.keys import random_auction_id
from martelo.auctions.adapters.live_store.store import ValkeyStore
from martelo.auctions.domain.answers import Opened, Placed
from martelo.auctions.domain.auction import Person
from martelo.auctions.domain.bidding import Bid
from martelo.auctions.domain.creating import Draft
from martelo.kernel.ids import AccountId, AuctionId

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
