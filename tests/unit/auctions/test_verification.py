from dataclasses import replace

import pytest

from fakes.memory_store import MemoryStore
from martelo.auctions.domain.auction import Person
from martelo.auctions.domain.bidding import Bid
from martelo.auctions.domain.creating import Draft
from martelo.auctions.domain.entries import BidPlaced, Entry
from martelo.auctions.ports.readings import Reading
from martelo.auctions.verification import Verified, verify
from martelo.kernel.ids import AccountId, AuctionId

LOT = AuctionId("00-lot")
ANA, BRUNO = Person(AccountId("a"), "Ana"), Person(AccountId("b"), "Bruno")


class Tampered(MemoryStore):
    """A store whose ledger can be replaced."""

    ledger: list[Entry] | None = None

    def entries(self, auction_id: AuctionId, after: tuple[int, int], limit: int) -> list[Entry]:
        found = super().entries(auction_id, (0, 0), 1_000) if self.ledger is None else self.ledger
        return [e for e in found if (e.seq, getattr(e, "sub", 0)) > after][:limit]


class NoRecord:
    """A record that knows nothing."""

    def read(self, *_: object, **__: object) -> Reading | None:
        return None


@pytest.fixture
def store() -> Tampered:
    store = Tampered()
    store.create(LOT, ANA, Draft("Lote", "", 1_000, duration_ms=60_000))
    for amount in (1_000, 2_000, 3_000):
        store.clock_ms += 1_000
        store.place_bid(LOT, Bid(BRUNO, amount))
    store.place_bid(LOT, Bid(BRUNO, None, 9_000))
    return store


def check(store: MemoryStore) -> list[Verified]:
    return verify(store, NoRecord(), LOT)  # type: ignore[arg-type]


class TestVerify:
    def test_agrees_where_the_replay_gives_the_state(self, store: Tampered) -> None:
        assert check(store) == [Verified("live", 5, ())]

    def test_finds_nothing_where_nobody_knows_the_auction(self) -> None:
        assert check(MemoryStore()) == []

    def test_finds_a_missing_entry(self, store: Tampered) -> None:
        entries = store.entries(LOT, (0, 0), 9)
        store.ledger = [*entries[:2], *entries[3:]]

        (found,) = check(store)

        assert found.differences == ("(4, 0) follows (2, 0)",)

    def test_finds_another_price(self, store: Tampered) -> None:
        entries = store.entries(LOT, (0, 0), 9)
        changed = [
            replace(e, price_cents=2_999) if isinstance(e, BidPlaced) and e.seq == 4 else e
            for e in entries
        ]
        store.ledger = changed

        (found,) = check(store)

        assert len(found.differences) == 1
        assert found.differences[0].startswith("lead: stored")

    def test_finds_time_running_backwards(self, store: Tampered) -> None:
        entries = store.entries(LOT, (0, 0), 9)
        store.ledger = [replace(entries[0], at_ms=1_500), *entries[1:]]

        (found,) = check(store)

        assert "(2, 0) is dated before the entry it follows" in found.differences

    def test_finds_a_ledger_without_its_creation(self, store: Tampered) -> None:
        store.ledger = store.entries(LOT, (0, 0), 9)[1:]

        (found,) = check(store)

        assert "a ledger starts with the creation" in found.differences
