import json

from benchmarks.bidders import rising_bids
from benchmarks.harness.socket_load import SocketLoad
from benchmarks.socket_bids import MARKERS, acknowledged_keys, bid_frames, lost_keys
from martelo.kernel.ids import AuctionId

LOT = AuctionId("00-0000000000000")


class TestBidFrames:
    def test_hold_what_the_contract_says(self) -> None:
        [frame] = bid_frames(rising_bids([LOT], 1))

        # Two bytes of head, four of a mask that is zero.
        assert json.loads(frame[6:]) == {
            "op": "bid",
            "ref": "k000000000",
            "auction_id": LOT,
            "amount": "100.00",
            "key": "k000000000",
        }


class TestAcknowledgedKeys:
    def test_are_those_of_answers_that_accept(self) -> None:
        answers = [
            b'\x81\x33{"ev":"answer","ref":"k1","status":201,"seq":2}',
            b'\x81\x33{"ev":"answer","ref":"k2","status":409,"seq":2}',
        ]

        found = acknowledged_keys(SocketLoad(received=answers))

        assert found == {"k1"}
        assert [answer.count(MARKERS.accepted) for answer in answers] == [1, 0]
        assert [answer.count(MARKERS.answer) for answer in answers] == [1, 1]


class TestLostKeys:
    def test_are_acknowledged_and_not_kept(self) -> None:
        assert lost_keys({"k1", "k2"}, ["k2", None, "k3"]) == {"k1"}
