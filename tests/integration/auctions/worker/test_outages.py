"""Outages on a real store: noted by the API's beats, held by workers, decided by administrators."""

import pytest

from engines.house import House
from martelo.auctions.adapters.live_store.keys import HEARTBEAT_KEY
from martelo.auctions.adapters.live_store.outages import MAX_OUTAGES
from martelo.auctions.domain.auction import Person, Status
from martelo.auctions.domain.creating import Draft
from martelo.auctions.domain.outages import MINUTE_MS
from martelo.auctions.domain.refusals import OutageNotFound
from martelo.auctions.use_cases import dismiss_outage, extend_after_outage, list_outages
from martelo.kernel.ids import AccountId, AuctionId

ROOT = Person(AccountId("root"), "Root")
REASON = "O site ficou fora do ar"


def status_of(house: House, lot: AuctionId) -> Status:
    reading = house.store.read(lot)
    assert reading is not None
    return reading.auction.status


def be_out(house: House, ms: int) -> int:
    """Let the last beat be some time ago, and return when it was."""
    last_ms = house.store.now_ms() - ms
    house.valkey.node_of(HEARTBEAT_KEY).set(HEARTBEAT_KEY, last_ms)
    return last_ms


def lots_of(house: House) -> list[AuctionId]:
    return [lot for each in list_outages(house.store, house.outages) for lot in each.auction_ids]


class TestBeat:
    def test_notes_an_outage_of_more_than_a_minute(self, house: House) -> None:
        house.outages.beat()
        house.outages.beat()
        be_out(house, MINUTE_MS - 5_000)
        house.outages.beat()
        assert house.outages.known().past == []
        last_ms = be_out(house, 2 * MINUTE_MS)
        current = house.outages.known().current
        assert current is not None
        assert current.from_ms == last_ms

        house.outages.beat()

        known = house.outages.known()
        assert [each.from_ms for each in known.past] == [last_ms]
        assert known.past[0].to_ms <= known.now_ms
        assert known.current is None

    def test_remembers_the_newest_outages(self, house: House) -> None:
        for _ in range(MAX_OUTAGES + 5):
            newest = be_out(house, 2 * MINUTE_MS)
            house.outages.beat()

        past = house.outages.known().past
        assert len(past) <= MAX_OUTAGES
        assert past[0].from_ms == newest


class TestHeldEnds:
    def test_are_moved_by_the_administrators_decision(self, house: House) -> None:
        now_ms = house.store.now_ms()
        lot = house.open_to_end_at(now_ms - MINUTE_MS, 1)[0]
        before = house.open_to_end_at(now_ms - 10 * MINUTE_MS, 1)[0]
        last_ms = be_out(house, 3 * MINUTE_MS)
        ends = house.ends()

        ends.step()
        house.outages.beat()
        ends.step()
        assert status_of(house, lot) is Status.OPEN
        [outage] = list_outages(house.store, house.outages)
        assert (outage.outage.from_ms, outage.auction_ids, outage.minutes) == (last_ms, [lot], 4)

        moved = extend_after_outage(
            house.store, house.outages, last_ms, ROOT, minutes=4, reason=REASON
        )

        assert moved == [lot]
        ends.step()
        assert status_of(house, lot) is Status.OPEN
        assert status_of(house, before) is not Status.OPEN
        assert lots_of(house) == []
        with pytest.raises(OutageNotFound):
            extend_after_outage(house.store, house.outages, last_ms, ROOT, minutes=4, reason=REASON)

    def test_come_at_once_when_the_outage_is_dismissed(self, house: House) -> None:
        lot = house.open_to_end_at(house.store.now_ms() - MINUTE_MS, 1)[0]
        last_ms = be_out(house, 3 * MINUTE_MS)
        house.outages.beat()
        ends = house.ends()
        ends.step()
        assert status_of(house, lot) is Status.OPEN

        dismiss_outage(house.outages, last_ms)
        ends.step()

        assert status_of(house, lot) is Status.SOLD
        with pytest.raises(OutageNotFound):
            dismiss_outage(house.outages, last_ms)

    def test_are_those_of_the_last_ten_minutes(self, house: House) -> None:
        near, far = (
            house.open(Draft("Vaso", "", 1_000, duration_ms=minutes * MINUTE_MS))
            for minutes in (9, 11)
        )
        be_out(house, 2 * MINUTE_MS)
        house.outages.beat()

        found = lots_of(house)

        assert near in found
        assert far not in found
