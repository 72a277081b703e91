from typing import Any, Protocol

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from fakes.auctions_api import Call, FakeHttp, lot, page
from fakes.memory_sessions import MemoryKeyValues
from martelo.storefront.sessions.sessions import Person

JPEG = b"\xff\xd8\xff" + b"0" * 40
KEY = "k" * 32
TYPED = {
    "title": "Bolo de cenoura",
    "description": "Serve doze.",
    "category": "bolos",
    "starting_price": "1.040,50",
    "duration_s": "3600",
    "key": KEY,
}


class World(Protocol):
    http: FakeHttp
    store: MemoryKeyValues

    def sign_in(self, client: Client, name: str = ...) -> Person: ...


def sent(world: World, method: str, path: str) -> list[Call]:
    return [call for call in world.http.calls if (call.method, call.path) == (method, path)]


class TestSell:
    def test_asks_strangers_to_sign_in_and_brings_them_back(self, client: Client) -> None:
        for answer in (client.get("/vender"), client.post("/vender", TYPED)):
            assert (answer.status_code, answer["Location"]) == (303, "/entrar?next=%2Fvender")

    def test_answers_503_while_sessions_cannot_be_read(self, client: Client, world: World) -> None:
        world.sign_in(client)
        world.store.is_down = True

        assert client.get("/vender").status_code == 503

    def test_shows_a_preview_before_anything_is_made(self, client: Client, world: World) -> None:
        world.sign_in(client)

        answer = client.post("/vender", {**TYPED, "description": "**Doze**", "step": "preview"})

        assert answer.status_code == 200
        assert "<strong>Doze</strong>" in answer.content.decode()
        assert answer.content.decode().count("R$\u00a01.040,50") >= 1
        assert sent(world, "POST", "/create-auction") == []

    def test_can_be_changed_again_after_the_preview(self, client: Client, world: World) -> None:
        world.sign_in(client)

        shown = client.post(
            "/vender", {**TYPED, "starting_price": "caro", "description": "Doze. ", "step": "edit"}
        ).content.decode()

        assert 'value="caro"' in shown
        assert "Doze.</textarea>" in shown
        assert f'value="{KEY}"' in shown
        assert 'class="fault"' not in shown

    def test_says_once_what_a_form_sent_twice_has_done(self, client: Client, world: World) -> None:
        world.sign_in(client)
        world.http.set("POST", "/create-auction", lot(), 201)

        for _ in range(2):
            client.post("/vender", {**TYPED, "step": "publish"})

        assert client.get("/vender").content.decode().count("Seu lote está no ar.") == 1

    def test_makes_the_lot_under_the_forms_key(self, client: Client, world: World) -> None:
        person = world.sign_in(client)
        world.http.set("POST", "/create-auction", lot(), 201)

        answer = client.post("/vender", {**TYPED, "step": "publish"})

        assert (answer.status_code, answer["Location"]) == (303, "/leiloes/07-6k9m2v4t8q1xz")
        (call,) = sent(world, "POST", "/create-auction")
        assert call.headers["Idempotency-Key"] == KEY
        assert call.headers["Authorization"].startswith("Bearer ey")
        assert person.account_id not in answer.content.decode()
        assert call.body == {
            "title": "Bolo de cenoura",
            "description": "Serve doze.",
            "category": "bolos",
            "starting_price": "1040.50",
            "duration_s": 3600,
        }

    def test_reads_times_in_the_readers_zone_and_prefers_the_exact_end(
        self, client: Client, world: World
    ) -> None:
        world.sign_in(client)
        world.http.set("POST", "/create-auction", lot(), 201)
        client.cookies["martelo-zone"] = "America/Manaus"

        client.post("/vender", {**TYPED, "ends_at": "2026-12-01T08:00", "step": "publish"})

        (call,) = sent(world, "POST", "/create-auction")
        assert call.body["ends_at"] == "2026-12-01T12:00:00.000Z"
        assert "duration_s" not in call.body

    def test_shows_each_fault_beside_its_field(self, client: Client, world: World) -> None:
        world.sign_in(client)
        world.http.refuse(
            "POST",
            "/create-auction",
            "invalid-auction",
            400,
            errors=[
                {"field": "reserve_price", "code": "reserve_price_too_low"},
                {"field": "image_ids", "code": "too_many", "max": 12},
            ],
        )

        answer = client.post("/vender", {**TYPED, "reserve_price": "5", "step": "publish"})

        shown = answer.content.decode()
        assert answer.status_code == 400
        assert shown.count('id="field-reserve_price-fault">A reserva não pode ser menor') == 1
        assert shown.count('id="field-pictures-fault">Escolha no máximo 12 fotos') == 1
        assert shown.count('value="5"') >= 1

    @pytest.mark.parametrize(
        ("changed", "field"),
        [
            ({"title": " "}, "title"),
            ({"starting_price": "caro"}, "starting_price"),
            ({"starting_price": ""}, "starting_price"),
            ({"starts_at": "amanhã"}, "starts_at"),
            ({"duration_s": ""}, "ends_at"),
        ],
    )
    def test_refuses_what_it_cannot_read_itself(
        self, client: Client, world: World, changed: dict[str, str], field: str
    ) -> None:
        world.sign_in(client)

        answer = client.post("/vender", {**TYPED, **changed, "step": "publish"})

        assert answer.status_code == 400
        assert answer.content.decode().count(f'id="field-{field}-fault"') == 1
        assert sent(world, "POST", "/create-auction") == []

    def test_can_be_pressed_again_after_a_lost_answer(self, client: Client, world: World) -> None:
        world.sign_in(client)

        answer = client.post("/vender", {**TYPED, "step": "publish"})

        assert answer.status_code == 503
        assert answer.content.decode().count("conta uma vez só") == 1
        assert answer.content.decode().count(f'value="{KEY}"') == 1

    def test_takes_a_new_key_where_the_key_was_used_for_something_else(
        self, client: Client, world: World
    ) -> None:
        world.sign_in(client)
        world.http.refuse("POST", "/create-auction", "idempotency-key-reused", 422)

        answer = client.post("/vender", {**TYPED, "step": "publish"})

        assert answer.status_code == 422
        assert answer.content.decode().count(f'value="{KEY}"') == 0

    def test_shows_hostile_texts_harmless(self, client: Client, world: World) -> None:
        world.sign_in(client)
        hostile = '</textarea><script>alert(1)</script>"><b>'

        shown = client.post(
            "/vender", {**TYPED, "title": hostile, "description": hostile, "step": "preview"}
        ).content.decode()

        assert shown.count("<script>alert") == 0
        assert shown.count("</textarea><") == 0

    def test_is_protected_against_forms_of_others(self, world: World) -> None:
        strict = Client(enforce_csrf_checks=True)
        world.sign_in(strict)

        answer = strict.post("/vender", {**TYPED, "step": "publish"})

        assert answer.status_code == 403
        assert sent(world, "POST", "/create-auction") == []


class TestPictures:
    def test_are_passed_on_one_by_one_and_named_in_the_draft(
        self, client: Client, world: World
    ) -> None:
        world.sign_in(client)
        world.http.set("POST", "/api/images", {"image_id": "img1"}, 201)
        world.http.set("POST", "/create-auction", lot(), 201)
        picture = SimpleUploadedFile("<b>.exe", JPEG, "text/html")

        client.post("/vender", {**TYPED, "pictures": picture, "image_id": "old", "step": "publish"})

        (call,) = sent(world, "POST", "/api/images")
        assert (call.content, call.headers["Content-Type"]) == (JPEG, "image/jpeg")
        assert len(call.headers["Idempotency-Key"]) <= 64
        assert sent(world, "POST", "/create-auction")[0].body["image_ids"] == ["old", "img1"]

    def test_can_be_removed_again(self, client: Client, world: World) -> None:
        world.sign_in(client)
        world.http.set("POST", "/create-auction", lot(), 201)

        ids: dict[str, Any] = {"image_id": ["a", "b", "../c"], "drop": ["a"]}
        client.post("/vender", {**TYPED, **ids, "step": "publish"})

        assert sent(world, "POST", "/create-auction")[0].body["image_ids"] == ["b"]

    def test_are_refused_by_their_content(self, client: Client, world: World) -> None:
        world.sign_in(client)
        svg = SimpleUploadedFile("a.png", b"<svg onload=alert(1)>", "image/png")

        answer = client.post("/vender", {**TYPED, "pictures": svg, "step": "publish"})

        assert answer.status_code == 400
        assert answer.content.decode().count('id="field-pictures-fault"') == 1
        assert sent(world, "POST", "/api/images") == []

    def test_are_taken_nowhere_else(self, client: Client) -> None:
        picture = SimpleUploadedFile("a.jpg", JPEG * 2000)

        answer = client.post("/entrar", {"pictures": picture})

        assert answer.status_code == 413

    def test_are_not_read_beyond_the_limit(self, client: Client, world: World) -> None:
        world.sign_in(client)

        answer = client.post("/vender", TYPED, headers={"Content-Length": str(200 * 1024 * 1024)})

        assert answer.status_code == 413


IMAGE = {"id": "a", "url": "/media/a.webp", "thumbnail_url": "/media/a-thumb.webp"}


class TestOwnLot:
    ADDRESS = "/auction/07-6k9m2v4t8q1xz"

    def test_can_be_edited_before_the_first_bid(self, client: Client, world: World) -> None:
        world.sign_in(client)
        world.http.set("GET", self.ADDRESS, lot(bid_count=0, description="Antes", images=[IMAGE]))
        world.http.set("PATCH", self.ADDRESS, lot())

        shown = client.get("/leiloes/07-6k9m2v4t8q1xz/editar").content.decode()
        answer = client.post(
            "/leiloes/07-6k9m2v4t8q1xz/editar", {"title": "Outro", "image_id": "a", "key": KEY}
        )

        assert shown.count("Antes") == 1
        assert 'name="image_id" value="a"' in shown
        assert 'src="/media/a-thumb.webp"' in shown
        assert answer["Location"] == "/leiloes/07-6k9m2v4t8q1xz"
        assert sent(world, "PATCH", self.ADDRESS)[0].body == {
            "title": "Outro",
            "description": "",
            "category": None,
            "image_ids": ["a"],
        }

    def test_can_be_cancelled_after_a_question(self, client: Client, world: World) -> None:
        world.sign_in(client)
        world.http.set("GET", self.ADDRESS, lot(bid_count=0))
        world.http.set("POST", f"{self.ADDRESS}/cancel", lot(status="cancelled"))

        asked = client.get("/leiloes/07-6k9m2v4t8q1xz/cancelar").content.decode()
        answer = client.post(
            "/leiloes/07-6k9m2v4t8q1xz/cancelar", {"reason": "O forno quebrou.", "key": KEY}
        )

        assert asked.count("Cancelar o leilão?") >= 1
        assert answer.status_code == 303
        (call,) = sent(world, "POST", f"{self.ADDRESS}/cancel")
        assert (call.body, call.headers["Idempotency-Key"]) == (
            {"reason": "O forno quebrou."},
            KEY,
        )

    @pytest.mark.parametrize("page_name", ["editar", "cancelar"])
    def test_belongs_to_its_seller(self, client: Client, world: World, page_name: str) -> None:
        world.sign_in(client)
        world.http.set("GET", self.ADDRESS, lot(seller={"id": "b2", "name": "Bruno"}))

        for call in (client.get, client.post):
            assert call(f"/leiloes/07-6k9m2v4t8q1xz/{page_name}").status_code == 403
        assert {call.method for call in world.http.calls} == {"GET"}

    @pytest.mark.parametrize("page_name", ["editar", "cancelar"])
    def test_must_exist(self, client: Client, world: World, page_name: str) -> None:
        world.sign_in(client)
        world.http.refuse("GET", "/auction/x", "auction-not-found", 404)

        assert client.get(f"/leiloes/x/{page_name}").status_code == 404


class TestMyPage:
    def test_says_how_one_stands(self, client: Client, world: World) -> None:
        world.sign_in(client)
        mine = {"standing": "outbid", "you": {"number": 1, "leading": False, "max_amount": "50.00"}}
        world.http.set("GET", "/my/bids", page(lot(**mine), next_cursor="c/1"))
        world.http.set("GET", "/my/auctions", page())

        shown = client.get("/minha-pagina").content.decode()

        assert shown.count("Cobriram o seu lance") == 1
        assert shown.count("R$\u00a050,00") == 1
        assert shown.count('href="/minha-pagina?bids=c%2F1#bids"') == 1
        assert shown.count("Você ainda não vendeu nada.") == 1

    @pytest.mark.parametrize(
        ("most", "label"), [("1234.50", "Seu maior lance"), ("2000.00", "Seu teto")]
    )
    def test_calls_a_ceiling_only_what_is_above_the_price(
        self, client: Client, world: World, most: str, label: str
    ) -> None:
        world.sign_in(client)
        you = {"number": 2, "leading": True, "max_amount": most}
        world.http.set("GET", "/my/bids", page(lot(standing="leading", you=you)))

        shown = client.get("/minha-pagina").content.decode()

        assert f'<p class="lot-line own">{label}:' in shown

    @pytest.mark.parametrize(("status", "times"), [("sold", 1), ("unsold", 0), ("cancelled", 0)])
    def test_calls_lost_only_what_somebody_else_got(
        self, client: Client, world: World, status: str, times: int
    ) -> None:
        world.sign_in(client)
        world.http.set("GET", "/my/bids", page(lot(standing="lost", status=status)))

        shown = client.get("/minha-pagina").content.decode()

        assert shown.count("Desta vez não foi seu") == times

    def test_shows_one_list_where_the_other_cannot_be_had(
        self, client: Client, world: World
    ) -> None:
        world.sign_in(client)
        world.http.set("GET", "/my/auctions", page(lot()))

        shown = client.get("/minha-pagina").content.decode()

        assert shown.count("Os leilões não respondem agora") == 1
        assert shown.count("Bolo de cenoura") == 1
