"""The lot's page and its forms, over a fake auctions API."""

import re
import time
from typing import Any, Protocol
from urllib.parse import parse_qs, urlsplit

import pytest
from django.conf import settings
from django.test import Client

from fakes.auctions_api import FakeHttp, lot
from martelo.runtime.identity.tokens import Unauthenticated, read_ticket, read_token
from martelo.storefront.sessions.sessions import Person

LOT = "07-6k9m2v4t8q1xz"
PAGE = f"/leiloes/{LOT}"
KEY = "a-key-of-this-form"
PLACED = {
    "seq": 10,
    "outcome": "leading",
    "current_price": "1259.50",
    "minimum_bid": "1284.50",
    "number": 4,
}


class World(Protocol):
    http: FakeHttp

    def sign_in(
        self, client: Client, name: str = ..., *, roles: tuple[str, ...] = ...
    ) -> Person: ...


def full_lot(**changed: object) -> dict[str, Any]:
    seller = {"id": "22222222-2222-4222-8222-222222222222", "name": "Carla"}
    return lot(**{"seller": seller, "description": "", "bids": [], "you": None, **changed})


def leading_with(max_amount: str) -> dict[str, object]:
    return {"number": 2, "leading": True, "max_amount": max_amount}


def key_in(page: str, form: str) -> str:
    found = re.search(rf'data-form="{form}".*?name="key" value="([^"]+)"', page, re.DOTALL)
    assert found is not None
    return found[1]


@pytest.fixture
def http(world: World) -> FakeHttp:
    world.http.answers.clear()
    world.http.calls.clear()
    world.http.set("GET", f"/auction/{LOT}", full_lot())
    return world.http


@pytest.mark.usefixtures("http")
class TestShow:
    def test_fills_in_the_least_acceptable_amount(self, client: Client) -> None:
        page = client.get(PAGE).content.decode()

        assert 'name="amount"' in page
        assert 'value="1259,50"' in page

    def test_fills_in_what_the_address_says(self, client: Client) -> None:
        assert 'value="1.300"' in client.get(f"{PAGE}?valor=1.300").content.decode()

    def test_gives_each_form_a_key_of_its_own(self, client: Client) -> None:
        first, second = (client.get(PAGE).content.decode() for _ in range(2))

        keys = {key_in(page, form) for page in (first, second) for form in ("bid", "ceiling")}
        assert len(keys) == 4

    def test_escapes_what_the_script_reads(self, client: Client, http: FakeHttp) -> None:
        http.set("GET", f"/auction/{LOT}", full_lot(category="</script><script>x"))

        assert "</script><script>x" not in client.get(PAGE).content.decode()

    def test_has_a_page_for_lots_that_do_not_exist(self, client: Client, http: FakeHttp) -> None:
        http.refuse("GET", f"/auction/{LOT}", "auction-not-found", 404)

        answer = client.get(PAGE)

        assert answer.status_code == 404
        assert "Este lote não existe" in answer.content.decode()

    def test_has_a_page_for_when_the_auctions_are_down(
        self, client: Client, http: FakeHttp
    ) -> None:
        http.answers.clear()

        answer = client.get(PAGE)

        assert answer.status_code == 503
        assert answer["Retry-After"]

    def test_takes_pictures_by_their_addresses(self, client: Client, http: FakeHttp) -> None:
        picture = {"id": "p1", "url": "/media/one", "thumbnail_url": "/media/one-small"}
        http.set("GET", f"/auction/{LOT}", full_lot(images=[picture, picture]))

        page = client.get(PAGE).content.decode()

        assert 'src="/media/one"' in page
        assert 'src="/media/one-small"' in page

    def test_stays_small(self, client: Client, http: FakeHttp) -> None:
        bid = {
            "bid_id": f"{LOT}-9",
            "seq": 9,
            "bidder": {"name": "B***o", "number": 2},
            "amount": "1234.50",
            "automatic": True,
            "at": "2026-01-31T11:56:00.000Z",
        }
        http.set("GET", f"/auction/{LOT}", full_lot(bids=[bid] * 50, description="é" * 5000))

        assert len(client.get(PAGE).content) < 64 * 1024


class TestExtend:
    def test_is_for_administrators(self, client: Client, world: World, http: FakeHttp) -> None:
        world.sign_in(client)

        assert "prorrogar" not in client.get(PAGE).content.decode()
        assert http.calls

    def test_has_a_form_for_them(self, client: Client, world: World, http: FakeHttp) -> None:
        world.sign_in(client, roles=("admin",))

        page = client.get(PAGE).content.decode()

        assert http.calls
        assert f'action="{PAGE}/prorrogar"' in page
        assert re.search(r'prorrogar".*?name="key" value="[^"]{16,}"', page, re.DOTALL)

    def test_moves_the_end(self, client: Client, world: World, http: FakeHttp) -> None:
        world.sign_in(client)
        http.set("POST", f"/auction/{LOT}/extend", full_lot())
        change = {"minutes": "30", "reason": "queda", "key": KEY}

        answer = client.post(f"{PAGE}/prorrogar", change)

        assert (answer.status_code, answer["Location"]) == (303, PAGE)
        [sent] = [call for call in http.calls if call.method == "POST"]
        assert sent.body == {"minutes": 30, "reason": "queda"}
        assert sent.headers["Idempotency-Key"] == KEY

    def test_says_why_not(self, client: Client, world: World, http: FakeHttp) -> None:
        world.sign_in(client)
        http.refuse("POST", f"/auction/{LOT}/extend", "auction-ended", 409)

        answer = client.post(f"{PAGE}/prorrogar", {"minutes": "x", "reason": ""}, follow=True)

        assert "Este leilão acabou" in answer.content.decode()


BID = {
    "bid_id": f"{LOT}-2",
    "seq": 2,
    "bidder": {"name": "B***o", "number": 9},
    "amount": "20.00",
    "automatic": False,
    "at": "2026-01-30T12:00:00.000Z",
    "voided": False,
}


class TestVoid:
    def test_has_a_form_for_administrators_alone(
        self, client: Client, world: World, http: FakeHttp
    ) -> None:
        http.set("GET", f"/auction/{LOT}", {**full_lot(), "bids": [BID]})
        world.sign_in(client)
        assert "anular-lances" not in client.get(PAGE).content.decode()
        world.sign_in(client, roles=("admin",))

        page = client.get(PAGE).content.decode()

        assert http.calls
        assert re.search(r'anular-lances".*?name="key" value="[^"]{16,}"', page, re.DOTALL)

    def test_voids_the_bids(self, client: Client, world: World, http: FakeHttp) -> None:
        world.sign_in(client)
        http.set("POST", f"/auction/{LOT}/void-bids", full_lot())
        voiding = {"number": "2", "reason": "conta falsa", "key": KEY}

        answer = client.post(f"{PAGE}/anular-lances", voiding)

        assert (answer.status_code, answer["Location"]) == (303, PAGE)
        [sent] = [call for call in http.calls if call.method == "POST"]
        assert sent.body == {"number": 2, "reason": "conta falsa"}
        assert sent.headers["Idempotency-Key"] == KEY

    def test_says_why_not(self, client: Client, world: World, http: FakeHttp) -> None:
        world.sign_in(client)
        http.refuse("POST", f"/auction/{LOT}/void-bids", "no-bids-to-void", 409)

        answer = client.post(f"{PAGE}/anular-lances", {"number": "x", "reason": ""}, follow=True)

        assert "Nenhum participante com esse número" in answer.content.decode()

    def test_marks_the_lines(self, client: Client, world: World, http: FakeHttp) -> None:
        lot = {**full_lot(), "bids": [{**BID, "voided": True}]}
        lot["you"] = {"number": 9, "leading": False, "max_amount": None, "voided": True}
        http.set("GET", f"/auction/{LOT}", lot)
        world.sign_in(client)

        page = client.get(PAGE).content.decode()

        assert "· anulado" in page
        assert "Seus lances foram anulados" in page
        assert re.search(r'data-slot="actions" hidden>', page)


@pytest.mark.usefixtures("http")
class TestZone:
    def test_is_named_where_the_lot_ends(self, client: Client) -> None:
        page = client.get(PAGE).content.decode()

        assert '<span data-worded="zone">horário de Brasília</span>' in page
        assert "31 de jan., 09:00 (horário de Brasília)." in page  # the rules

    def test_is_the_readers_own_where_it_is_known(self, client: Client) -> None:
        client.cookies["martelo-zone"] = "America/Manaus"

        page = client.get(PAGE).content.decode()

        assert '<span data-worded="zone">UTC-04:00</span>' in page
        assert "31 de jan., 08:00 (UTC-04:00)." in page


class TestStanding:
    def test_never_calls_a_plain_bid_a_ceiling(self, client: Client, http: FakeHttp) -> None:
        http.set("GET", f"/auction/{LOT}", full_lot(you=leading_with("1234.50")))

        page = client.get(PAGE).content.decode()

        assert '<summary data-slot="ceiling-title">Lance automático<' in page
        assert "Acima de R$\u00a01.234,50, o preço agora<" in page
        assert "ou deixe um lance automático acima do preço.<" in page

    def test_shows_a_ceiling_above_the_price(self, client: Client, http: FakeHttp) -> None:
        http.set("GET", f"/auction/{LOT}", full_lot(you=leading_with("2000.00")))

        page = client.get(PAGE).content.decode()

        assert '<summary data-slot="ceiling-title">Aumentar seu teto<' in page
        assert "Acima de R$\u00a02.000,00, seu teto até agora<" in page
        assert "Seu teto é R$\u00a02.000,00; só você o vê.<" in page

    def test_says_that_nothing_is_won_below_the_reserve(
        self, client: Client, http: FakeHttp
    ) -> None:
        unmet = full_lot(you=leading_with("1234.50"), reserve_met=False)
        http.set("GET", f"/auction/{LOT}", unmet)

        page = client.get(PAGE).content.decode()

        assert "assim, o lote não será vendido." in page


class TestBid:
    def test_sends_the_amount_with_the_forms_key_and_leads_back(
        self, client: Client, world: World, http: FakeHttp
    ) -> None:
        world.sign_in(client)
        http.set("POST", "/place-bid", PLACED, 201)

        answer = client.post(f"{PAGE}/lance", {"amount": "1.259,50", "key": KEY})

        assert (answer.status_code, answer["Location"]) == (303, PAGE)
        [sent] = [call for call in http.calls if call.path == "/place-bid"]
        assert sent.body == {"auction_id": LOT, "amount": "1259.50"}
        assert sent.headers["Idempotency-Key"] == KEY

    def test_keeps_the_key_while_the_outcome_is_unknown(
        self, client: Client, world: World, http: FakeHttp
    ) -> None:
        world.sign_in(client)

        answer = client.post(f"{PAGE}/lance", {"amount": "1300", "key": KEY})

        assert answer.status_code == 503
        assert http.calls
        assert key_in(answer.content.decode(), "bid") == KEY
        assert 'value="1300"' in answer.content.decode()

    def test_says_what_would_do_and_fills_it_in(
        self, client: Client, world: World, http: FakeHttp
    ) -> None:
        world.sign_in(client)
        http.refuse("POST", "/place-bid", "bid-too-low", 409, minimum_bid="1284.50")

        answer = client.post(f"{PAGE}/lance", {"amount": "1", "key": KEY})

        page = answer.content.decode()
        assert answer.status_code == 409
        assert "R$\u00a01.284,50" in page
        assert 'value="1284,50"' in page
        assert key_in(page, "bid") != KEY

    def test_answers_a_script_in_the_same_words(
        self, client: Client, world: World, http: FakeHttp
    ) -> None:
        world.sign_in(client)
        http.refuse("POST", "/place-bid", "ceiling-too-low", 409, least_ceiling="1300.01")

        answer = client.post(
            f"{PAGE}/lance",
            {"max_amount": "1300", "key": KEY},
            headers={"Accept": "application/json"},
        ).json()

        assert answer["slug"] == "ceiling-too-low"
        assert answer["accepted"] == "1300,01"
        assert "R$\u00a01.300,01" in answer["text"]

    @pytest.mark.parametrize("form", ["amount", "max_amount"])
    def test_asks_whether_an_amount_far_above_is_meant(
        self, client: Client, world: World, http: FakeHttp, form: str
    ) -> None:
        world.sign_in(client)
        amounts = {"amount": "500000.00", "minimum_bid": "1259.50"}
        http.refuse("POST", "/place-bid", "amount-needs-confirmation", 409, **amounts)

        answer = client.post(f"{PAGE}/lance", {form: "500000", "key": KEY})

        page = answer.content.decode()
        assert answer.status_code == 409
        assert page.count('name="confirm" value="500000.00"') == 1
        assert ">Confirmar R$\u00a0500.000,00</button>" in page
        assert re.search(rf'name="{form}"[^>]* value="500000"[^>]* readonly', page)
        assert len(re.findall(r'data-back href="[^"]*">Voltar', page)) == 1

    def test_sends_the_confirmed_amount(self, client: Client, world: World, http: FakeHttp) -> None:
        world.sign_in(client)
        http.set("POST", "/place-bid", PLACED, 201)

        for confirm in ("500000.00", "50000.00", ""):
            client.post(f"{PAGE}/lance", {"amount": "500000", "confirm": confirm, "key": KEY})

        sent = [call.body for call in http.calls if call.method == "POST"]
        assert [each.get("confirm_amount") for each in sent] == ["500000.00", None, None]

    def test_asks_a_script_to_confirm(self, client: Client, world: World, http: FakeHttp) -> None:
        world.sign_in(client)
        amounts = {"amount": "500000.00", "minimum_bid": "1259.50"}
        http.refuse("POST", "/place-bid", "amount-needs-confirmation", 409, **amounts)

        reply = client.post(
            f"{PAGE}/lance",
            {"amount": "500000", "key": KEY},
            headers={"Accept": "application/json"},
        ).json()

        assert reply["accepted"] == ""
        assert reply["confirm"] == "500000.00"
        assert reply["confirm_text"] == "Confirmar R$\u00a0500.000,00"
        assert "R$\u00a01.259,50" in reply["text"]

    @pytest.mark.usefixtures("http")
    def test_sends_a_stranger_to_sign_in_and_keeps_the_amount(self, client: Client) -> None:
        answer = client.post(f"{PAGE}/lance", {"amount": "1300", "key": KEY})

        back = parse_qs(urlsplit(answer["Location"]).query)["next"][0]
        assert answer.status_code == 303
        assert back == f"{PAGE}?valor=1300"

    def test_never_asks_the_api_about_what_is_no_amount(
        self, client: Client, world: World, http: FakeHttp
    ) -> None:
        world.sign_in(client)

        answer = client.post(f"{PAGE}/lance", {"amount": "muito", "key": KEY})

        assert answer.status_code == 400
        assert [call.method for call in http.calls] == ["GET"]


class TestBuy:
    def test_buys_with_the_forms_key(self, client: Client, world: World, http: FakeHttp) -> None:
        world.sign_in(client)
        http.set("POST", f"/auction/{LOT}/buy-now", {"current_price": "500.00"}, 201)

        answer = client.post(f"{PAGE}/comprar", {"key": KEY})

        assert answer.status_code == 303
        assert http.calls[-1].headers["Idempotency-Key"] == KEY


class TestTicket:
    def test_is_good_for_the_live_socket_only(self, client: Client, world: World) -> None:
        person = world.sign_in(client)

        answer = client.get("/ao-vivo/bilhete").json()

        keys = settings.DEPENDENCIES.accounts.signer.public_keys
        identity, expires_at = read_ticket(answer["ticket"], keys)
        assert (identity.account_id, identity.name) == (person.account_id, person.name)
        assert identity.may("bid")
        assert not identity.may("sell")
        assert expires_at - time.time() <= answer["expires_in"] == 120
        with pytest.raises(Unauthenticated):
            read_token(answer["ticket"], keys)

    def test_is_not_given_to_who_is_not_signed_in(self, client: Client) -> None:
        answer = client.get("/ao-vivo/bilhete")

        assert answer.status_code == 200
        assert answer.json()["ticket"] is None
        assert answer["Cache-Control"] == "no-store"
