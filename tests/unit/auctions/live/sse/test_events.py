from fakes.event_stream import parse_events
from martelo.auctions.live.hub.frames import Position
from martelo.auctions.live.sse.events import SseEncoding, retry_field
from martelo.kernel.ids import AuctionId

LOT = AuctionId("07-0123456789abc")


class TestSseEncoding:
    def test_writes_an_event_with_its_id_in_one_line_of_data(self) -> None:
        text = SseEncoding().event(LOT, Position("e1", 7), "edited", {"title": "a\nb\r\ndata: x"})

        assert text == b'event: edited\nid: e1:7\ndata: {"title":"a\\nb\\r\\ndata: x"}\n\n'

    def test_writes_an_extension_without_an_id(self) -> None:
        encoding, position = SseEncoding(), Position("e1", 7)
        bid = encoding.event(LOT, position, "bid", {})

        events = parse_events(bid + encoding.extended(LOT, position, {"ends_at": "z"}))

        assert [(event.name, event.last_id) for event in events] == [
            ("bid", "e1:7"),
            ("extended", "e1:7"),
        ]

    def test_writes_a_snapshot(self) -> None:
        text = SseEncoding().snapshot(LOT, Position("e1", 3), {"id": LOT})

        assert parse_events(text)[0].data == {"id": LOT}


class TestRetryField:
    def test_is_no_event(self) -> None:
        assert retry_field(1500) == b"retry: 1500\n\n"
        assert parse_events(retry_field(1500)) == []
