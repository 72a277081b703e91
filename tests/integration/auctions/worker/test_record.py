"""The archive and the reading of it, on real engines."""

from collections.abc import Callable
from dataclasses import replace

import pytest
from sqlalchemy import text

from engines.house import ANA, BRUNO, CARLA, House
from martelo.auctions.domain.creating import Draft
from martelo.auctions.domain.entries import Raised, replay
from martelo.auctions.ports.failures import LedgerGap
from martelo.auctions.ports.readings import Reading
from martelo.auctions.wire import answers
from martelo.kernel.ids import AccountId, AuctionId


def count(house: House, table: str) -> int:
    with house.engine.begin() as connection:
        found: int = connection.execute(text(f"SELECT count(*) FROM {table}")).scalar_one()  # noqa: S608 - ours
        return found


def sell(house: House) -> AuctionId:
    auction_id = house.open_with_history()
    house.decide_at(house.store.now_ms() + 3_600_000)
    house.store.close([auction_id])
    house.decide_now()
    return auction_id


def leave_unsold(house: House) -> AuctionId:
    (auction_id,) = house.open_to_end_at(house.store.now_ms() - 1_000, 1)
    house.decide_at(house.store.now_ms())
    house.store.close([auction_id])
    house.decide_now()
    return auction_id


def buy(house: House) -> AuctionId:
    auction_id = house.open(Draft("Vaso", "", 1_000, duration_ms=60_000, buy_now_cents=9_000))
    house.store.buy_now(auction_id, CARLA)
    return auction_id


def cancel(house: House) -> AuctionId:
    auction_id = house.open_with_history()
    house.store.cancel(auction_id, ANA, reason='Quebrou "tudo"', is_admin=True)
    return auction_id


def extend(house: House) -> AuctionId:
    auction_id = house.open_with_history()
    house.store.extend(auction_id, ANA, minutes=30, reason='Queda "geral"', key="k")
    return auction_id


def schedule(house: House) -> AuctionId:
    now_ms = house.store.now_ms()
    return house.open(Draft("Em breve", "", 1, starts_at_ms=now_ms + 90_000, duration_ms=60_000))


EVERY_KIND = pytest.mark.parametrize(
    "make",
    [House.open_with_history, sell, leave_unsold, buy, cancel, extend, schedule],
    ids=["open", "sold", "unsold", "bought", "cancelled", "extended", "scheduled"],
)


class TestArchive:
    @EVERY_KIND
    def test_keeps_a_ledger_whose_replay_is_the_live_state(
        self, house: House, make: Callable[[House], AuctionId]
    ) -> None:
        auction_id = make(house)

        house.archive_all(auction_id)

        live = house.store.read(auction_id)
        archived = house.archived_entries(auction_id)
        assert live is not None
        assert archived == house.live_entries(auction_id)
        assert replace(replay(archived), numbers={}) == replace(live.auction, numbers={})

    def test_changes_nothing_when_repeated(self, house: House) -> None:
        auction_id = sell(house)
        house.archive_all(auction_id)
        before = house.record.read(auction_id, 0), count(house, "bidder")

        house.archive_all(auction_id)

        assert (house.record.read(auction_id, 0), count(house, "bidder")) == before
        assert house.archived_entries(auction_id) == house.live_entries(auction_id)

    def test_goes_on_from_any_entry(self, house: House) -> None:
        auction_id = sell(house)
        lines = house.source.lines({auction_id: (0, 0)}, 100)[auction_id]

        for line in lines:
            house.archive.archive({auction_id: [line]})

        live = house.store.read(auction_id, reader=CARLA.account_id)
        archived = house.record.read(auction_id, 0, reader=CARLA.account_id)
        assert live is not None
        assert archived is not None
        assert archived.auction == live.auction

    def test_keeps_secret_raises(self, house: House) -> None:
        auction_id = house.open_with_history()

        house.archive_all(auction_id)

        raises = [e for e in house.archived_entries(auction_id) if isinstance(e, Raised)]
        assert [(each.seq, each.sub) for each in raises] == [(3, 1), (3, 2), (6, 1)]

    def test_refuses_a_gap_and_then_writes_none_of_the_ledgers(self, house: House) -> None:
        gapless, gapped = house.open_with_history(), house.open_with_history()
        lines = house.source.lines({gapless: (0, 0), gapped: (2, 0)}, 100)

        with pytest.raises(LedgerGap):
            house.archive.archive(lines)

        assert house.archive.positions([gapless, gapped]) == {}
        assert count(house, "ledger_entry") == 0

    def test_sets_a_discarded_ledger_aside(self, house: House) -> None:
        auction_id = house.open_with_history()
        house.archive_all(auction_id)
        entries = len(house.live_entries(auction_id))

        house.archive.discard(auction_id)

        assert house.record.read(auction_id, 0) is None
        assert count(house, "ledger_discarded") == entries
        house.archive_all(auction_id)
        assert house.archived_entries(auction_id) == house.live_entries(auction_id)


class TestRead:
    @EVERY_KIND
    @pytest.mark.parametrize("reader", [None, ANA.account_id, BRUNO.account_id, CARLA.account_id])
    def test_renders_as_the_live_one(
        self, house: House, make: Callable[[House], AuctionId], reader: AccountId | None
    ) -> None:
        auction_id = make(house)
        house.archive_all(auction_id)

        live = house.store.read(auction_id, reader=reader)
        assert live is not None
        archived = house.record.read(auction_id, live.now_ms, reader=reader)

        assert archived is not None
        assert answers.full_auction(archived, reader=reader) == answers.full_auction(
            live, reader=reader
        )

    def test_knows_nothing_of_an_unknown_auction(self, house: House) -> None:
        assert house.record.read(AuctionId("03-0000000000000"), 0) is None
        assert house.record.public_bids(AuctionId("03-0000000000000"), None, 10) == []

    def test_pages_history_and_ledger_as_the_live_store(self, house: House) -> None:
        auction_id = sell(house)
        house.archive_all(auction_id)

        for limit in (1, 2, 50):
            for seq in (0, 3, 5, 99):
                assert house.record.public_entries(
                    auction_id, seq, limit
                ) == house.store.public_entries(auction_id, seq, limit)
                assert house.record.public_bids(auction_id, seq, limit) == house.store.public_bids(
                    auction_id, seq, limit
                )
        assert house.record.public_bids(auction_id, None, 2) == house.store.public_bids(
            auction_id, None, 2
        )

    def test_gives_the_newest_fifty_bids(self, house: House) -> None:
        auction_id = house.open()
        for step in range(60):
            house.bid(auction_id, (BRUNO, CARLA)[step % 2], 10_000 + step * 5_000)
        house.archive_all(auction_id)

        archived = house.record.read(auction_id, 0)

        assert archived is not None
        assert [bid.seq for bid in archived.bids] == list(range(61, 11, -1))


class TestOwnLists:
    def test_bids_stand_with_the_latest_first(self, house: House) -> None:
        first, second, third = (house.open() for _ in range(3))
        for offset, (auction_id, most) in enumerate(
            [(first, 10_000), (second, 11_000), (third, 12_000), (first, 30_000)]
        ):
            house.decide_at(house.store.now_ms() + offset * 1_000)
            house.bid(auction_id, BRUNO, None, most)
        house.decide_now()
        house.archive_all(first, second, third)

        page, after = house.record.bids_of(BRUNO.account_id, 0, None, 2)
        rest, end = house.record.bids_of(BRUNO.account_id, 0, after, 2)

        assert [(each.reading.auction.id, each.best_cents) for each in [*page, *rest]] == [
            (first, 30_000),
            (third, 12_000),
            (second, 11_000),
        ]
        assert end is None
        assert house.record.bids_of(CARLA.account_id, 0, None, 2) == ([], None)

    def test_auctions_stand_with_the_newest_first(self, house: House) -> None:
        made: list[AuctionId] = []
        for offset in range(5):
            house.decide_at(house.store.now_ms() + offset * 1_000)
            made.append(house.open())
        house.decide_now()
        house.archive_all(*made, house.open(seller=BRUNO))

        found: list[Reading] = []
        after = None
        while True:
            page, after = house.record.auctions_of(ANA.account_id, 0, after, 2)
            found += page
            if after is None:
                break

        assert [reading.auction.id for reading in found] == made[::-1]
