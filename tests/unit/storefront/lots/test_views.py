import re
from typing import Protocol

import pytest
from django.test import Client

from fakes.auctions_api import FakeHttp, lot, page
from fakes.memory_sessions import MemoryKeyValues
from martelo.storefront.sessions.sessions import Person


class World(Protocol):
    http: FakeHttp
    store: MemoryKeyValues

    def sign_in(self, client: Client, name: str = ...) -> Person: ...


HOSTILE = "<script>alert(1)</script>\"'><img src=x onerror=alert(1)>"


class TestHome:
    def test_shows_price_bids_and_time_left(self, client: Client, world: World) -> None:
        world.http.set("GET", "/view-auctions", page(lot()))

        shown = client.get("/").content.decode()

        assert shown.count("R$\u00a01.234,50") == 2  # what is open, and the strip of what comes
        assert shown.count("7 lances") == 2
        assert shown.count(">3\u00a0min\u00a030\u00a0s<") == 2
        assert shown.count('href="/leiloes/07-6k9m2v4t8q1xz"') == 2

    def test_says_in_whose_time_it_is(self, client: Client, world: World) -> None:
        world.http.set("GET", "/view-auctions", page(lot()))
        client.cookies["martelo-zone"] = "America/Manaus"

        shown = client.get("/").content.decode()

        assert 'title="31 de jan., 08:00 (UTC-04:00)"' in shown
        assert re.search(r"<p>Página aberta em .* \(UTC-04:00\)</p>", shown) is not None

    def test_shows_the_first_picture(self, client: Client, world: World) -> None:
        first, second = (
            {"id": each, "url": f"/media/{each}.webp", "thumbnail_url": f"/media/{each}-thumb.webp"}
            for each in "ab"
        )
        world.http.set("GET", "/view-auctions", page(lot(images=[first, second])))

        shown = client.get("/").content.decode()

        assert shown.count('src="/media/a-thumb.webp"') == 2
        assert "/media/b" not in shown

    def test_says_so_when_the_auctions_do_not_answer(self, client: Client) -> None:
        answer = client.get("/")

        assert answer.status_code == 200
        assert answer.content.decode().count("Os leilões não respondem agora") == 1

    def test_says_so_when_nothing_is_open(self, client: Client, world: World) -> None:
        world.http.set("GET", "/view-auctions", page())

        assert client.get("/").content.decode().count("Nenhum leilão aberto agora") == 1


class TestLots:
    def test_asks_what_its_address_asks(self, client: Client, world: World) -> None:
        world.http.set("GET", "/view-auctions", page(lot()))

        client.get(
            "/leiloes?q=bolo&category=bolos&price_min=1.000,50&sort=-bid_count&status=sold&cursor=c"
        )

        assert world.http.calls[0].query == {
            "q": "bolo",
            "category": "bolos",
            "price_min": "1000.50",
            "sort": "-bid_count",
            "status": "sold",
            "cursor": "c",
            "limit": "24",
        }

    def test_leaves_out_what_makes_no_sense_and_says_so(self, client: Client, world: World) -> None:
        world.http.set("GET", "/view-auctions", page())

        shown = client.get("/leiloes?price_max=abc&sort=price;drop&status=all&x=1").content.decode()

        assert world.http.calls[0].query == {"limit": "24"}
        assert shown.count("Este valor foi ignorado") == 1

    def test_links_to_the_next_page_and_keeps_the_search(
        self, client: Client, world: World
    ) -> None:
        world.http.set("GET", "/view-auctions", page(lot(), next_cursor="a=&b"))

        shown = client.get("/leiloes?q=bolo").content.decode()

        assert shown.count('href="/leiloes?q=bolo&amp;cursor=a%3D%26b"') == 1

    def test_answers_a_script_with_the_lots_alone(self, client: Client, world: World) -> None:
        world.http.set("GET", "/view-auctions", page(lot()))

        answer = client.get("/leiloes", headers={"X-Fragment": "lots"})

        assert answer.content.decode().count("<html") == 0
        assert answer.content.decode().count('data-lot="07-6k9m2v4t8q1xz"') == 1
        assert "X-Fragment" in answer["Vary"]

    def test_shows_hostile_texts_harmless(self, client: Client, world: World) -> None:
        world.http.set("GET", "/view-auctions", page(lot(title=HOSTILE, category=HOSTILE)))

        shown = client.get("/leiloes", query_params={"q": HOSTILE}).content.decode()

        assert shown.count("<script>") == 0
        assert shown.count("<img src=x") == 0
        assert shown.count("&lt;script&gt;alert(1)") >= 3

    @pytest.mark.parametrize(
        ("changed", "said"),
        [
            ({"status": "scheduled", "current_price": None}, "Começa em"),
            ({"active": False}, "Batendo o martelo"),
            ({"status": "sold", "result": {"final_price": "99.00"}}, "R$\u00a099,00"),
            ({"status": "sold", "result": {"closed_at": "2026-01-31T11:05:00Z"}}, "08:05"),
            ({"status": "unsold", "reserve_met": False}, "Reserva não atingida"),
            ({"status": "cancelled", "current_price": None}, "Cancelado"),
            ({"buy_now_price": "300.00"}, "ou R$\u00a0300,00 na hora"),
            ({"bid_count": 1}, "1 lance"),
        ],
    )
    def test_shows_each_state_in_words(
        self, client: Client, world: World, changed: dict[str, object], said: str
    ) -> None:
        world.http.set("GET", "/view-auctions", page(lot(**changed)))

        assert (said in client.get("/leiloes").content.decode()) is True

    def test_speaks_english_where_it_was_chosen(self, client: Client, world: World) -> None:
        world.http.set("GET", "/view-auctions", page(lot()))
        chosen = client.post("/idioma", {"language": "en", "next": "/leiloes?q=a"})

        shown = client.get("/leiloes").content.decode()

        assert (chosen.status_code, chosen["Location"]) == (303, "/leiloes?q=a")
        assert shown.count("R$1,234.50") == 1
        assert re.search("Open auctions", shown) is not None

    def test_goes_nowhere_else_for_a_language(self, client: Client) -> None:
        chosen = client.post("/idioma", {"language": "xx", "next": "//evil.example"})

        assert chosen["Location"] == "/"
        assert chosen.cookies.get("martelo-language") is None


class TestSession:
    def test_shows_who_is_signed_in_and_escapes_the_name(
        self, client: Client, world: World
    ) -> None:
        world.sign_in(client, "<b>Ana")

        shown = client.get("/leiloes").content.decode()

        assert shown.count("&lt;b&gt;Ana") >= 1
        assert shown.count("<b>Ana") == 0
        assert shown.count('action="/sair"') == 1

    def test_lets_people_look_around_while_it_cannot_be_read(
        self, client: Client, world: World
    ) -> None:
        world.http.set("GET", "/view-auctions", page(lot()))
        world.sign_in(client)
        world.store.is_down = True

        answer = client.get("/leiloes")

        assert answer.status_code == 200
        assert answer.content.decode().count("Não conseguimos ver agora quem entrou") == 1
        assert "martelo-session" not in answer.cookies

    def test_is_not_needed_to_look_around(self, client: Client, world: World) -> None:
        world.http.set("GET", "/view-auctions", page(lot()))
        world.store.is_down = True

        assert client.get("/leiloes").content.decode().count("Não conseguimos ver") == 0
