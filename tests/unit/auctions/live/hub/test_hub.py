import asyncio

import pytest

from fakes.house import ANA, LOT, FakeSink, House, until
from martelo.auctions.domain.auction import Texts
from martelo.auctions.domain.refusals import AuctionNotFound
from martelo.auctions.live.hub.channel import NothingLeft
from martelo.auctions.live.limits import Limits
from martelo.auctions.live.socketio.packets import SocketIoEncoding
from martelo.auctions.ports.failures import StoreUnavailable
from martelo.kernel.ids import AuctionId


class TestJoin:
    async def test_begins_with_a_snapshot_and_goes_on_with_every_entry(self, house: House) -> None:
        house.create()
        sink = FakeSink()

        await house.watch(sink)
        house.bid()
        house.store.announce([LOT])
        house.bid()
        await until(lambda: len(sink.seqs) == 3)

        assert sink.names == ["snapshot", "bid", "bid"]
        assert sink.events[0].last_id == "first:1"
        assert sink.events[0].data["title"] == "Bolo"
        assert sink.seqs == [1, 2, 3]

    async def test_subscribes_once_for_all_viewers(self, house: House) -> None:
        house.create()
        sinks = [FakeSink() for _ in range(20)]

        await asyncio.gather(*(house.watch(sink) for sink in sinks))
        house.bid()
        await until(lambda: all(sink.seqs == [1, 2] for sink in sinks))

        assert house.feed.subscribed == {AuctionId("00-probe"), LOT}
        assert len({id(sink.writes[-1]) for sink in sinks}) == 1

    async def test_encodes_once_for_each_transport(self, house: House) -> None:
        house.create()
        first = [FakeSink() for _ in range(3)]
        encoding = SocketIoEncoding()
        second = [FakeSink(encoding=encoding) for _ in range(3)]

        await asyncio.gather(*(house.watch(sink) for sink in [*first, *second]))
        house.bid()
        await until(lambda: all(len(sink.writes) == 2 for sink in [*first, *second]))

        assert len({id(sink.writes[-1]) for sink in first}) == 1
        assert len({id(sink.writes[-1]) for sink in second}) == 1
        assert first[0].writes[-1].startswith(b"event: bid\n")
        assert second[0].writes[-1].startswith(b'2["auction_update",')

    async def test_counts_this_viewer_and_those_elsewhere(self, house: House) -> None:
        house.create()
        house.feed.others = 3
        first, second = FakeSink(), FakeSink()

        await house.watch(first)
        await until(lambda: house.feed.reported.get(LOT) == 1)
        await house.watch(second)
        await until(lambda: house.feed.reported.get(LOT) == 2)

        assert first.events[0].data["viewers"] == 1
        assert second.events[0].data["viewers"] == 5

    async def test_refuses_an_unknown_auction(self, house: House) -> None:
        with pytest.raises(AuctionNotFound):
            await house.watch(FakeSink())

        assert LOT not in house.feed.subscribed

    async def test_says_that_the_store_is_down(self, house: House) -> None:
        house.create()
        house.feed.is_down = True

        with pytest.raises(StoreUnavailable):
            await house.watch(FakeSink())

    async def test_serves_a_scheduled_auction(self, house: House) -> None:
        house.create(starts_at_ms=house.store.clock_ms + 60_000)
        sink = FakeSink()

        await house.watch(sink)

        assert sink.events[0].data["status"] == "scheduled"

    async def test_tells_of_new_texts(self, house: House) -> None:
        house.create()
        sink = FakeSink()
        await house.watch(sink)

        house.store.edit(LOT, ANA, Texts("Torta", "de limão"), seq=1)
        house.feed.publish(LOT)
        await until(lambda: len(sink.names) == 2)

        assert sink.names == ["snapshot", "edited"]
        assert sink.events[1].data["title"] == "Torta"


class TestResume:
    async def test_sends_what_was_missed_once_and_in_order(self, house: House) -> None:
        house.create()
        first, second = FakeSink(), FakeSink()
        watch = await house.watch(first)
        house.bid()
        await until(lambda: first.seqs == [1, 2])
        watch.leave()
        for _ in range(5):
            house.bid()

        await house.watch(second, "first:2")
        house.bid()
        await until(lambda: len(second.seqs) == 6)

        assert second.names == ["bid"] * 6
        assert second.seqs == [3, 4, 5, 6, 7, 8]

    async def test_reads_the_ledger_where_nobody_watched(self, house: House) -> None:
        house.create()
        for _ in range(10):
            house.bid()
        sinks = [FakeSink() for _ in range(10)]

        await asyncio.gather(*(house.watch(sink, "first:4") for sink in sinks))

        assert all(sink.seqs == list(range(5, 12)) for sink in sinks)
        assert house.feed.calls["public_entries"] == 1

    async def test_needs_nothing_where_nothing_happened(self, house: House) -> None:
        house.create()
        sink = FakeSink()

        await house.watch(sink, "first:1")

        assert sink.began == [None]
        assert sink.events == []

    @pytest.mark.parametrize(
        "after", ["other:1", "first:99", "first:0", "nonsense", ":1", "first:"]
    )
    async def test_begins_again_from_a_place_that_is_not_known(
        self, house: House, after: str
    ) -> None:
        house.create()
        house.bid()
        sink = FakeSink()

        await house.watch(sink, after)

        assert sink.names == ["snapshot"]
        assert sink.seqs == [2]

    async def test_begins_again_from_too_far_back(self, house: House) -> None:
        house.create()
        for _ in range(60):
            house.bid()
        far, near = FakeSink(), FakeSink()

        await house.watch(far, "first:10")
        await house.watch(near, "first:11")

        assert far.names == ["snapshot"]
        assert near.seqs == list(range(12, 62))

    async def test_believes_a_viewer_to_whom_another_process_sent_more(self, house: House) -> None:
        house.create()
        watching, sink = FakeSink(), FakeSink()
        await house.watch(watching)
        house.bid(publish=False)

        await house.watch(sink, "first:2")
        house.bid()
        await until(lambda: sink.seqs == [3])

        assert sink.began == [None]

    async def test_answers_who_has_seen_the_end_that_nothing_is_left(self, house: House) -> None:
        house.create()
        house.close()

        with pytest.raises(NothingLeft):
            await house.watch(FakeSink(), "first:2")


class TestOrder:
    async def test_fills_a_hole_from_the_ledger(self, house: House) -> None:
        house.create()
        sink = FakeSink()
        await house.watch(sink)

        for _ in range(6):
            house.bid(publish=False)
        house.feed.publish(LOT, lost=[3, 4])
        await until(lambda: len(sink.seqs) == 7)

        assert sink.seqs == [1, 2, 3, 4, 5, 6, 7]

    async def test_finds_a_lost_last_message(self, house: House) -> None:
        house.create()
        sink = FakeSink()
        await house.watch(sink)

        house.bid(publish=False)
        house.feed.publish(LOT, lost=[2])
        await until(lambda: len(sink.seqs) == 2)

        assert sink.seqs == [1, 2]

    async def test_drops_what_comes_twice(self, house: House) -> None:
        house.create()
        sink = FakeSink()
        await house.watch(sink)

        house.bid()
        for entry in house.store.public_entries(LOT, 0, 10):
            house.feed.send(LOT, entry)
        house.bid()
        await until(lambda: len(sink.seqs) == 3)

        assert sink.seqs == [1, 2, 3]

    async def test_shows_erased_names_no_more(self, house: House) -> None:
        house.create()
        sink, later = FakeSink(), FakeSink()
        await house.watch(sink)
        house.bid()
        await until(lambda: sink.seqs == [1, 2])
        assert sink.events[-1].data["leader"]["name"] is not None

        house.feed.erase_name(LOT, 1)

        await until(lambda: sink.names[-1] == "snapshot")
        await house.watch(later, "first:1")
        await until(lambda: bool(later.events))
        shown = [sink.events[-1].data["leader"], later.events[-1].data["leader"]]
        assert shown == [{"name": None, "number": 1}] * 2

    async def test_merges_a_burst_and_leaves_none_out(self, house: House) -> None:
        house.create()
        sink = FakeSink()
        await house.watch(sink)

        for _ in range(20):
            house.bid()
        await until(lambda: len(sink.seqs) == 21)

        assert sink.seqs == list(range(1, 22))
        # The snapshot, the first bid at once, the others in one window (or two, on a busy day).
        assert len(sink.writes) <= 5

    @pytest.mark.parametrize("limits", [Limits(window_s=0.0)])
    async def test_sends_each_of_a_burst_by_itself_without_a_window(self, house: House) -> None:
        house.create()
        sink = FakeSink()
        await house.watch(sink)

        for _ in range(20):
            house.bid()
        await until(lambda: len(sink.seqs) == 21)

        assert len(sink.writes) == 21

    async def test_sends_an_extension_with_its_bid_and_without_an_id(self, house: House) -> None:
        house.create(duration_ms=60_000)
        sink = FakeSink()
        await house.watch(sink)

        house.store.clock_ms += 59_000
        house.bid()
        await until(lambda: len(sink.names) == 3)

        assert sink.names == ["snapshot", "bid", "extended"]
        assert len(sink.writes) == 2
        assert sink.writes[1].count(b"id: ") == 1
        assert sink.events[2].data["ends_at"] == sink.events[1].data["ends_at"]


class TestBreaks:
    async def test_catches_up_after_a_break(self, house: House) -> None:
        house.create()
        sink = FakeSink()
        await house.watch(sink)

        house.feed.abort()
        for _ in range(3):
            house.bid()
        await until(lambda: len(sink.seqs) == 4)
        await until(lambda: house.feed.subscribed)
        house.bid()
        await until(lambda: len(sink.seqs) == 5)

        assert sink.names == ["snapshot", "bid", "bid", "bid", "bid"]
        assert sink.seqs == [1, 2, 3, 4, 5]

    async def test_starts_over_in_another_epoch(self, house: House) -> None:
        house.create()
        sink = FakeSink()
        await house.watch(sink)
        house.bid()
        await until(lambda: sink.seqs == [1, 2])

        house.feed.replication_id = "second"
        house.feed.abort()
        await until(lambda: len(sink.seqs) == 3)
        house.bid()
        await until(lambda: len(sink.seqs) == 4)

        assert sink.names == ["snapshot", "bid", "snapshot", "bid"]
        assert [event.last_id for event in sink.events[2:]] == ["second:2", "second:3"]

    @pytest.mark.parametrize("limits", [Limits(compare_s=3_600, snapshot_age_s=0)])
    async def test_sends_one_snapshot_when_two_comparisons_find_one_break(
        self, house: House
    ) -> None:
        house.create()
        sink = FakeSink()
        await house.watch(sink)
        house.feed.replication_id = "second"

        await asyncio.gather(house.hub.compare(), house.hub.compare())

        assert sink.names == ["snapshot", "snapshot"]
        assert sink.events[-1].last_id == "second:1"

    async def test_keeps_viewers_while_the_store_is_away(self, house: House) -> None:
        house.create()
        sink = FakeSink()
        await house.watch(sink)

        house.feed.is_down = True
        house.feed.abort()
        await until(lambda: not house.hub.is_ready)
        house.bid()
        house.feed.is_down = False
        await until(lambda: len(sink.seqs) == 2)

        assert house.hub.is_ready
        assert not sink.is_finished
        assert sink.seqs == [1, 2]

    async def test_starts_over_where_the_store_went_back(self, house: House) -> None:
        house.create()
        sink = FakeSink()
        await house.watch(sink)
        for entry in (2, 3):
            assert house.bid() == entry
        await until(lambda: sink.seqs == [1, 2, 3])

        house.store.forget([LOT])
        house.create()
        await until(lambda: len(sink.seqs) == 4)

        assert sink.names[-1] == "snapshot"
        assert sink.seqs[-1] == 1


class TestSlowViewers:
    async def test_keeps_events_while_there_is_no_room(self, house: House) -> None:
        house.create()
        sink = FakeSink()
        await house.watch(sink)

        sink.fill()
        for _ in range(3):
            house.bid()
        await asyncio.sleep(0.03)
        assert sink.seqs == [1]
        sink.drain()

        assert sink.seqs == [1, 2, 3, 4]

    async def test_replaces_a_full_buffer_by_a_snapshot(self, house: House) -> None:
        house.create()
        slow, quick = FakeSink(), FakeSink()
        await house.watch(slow)
        await house.watch(quick)

        slow.fill()
        for _ in range(40):
            house.bid()
        await until(lambda: len(quick.seqs) == 41)
        slow.drain()
        await until(lambda: len(slow.seqs) == 2)
        house.bid()
        await until(lambda: len(slow.seqs) == 3)

        assert slow.names == ["snapshot", "snapshot", "bid"]
        assert slow.seqs == [1, 41, 42]
        assert quick.seqs == list(range(1, 43))

    async def test_cuts_off_who_never_reads(self, house: House) -> None:
        house.create()
        sink = FakeSink()
        await house.watch(sink)

        sink.fill()
        await until(lambda: sink.is_cut)

        assert sink.seqs == [1]

    async def test_sends_the_end_after_the_snapshot_that_shows_it(self, house: House) -> None:
        house.create()
        sink = FakeSink()
        await house.watch(sink)

        sink.fill()
        for _ in range(40):
            house.bid()
        house.close()
        await asyncio.sleep(0.03)
        sink.drain()
        await until(lambda: sink.is_finished)

        assert sink.names == ["snapshot", "snapshot", "closed"]
        assert sink.seqs == [1, 42, 42]


class TestEnds:
    async def test_ends_the_stream_after_the_end(self, house: House) -> None:
        house.create()
        sink = FakeSink()
        await house.watch(sink)

        house.bid()
        house.bid()
        house.close()
        await until(lambda: sink.is_finished)

        assert sink.names == ["snapshot", "bid", "bid", "closed"]
        assert sink.events[-1].data["final_price"] == "210.00"

    async def test_shows_an_ended_auction_and_its_end(self, house: House) -> None:
        house.create()
        house.store.cancel(LOT, ANA, reason="quebrou", is_admin=False)
        sink = FakeSink()

        await house.watch(sink)

        assert sink.names == ["snapshot", "cancelled"]
        assert (sink.events[1].data["reason"], sink.events[1].data["by"]) == ("quebrou", "seller")
        assert sink.is_finished

    async def test_gives_the_last_bids_and_the_end_to_who_comes_back(self, house: House) -> None:
        house.create()
        house.bid()
        house.bid()
        house.close()
        sink = FakeSink()

        await house.watch(sink, "first:2")

        assert sink.names == ["bid", "closed"]
        assert sink.seqs == [3, 4]
        assert sink.is_finished

    async def test_asks_the_record_for_an_archived_lot(self, house: House) -> None:
        house.archive.lots[LOT] = {
            "id": LOT,
            "seq": 9,
            "status": "sold",
            "bid_count": 4,
            "leader": {"name": "B***o", "number": 2},
            "result": {
                "winner": {"name": "B***o"},
                "final_price": "150.00",
                "sold_by": "bid",
                "closed_at": "2026-01-31T12:00:00.000Z",
            },
        }
        sink = FakeSink()

        await house.watch(sink)

        assert sink.names == ["snapshot", "closed"]
        assert [event.last_id for event in sink.events] == ["archive:9", "archive:9"]
        assert sink.events[1].data == {
            "seq": 9,
            "status": "sold",
            "sold_by": "bid",
            "final_price": "150.00",
            "winner": {"name": "B***o", "number": 2},
            "bid_count": 4,
            "closed_at": "2026-01-31T12:00:00.000Z",
        }
        assert sink.is_finished
        with pytest.raises(NothingLeft):
            await house.watch(FakeSink(), "archive:9")


class TestLeaving:
    async def test_lets_go_of_an_auction_nobody_watches(self, house: House) -> None:
        house.create()
        watch = await house.watch(FakeSink())
        await until(lambda: house.feed.reported.get(LOT) == 1)

        watch.leave()
        watch.leave()
        await until(lambda: LOT not in house.feed.subscribed)

        await until(lambda: house.feed.reported.get(LOT) == 0)
