import json

import pytest
from socketio import packet

from martelo.auctions.live.hub.frames import Position
from martelo.auctions.live.socketio.packets import MALFORMED, SEPARATOR, Packet, SocketIoEncoding
from martelo.kernel.ids import AuctionId

LOT = AuctionId("07-0123456789abc")


class TestPacket:
    def test_keeps_arguments_as_raw_json(self) -> None:
        read = Packet(encoded_packet='27["place_bid",{"amount":0.29}]')

        assert read.id == 7
        assert read.data[0] == "place_bid"
        assert [bytes(raw) for raw in read.data[1:]] == [b'{"amount":0.29}']

    @pytest.mark.parametrize(
        "text",
        [
            "2",
            "2[",
            "2{}",
            "2[]",
            "2[5]",
            "2[null]",
            "27[[[",
            "2" + "[" * 50_000,
            "51-[]",
            "9",
            "4",
        ],
    )
    def test_makes_an_event_of_what_cannot_be_read(self, text: str) -> None:
        read = Packet(encoded_packet=text)

        assert read.packet_type == packet.EVENT
        assert read.data == [MALFORMED]


class TestSocketIoEncoding:
    def test_writes_updates_and_ends(self) -> None:
        encoding, position = SocketIoEncoding(), Position("e1", 7)

        packets = (
            encoding.snapshot(LOT, position, {"id": LOT, "title": "a\x1eb"})
            + encoding.event(LOT, position, "bid", {"seq": 7})
            + encoding.extended(LOT, position, {"ends_at": "z"})
            + encoding.event(LOT, position, "closed", {"seq": 8})
        ).split(SEPARATOR)

        assert packets.pop() == b""
        names, data = zip(*(json.loads(text[1:]) for text in packets), strict=True)
        assert names == ("auction_update",) * 3 + ("auction_ended",)
        assert [each["type"] for each in data] == ["snapshot", "bid", "extended", "closed"]
        assert {(each["id"], each["auction_id"]) for each in data} == {("e1:7", LOT)}
