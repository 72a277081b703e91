"""Writing the record: nothing missed and nothing twice, wherever it is cut off, on real engines."""

import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager

import psycopg
import pytest
from sqlalchemy import text

from engines.house import ANA, BRUNO, CARLA, PARTITIONS, House
from martelo.auctions.adapters.record.archive import SqlArchive
from martelo.auctions.domain.auction import Person, Status
from martelo.auctions.domain.bidding import Bid
from martelo.auctions.domain.creating import Draft
from martelo.auctions.domain.refusals import AuctionNotFound
from martelo.auctions.ports.archive import LedgerLine
from martelo.auctions.ports.failures import RecordUnavailable
from martelo.auctions.verification import verify
from martelo.auctions.worker.purger import Purger
from martelo.auctions.worker.record_archiver import RecordArchiver
from martelo.kernel.ids import AccountId, AuctionId
from martelo.runtime.postgresql.connections import DatabaseUnavailable
from martelo.runtime.postgresql.leadership import Leadership

DAY_MS = 86_400_000
STEPS_OF_A_ROUND = PARTITIONS + 2
"""Steps in which the sweep comes round."""


class CutArchive(SqlArchive):
    """Breaks at the first archiving, just before or just after the commit."""

    def __init__(self, house: House, *, committed: bool) -> None:
        super().__init__(house.engine)
        self.committed = committed
        self.cuts = 0

    def archive(self, ledgers: Mapping[AuctionId, Sequence[LedgerLine]]) -> None:
        if self.cuts == 0:
            self.cuts += 1
            if self.committed:
                super().archive(ledgers)
            raise RecordUnavailable("cut off")
        super().archive(ledgers)


@contextmanager
def leading(house: House, archive: SqlArchive | None = None) -> Iterator[RecordArchiver]:
    """Yield a keeper, and give its lead back."""
    keeper = house.keeper(archive)
    try:
        yield keeper
    finally:
        keeper.release()


def sweep(keeper: RecordArchiver) -> None:
    for _ in range(STEPS_OF_A_ROUND):
        keeper.step()


def heard(keeper: RecordArchiver, done: Callable[[], bool]) -> None:
    """Listen and archive until `done`; a silence is a second."""
    for _ in range(20):
        keeper.listen()
        keeper.step()
        if done():
            return
    raise AssertionError("nothing was heard")


def agrees(house: House, auction_id: AuctionId) -> bool:
    found = verify(house.store, house.record, auction_id)
    same = house.archived_entries(auction_id) == house.live_entries(auction_id)
    return (
        same
        and {each.where for each in found} == {"live", "record"}
        and not any(each.differences for each in found)
    )


def close_at(house: House, auction_ids: Sequence[AuctionId], at_ms: int) -> None:
    house.decide_at(at_ms)
    for auction_id in auction_ids:
        house.store.close([auction_id])
    house.decide_now()


class TestKeeper:
    def test_finds_every_open_auction_without_a_hint(self, house: House) -> None:
        auction_ids = [house.open_with_history() for _ in range(5)]

        with leading(house) as keeper:
            sweep(keeper)

        assert all(agrees(house, auction_id) for auction_id in auction_ids)

    def test_archives_what_is_published(self, house: House) -> None:
        with leading(house) as keeper:
            sweep(keeper)
            keeper.listen()
            sweep(keeper)
            auction_id = house.open()
            house.bid(auction_id, BRUNO, 10_000)

            heard(keeper, lambda: bool(house.archived_entries(auction_id)))

        assert agrees(house, auction_id)

    def test_catches_up_with_ends_after_everything_was_down(self, house: House) -> None:
        auction_ids = house.open_to_end_at(house.store.now_ms() - 5_000, 40)
        house.ends().step()
        lot = house.open(Draft("Vaso", "", 1_000, duration_ms=60_000, buy_now_cents=9_000))
        house.store.buy_now(lot, CARLA)

        with leading(house) as keeper:
            keeper.step()

        assert all(agrees(house, auction_id) for auction_id in [*auction_ids, lot])

    def test_follows_ends_from_where_another_worker_stopped(self, house: House) -> None:
        first = house.open_to_end_at(house.store.now_ms() - 5_000, 10)
        house.ends().step()
        with leading(house) as keeper:
            keeper.step()
        saved = house.archive.finished_positions()
        second = house.open_to_end_at(house.store.now_ms() - 5_000, 10)
        house.ends().step()

        with leading(house) as keeper:
            keeper.step()

        assert all(agrees(house, auction_id) for auction_id in [*first, *second])
        assert saved.items() != house.archive.finished_positions().items()

    @pytest.mark.parametrize("committed", [False, True])
    def test_loses_and_doubles_nothing_when_cut_off_at_the_commit(
        self, house: House, *, committed: bool
    ) -> None:
        auction_ids = house.open_to_end_at(house.store.now_ms() - 5_000, 30)
        house.ends().step()
        archive = CutArchive(house, committed=committed)
        with leading(house, archive) as keeper, pytest.raises(RecordUnavailable):
            keeper.step()
        assert house.archive.finished_positions() == {}

        with leading(house) as keeper:
            keeper.step()

        assert archive.cuts == 1
        assert all(agrees(house, auction_id) for auction_id in auction_ids)

    def test_keeps_hints_that_were_cut_off(self, house: House) -> None:
        auction_id = house.open_with_history()
        archive = CutArchive(house, committed=False)
        with leading(house, archive) as keeper:
            keeper.hint([auction_id])
            with pytest.raises(RecordUnavailable):
                keeper.step()

            keeper.step()

        assert agrees(house, auction_id)

    def test_starts_a_ledger_again_where_the_store_has_another_history(self, house: House) -> None:
        auction_id = house.open()
        house.decide_at(house.store.now_ms() + 1_000)
        house.bid(auction_id, BRUNO, 10_000)
        house.archive_all(auction_id)
        house.empty_store()
        house.decide_at(house.store.now_ms() + 2_000)
        house.store.create(auction_id, ANA, Draft("Outra", "", 5_000, duration_ms=60_000))
        house.bid(auction_id, CARLA, 5_000)
        house.decide_now()

        with leading(house) as keeper:
            keeper.hint([auction_id])
            keeper.step()

        assert agrees(house, auction_id)
        with house.engine.begin() as connection:
            aside = connection.execute(text("SELECT count(*) FROM ledger_discarded")).scalar_one()
        assert aside == 2

    def test_keeps_what_the_store_has_lost(self, house: House) -> None:
        auction_id = house.open_with_history()
        house.archive_all(auction_id)
        entries = house.archived_entries(auction_id)
        house.empty_store()

        with leading(house) as keeper:
            keeper.hint([auction_id])
            sweep(keeper)

        assert house.archived_entries(auction_id) == entries

    def test_parks_a_ledger_it_cannot_write_and_archives_the_others(self, house: House) -> None:
        # PostgreSQL cannot hold this character, whoever let it in.
        stranger = Person(AccountId("d"), "Zé\0")
        poisoned, sound = house.open(), house.open()
        house.bid(poisoned, stranger, 10_000)
        house.bid(sound, BRUNO, 10_000)

        with leading(house) as keeper:
            keeper.hint([poisoned, sound])
            keeper.step()

        assert agrees(house, sound)
        assert house.archive.parked() == [poisoned]

    def test_takes_an_archived_ledger_off_the_parked(self, house: House) -> None:
        auction_id = house.open_with_history()
        house.archive.park(auction_id, "a fault that was mended\0")

        with leading(house) as keeper:
            keeper.step()

        assert agrees(house, auction_id)
        assert house.archive.parked() == []

    def test_goes_through_ledgers_of_many_pages(self, house: House) -> None:
        auction_id = house.open()
        for step in range(450):
            house.bid(auction_id, (BRUNO, CARLA)[step % 2], 10_000 + step * 10_000)

        with leading(house) as keeper:
            keeper.hint([auction_id])
            keeper.step()

        assert agrees(house, auction_id)

    def test_finds_a_closing_that_no_stream_tells(self, house: House) -> None:
        (auction_id,) = house.open_to_end_at(house.store.now_ms() - 90_000, 1)
        house.archive_all(auction_id)
        house.ends().step()
        for node in house.valkey.primaries():
            node.delete(f"{{p{auction_id[:2]}}}:finished")

        with leading(house) as keeper:
            keeper.step()

        assert agrees(house, auction_id)


class TestLeadership:
    def test_one_leads_and_another_takes_over(self, house: House) -> None:
        with leading(house) as first, leading(house) as second:
            first.step()
            second.step()
            assert (first.leads, second.leads) == (True, False)

            first.release()

            second.step()
            assert second.leads

    def test_is_lost_with_the_connection(self, house: House) -> None:
        first, second = (
            Leadership(house.database_url, 99, application=name) for name in ("led", "waits")
        )
        assert first.is_held()
        assert not second.is_held()

        with psycopg.connect(house.postgresql.url(), autocommit=True) as superuser:
            superuser.execute(
                "SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity"
                " WHERE application_name = 'led'"
            )

        with pytest.raises(DatabaseUnavailable):
            first.is_held()
        assert second.is_held()
        assert not first.is_held()
        first.release()
        second.release()

    def test_is_lost_by_a_leader_that_fell_silent(self, house: House) -> None:
        paused = Leadership(house.database_url, 98, application="paused", silent_s=0.3)
        second = Leadership(house.database_url, 98, application="waits")
        assert paused.is_held()
        deadline = time.monotonic() + 10

        while not second.is_held():
            assert time.monotonic() < deadline

        with pytest.raises(DatabaseUnavailable):
            paused.is_held()
        assert not paused.is_held()
        paused.release()
        second.release()


class TestPurger:
    def purger(self, house: House, keeper: RecordArchiver) -> Purger:
        return Purger(
            house.store, house.source, house.archive, keeper, kept_ms=DAY_MS, metrics=house.metrics
        )

    def test_forgets_what_ended_long_ago_and_is_read_from_the_record(self, house: House) -> None:
        now_ms = house.store.now_ms()
        old = house.open_to_end_at(now_ms - DAY_MS - 60_000, 4)
        recent = house.open_to_end_at(now_ms - DAY_MS - 60_000, 4)
        close_at(house, old, now_ms - DAY_MS - 1_000)
        close_at(house, recent, now_ms - DAY_MS + 60_000)

        with leading(house) as keeper:
            keeper.step()
            live = {auction_id: house.live_entries(auction_id) for auction_id in old}
            self.purger(house, keeper).step()

        for auction_id in old:
            assert house.store.read(auction_id) is None
            archived = house.record.read(auction_id, now_ms)
            assert archived is not None
            assert archived.auction.status in {Status.SOLD, Status.UNSOLD}
            assert house.archived_entries(auction_id) == live[auction_id]
            refused = house.store.place_bid(auction_id, Bid(CARLA, 99_000))
            assert isinstance(refused, AuctionNotFound)
        assert all(house.store.read(auction_id) for auction_id in recent)
        assert set(house.archive.to_forget(now_ms, 100)) == set(recent)

    def test_leaves_what_the_record_lacks(self, house: House) -> None:
        now_ms = house.store.now_ms()
        (auction_id,) = house.open_to_end_at(now_ms - DAY_MS - 60_000, 1)
        close_at(house, [auction_id], now_ms - DAY_MS - 1_000)
        house.archive_all(auction_id)
        key = f"{{p{auction_id[:2]}}}:a:{auction_id}:ledger"
        house.valkey.node_of(key).xadd(key, {b"p": b"{}", b"x": b"\x90"}, id="99-0")

        with leading(house) as keeper:
            keeper.step()
            self.purger(house, keeper).step()

        assert house.store.read(auction_id) is not None

    def test_waits_for_the_lead(self, house: House) -> None:
        with leading(house) as keeper:
            assert self.purger(house, keeper).step() > 0
