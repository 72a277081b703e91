import json
from collections.abc import Mapping

import msgspec
import pytest

from fakes.ends import sold, unsold
from martelo.agent.adapters.sources.context_client import ContextClient
from martelo.agent.adapters.sources.http_lots import MAX_BIDS, HttpLots
from martelo.agent.domain.facts import House
from martelo.agent.ports.contexts import ContextUnavailable, LotNotFound
from martelo.runtime.http.client import HttpFailed, HttpResponse

END = sold("07-0000000000001")
LOT = {
    "title": "Relógio",
    "description": "De 1930",
    "seller": {"id": "a", "name": "Ana"},
    "status": "sold",
    "starting_price": "100.00",
    "bid_count": 250,
    "reserve_met": True,
    "created_at": "2026-01-31T11:00:00.000Z",
    "starts_at": "2026-01-31T11:00:00.000Z",
    "ends_at": "2026-01-31T12:00:00.000Z",
    "result": {"winner": {"name": "B***a"}},
}


def bid(number: int, ends_at: str) -> dict[str, object]:
    return {
        "type": "bid",
        "at": "2026-01-31T11:30:00.000Z",
        "bidder": {"name": "B***a", "number": number % 3},
        "amount": f"{100 + number}.00",
        "automatic": False,
        "ends_at": ends_at,
    }


class Auctions:
    """Answers by path, with the ledger in pages."""

    def __init__(self) -> None:
        first, second = "2026-01-31T12:00:00.000Z", "2026-01-31T12:02:00.000Z"
        self.lot: dict[str, object] | None = dict(LOT)
        self.ledger: list[dict[str, object]] = [
            {"type": "created", "at": first, "ends_at": first},
            *(bid(number, first) for number in range(249)),
            {"type": "ending_soon", "at": first, "ends_at": first},
            bid(249, second),
            {"type": "closed", "at": second},
        ]
        self.is_down = False
        self.asked: list[tuple[str, str | None]] = []

    def send(
        self,
        method: str,
        url: str,
        *,
        headers: Mapping[str, str] | None = None,
        content: bytes | None = None,
    ) -> HttpResponse:
        assert (method, content) == ("GET", None)
        if self.is_down:
            raise HttpFailed("refused")
        path = url.removeprefix("http://auctions")
        self.asked.append((path, (headers or {}).get("X-API-Key")))
        if path.startswith("/internal/auction/"):
            return HttpResponse(200, {}, msgspec.json.encode(END))
        if path.startswith("/internal/"):
            return HttpResponse(200, {}, b'{"items": [], "next_cursor": null}')
        if self.lot is None:
            return HttpResponse(404, {}, b"{}")
        if "/ledger?" in path:
            begin = int(path.partition("cursor=")[2] or 0)
            more = begin + 100 < len(self.ledger)
            page = {
                "items": self.ledger[begin : begin + 100],
                "next_cursor": str(begin + 100) if more else None,
            }
            return HttpResponse(200, {}, json.dumps(page).encode())
        return HttpResponse(200, {}, json.dumps(self.lot).encode())


@pytest.fixture
def auctions() -> Auctions:
    return Auctions()


@pytest.fixture
def lots(auctions: Auctions) -> HttpLots:
    public = ContextClient("http://auctions/", auctions)
    return HttpLots(public, ContextClient("http://auctions", auctions, service_key="svc_agent_x"))


class TestFacts:
    def test_add_a_ledger_of_many_pages_up(self, lots: HttpLots) -> None:
        facts = lots.facts(END, House(name="Casa"))

        assert (facts.bid_count, facts.bidder_count, facts.extensions) == (250, 3, 1)
        assert len(facts.bids) == MAX_BIDS
        assert facts.bids[-1].amount_cents == 34_900
        assert (facts.winner_name, facts.winner_shown) == ("Bruno Lima", "B***a")
        assert (facts.final_cents, facts.reserve_met) == (15_000, True)
        assert facts.house.name == "Casa"

    def test_do_not_count_voided_bids(self, lots: HttpLots, auctions: Auctions) -> None:
        at = "2026-01-31T12:01:00.000Z"
        auctions.ledger[-1:] = [{"type": "voided", "at": at, "number": 1}, auctions.ledger[-1]]

        facts = lots.facts(END, House())

        assert facts.bidder_count == 2
        assert {bid.number for bid in facts.bids} == {0, 2}

    def test_do_not_take_an_administrators_later_end_for_a_soft_close(
        self, lots: HttpLots, auctions: Auctions
    ) -> None:
        later = "2026-01-31T13:00:00.000Z"
        auctions.ledger[1:] = [
            {"type": "rescheduled", "at": later, "ends_at": later},
            bid(1, later),
            {"type": "closed", "at": later},
        ]

        assert lots.facts(END, House()).extensions == 0

    def test_are_read_once_for_all_effects_of_an_end(
        self, lots: HttpLots, auctions: Auctions
    ) -> None:
        lots.facts(END, House())
        before = len(auctions.asked)

        assert lots.facts(END, House(name="Outra")).house.name == "Outra"

        assert len(auctions.asked) == before

    def test_are_asked_for_without_the_services_key(
        self, lots: HttpLots, auctions: Auctions
    ) -> None:
        lots.facts(END, House())
        lots.ends_after("a b")

        public = [key for path, key in auctions.asked if not path.startswith("/internal/")]
        assert set(public) == {None}
        assert auctions.asked[-1] == (
            "/internal/auctions/finished?limit=100&after=a%20b",
            "svc_agent_x",
        )

    def test_wait_where_the_end_is_not_there_yet(self, lots: HttpLots, auctions: Auctions) -> None:
        auctions.lot = {**LOT, "status": "open"}

        with pytest.raises(ContextUnavailable, match="open"):
            lots.facts(END, House())

    @pytest.mark.parametrize("change", [{"starting_price": "x"}, {"ends_at": "soon"}, {"title": 1}])
    def test_wait_for_an_answer_that_makes_sense(
        self, lots: HttpLots, auctions: Auctions, change: dict[str, object]
    ) -> None:
        auctions.lot = {**LOT, **change}

        with pytest.raises(ContextUnavailable):
            lots.facts(END, House())

    def test_wait_for_an_answer(self, lots: HttpLots, auctions: Auctions) -> None:
        auctions.is_down = True

        with pytest.raises(ContextUnavailable):
            lots.facts(END, House())

    def test_are_not_there_for_an_unknown_lot(self, lots: HttpLots, auctions: Auctions) -> None:
        auctions.lot = None

        with pytest.raises(LotNotFound):
            lots.facts(END, House())

    @pytest.mark.parametrize("by", ["seller", "admin"])
    def test_say_who_cancelled(self, lots: HttpLots, auctions: Auctions, by: str) -> None:
        result = {"winner": None, "reason": "quebrou", "by": by}
        auctions.lot = {**LOT, "status": "cancelled", "result": result}
        auctions.ledger = auctions.ledger[:1]
        end = unsold("07-0000000000002")
        cancelled = type(end)(
            **{name: getattr(end, name) for name in end.__struct_fields__}
            | {"status": "cancelled", "bid_count": 0}
        )

        facts = lots.facts(cancelled, House())

        assert (facts.cancelled_by_seller, facts.reason) == (by == "seller", "quebrou")
