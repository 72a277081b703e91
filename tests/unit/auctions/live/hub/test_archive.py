from fakes.neighbours import archived
from martelo.auctions.live.hub.archive import end_event

LOT = "07-0123456789abc"
CLOSED_AT = "2026-01-31T12:00:00.250Z"


class TestEndEvent:
    def test_of_a_cancelled_auction_tells_by_whom_and_why(self) -> None:
        result = {
            "winner": None,
            "final_price": None,
            "sold_by": None,
            "closed_at": CLOSED_AT,
            "reason": "quebrou",
            "by": "admin",
        }

        event = end_event({**archived(LOT), "status": "cancelled", "result": result})

        assert event == (
            "cancelled",
            {
                "seq": 9,
                "status": "cancelled",
                "sold_by": None,
                "final_price": None,
                "winner": None,
                "bid_count": 4,
                "closed_at": CLOSED_AT,
                "reason": "quebrou",
                "by": "admin",
            },
        )
