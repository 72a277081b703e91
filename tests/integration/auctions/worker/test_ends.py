"""Closing and announcing on a real store."""

from collections import Counter

from engines.house import BRUNO, House
from martelo.auctions.adapters.live_store.keys import partition_keys, partition_of
from martelo.auctions.domain.creating import Draft
from martelo.auctions.domain.entries import Closed, EndingSoon
from martelo.contracts.finished import DECODER


class TestStep:
    def test_closes_all_that_is_due_in_every_partition_once(self, house: House) -> None:
        auction_ids = house.open_to_end_at(house.store.now_ms() - 1_000, 250)

        house.ends().step()
        house.ends().step()

        entries = [house.live_entries(auction_id) for auction_id in auction_ids]
        assert all(isinstance(ledger[-1], Closed) for ledger in entries)
        assert all(sum(isinstance(e, Closed) for e in ledger) == 1 for ledger in entries)
        events = [DECODER.decode(e) for e in house.finished()]
        assert Counter(event.auction_id for event in events) == Counter(auction_ids)
        assert Counter(event.status for event in events) == {"sold": 125, "unsold": 125}

    def test_announces_what_is_near_once(self, house: House) -> None:
        now_ms = house.store.now_ms()
        house.decide_at(now_ms - 3_600_000)
        auction_ids = [
            house.open(Draft("Lote", "", 1_000, ends_at_ms=now_ms + 300_000)) for _ in range(20)
        ]
        house.decide_now()

        house.ends().step()
        pause_s = house.ends().step()

        for auction_id in auction_ids:
            marks = [e for e in house.live_entries(auction_id) if isinstance(e, EndingSoon)]
            assert [mark.minutes for mark in marks] == [10]
        assert pause_s == 0.25

    def test_waits_no_longer_than_until_the_next_end(self, house: House) -> None:
        house.open_to_end_at(house.store.now_ms() + 100, 1)

        assert 0 <= house.ends().step() <= 0.1

    def test_leaves_alone_what_a_bid_extended(self, house: House) -> None:
        now_ms = house.store.now_ms()
        house.decide_at(now_ms - 30_000)
        draft = Draft("Lote", "", 1_000, ends_at_ms=now_ms - 1_000, soft_close_window_s=60)
        auction_id = house.open(draft)
        house.decide_at(now_ms - 2_000)
        house.bid(auction_id, BRUNO, 1_000)
        house.decide_now()

        house.ends().step()

        assert not isinstance(house.live_entries(auction_id)[-1], Closed)

    def test_takes_out_of_the_index_what_has_ended_already(self, house: House) -> None:
        (auction_id,) = house.open_to_end_at(house.store.now_ms() - 1_000, 1)
        house.ends().step()
        ends = partition_keys(partition_of(auction_id)).ends
        house.valkey.node_of(ends).zadd(ends, {auction_id: house.store.now_ms() - 1_000})
        ledger = house.live_entries(auction_id)

        house.ends().step()

        assert house.live_entries(auction_id) == ledger
        assert len(house.finished()) == 1
        assert house.valkey.node_of(ends).zcard(ends) == 0

    def test_measures_how_long_the_oldest_waits(self, house: House) -> None:
        assert house.source.overdue_ms() == 0
        house.open_to_end_at(house.store.now_ms() - 4_000, 1)

        assert 4_000 <= house.source.overdue_ms() < 9_000
