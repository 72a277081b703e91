from collections.abc import Mapping

import orjson
import pytest

from martelo.demo.adapters.http_house import HttpHouse
from martelo.demo.domain.catalogue import OFFERS
from martelo.demo.domain.planning import Plan
from martelo.demo.ports import DemoSession, Draft, NotDone
from martelo.runtime.http.client import HttpFailed, HttpResponse

SESSION = DemoSession("ana", "token", "refresh", 0)


class Wire:
    """Answers every request with one answer, and keeps them."""

    def __init__(self, status: int, body: object, headers: Mapping[str, str] | None = None) -> None:
        self.answer = HttpResponse(status, headers or {}, orjson.dumps(body))
        self.asked: list[tuple[str, str, Mapping[str, str], bytes | None]] = []

    def send(
        self,
        method: str,
        url: str,
        *,
        headers: Mapping[str, str] | None = None,
        content: bytes | None = None,
    ) -> HttpResponse:
        self.asked.append((method, url, headers or {}, content))
        return self.answer


class Silence:
    def send(self, method: str, url: str, **_: object) -> HttpResponse:
        raise HttpFailed(f"{method} {url}")


def house(wire: Wire | Silence) -> HttpHouse:
    return HttpHouse(wire, "http://127.0.0.1:8080/", lambda: 0.0)


class TestCreate:
    def test_sends_amounts_as_text_and_a_key(self) -> None:
        wire = Wire(201, {"id": "00-x"})
        offer = next(offer for offer in OFFERS if offer.buy_now_cents)

        auction_id = house(wire).create(SESSION, Draft(offer, 60, 0, ("a", "b")), "key")

        [(method, url, headers, content)] = wire.asked
        body = orjson.loads(content or b"")
        assert (auction_id, method, url) == ("00-x", "POST", "http://127.0.0.1:8080/create-auction")
        assert headers["Idempotency-Key"] == "key"
        assert headers["Authorization"] == "Bearer token"
        assert (body["starting_price"], body["buy_now_price"]) == ("30.00", "99.00")
        assert (body["starts_at"], body["image_ids"]) == ("1970-01-01T00:00:00.000Z", ["a", "b"])
        assert "reserve_price" not in body


class TestPlaceBid:
    def test_sends_what_is_planned_only(self) -> None:
        wire = Wire(201, {})

        house(wire).place_bid(SESSION, Plan("00-x", "lia", None, 12_300), "key")

        assert orjson.loads(wire.asked[0][3] or b"") == {
            "auction_id": "00-x",
            "max_amount": "123.00",
        }


class TestListLots:
    def test_reads_amounts_and_instants(self) -> None:
        item = {
            "id": "00-x",
            "title": "Bolo",
            "seller": {"id": "ana", "name": "Ana"},
            "status": "sold",
            "minimum_bid": None,
            "buy_now_price": "99.00",
            "bid_count": 1,
            "images": [{"id": "p", "url": "/media/p.webp", "thumbnail_url": "/media/p-thumb.webp"}],
            "starts_at": "1970-01-01T00:00:01Z",
            "ends_at": "1970-01-01T00:01:00Z",
            "server_time": "1970-01-01T00:00:31Z",
            "result": {"closed_at": "1970-01-01T00:00:30Z"},
        }
        wire = Wire(200, {"items": [item], "next_cursor": "c"})

        page = house(wire).list_lots("all", "b")

        [lot] = page.lots
        assert wire.asked[0][1].endswith("/view-auctions?status=all&limit=100&cursor=b")
        assert page.next_cursor == "c"
        assert (lot.minimum_cents, lot.is_buyable, lot.image_ids) == (None, False, ("p",))
        assert (lot.starts_at_ms, lot.ends_at_ms, lot.now_ms) == (1_000, 30_000, 31_000)


class TestRefusals:
    def test_carry_the_problem_and_the_wait(self) -> None:
        wire = Wire(429, {"type": "/problems/rate-limited"}, {"retry-after": "6"})

        with pytest.raises(NotDone) as raised:
            house(wire).sign_in("ana@example.com", "x")

        assert (raised.value.status, raised.value.slug) == (429, "rate-limited")
        assert raised.value.wait_s == 6

    def test_need_no_problem(self) -> None:
        with pytest.raises(NotDone, match="502 unknown"):
            house(Wire(502, "<html>")).list_lots("open")

    def test_differ_from_silence(self) -> None:
        with pytest.raises(NotDone, match="0 no-answer"):
            house(Silence()).list_lots("open")
