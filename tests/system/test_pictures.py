"""Pictures of lots through the gateway, on a real stack."""

import http.client
import json
import secrets
from collections.abc import Iterator
from typing import Any
from urllib.parse import urlsplit

import pytest

from fakes import pictures
from stacks import LaunchedStack, wait_for

DRAFT = {"title": "Bolo de cenoura", "starting_price": "40.00", "duration_s": 3600}
Answer = tuple[int, dict[str, str], bytes]


class House:
    """A client of a stack's gateway."""

    def __init__(self, stack: LaunchedStack) -> None:
        self.stack = stack
        self._gateway = urlsplit(stack.status()["urls"]["gateway"]).netloc

    def ask(self, path: str, method: str = "GET", body: object = None, **headers: str) -> Answer:
        content = body if isinstance(body, bytes | None) else json.dumps(body)
        sent = {} if body is None else {"Content-Type": "application/json"}
        sent |= {name.replace("_", "-"): value for name, value in headers.items()}
        connection = http.client.HTTPConnection(self._gateway, timeout=30)
        try:
            connection.request(method, path, content, sent)
            answer = connection.getresponse()
            found = {name.lower(): value for name, value in answer.getheaders()}
            return answer.status, found, answer.read()
        finally:
            connection.close()

    def sign_up(self) -> str:
        """Return the headers that authenticate a new account."""
        person = {"email": f"{secrets.token_hex(6)}@example.com", "password": "correct horse batt"}
        named = {**person, "name": "Ana Souza"}
        assert self.ask("/api/auth/register", "POST", named)[0] == 201
        _, _, body = self.ask("/api/auth/token", "POST", person)
        return f"Bearer {json.loads(body)['access_token']}"

    def keep(self, who: str, colour: str = "red") -> dict[str, Any]:
        """Upload a picture."""
        data = pictures.encoded(pictures.plain(800, 600, colour), "JPEG")
        status, _, body = self.ask(
            "/api/images", "POST", data, Authorization=who, Content_Type="image/jpeg"
        )
        assert status == 201, body
        kept: dict[str, Any] = json.loads(body)
        return kept

    def create(self, who: str, *image_ids: str) -> tuple[int, dict[str, Any]]:
        """Create an auction with pictures."""
        draft = {**DRAFT, "image_ids": image_ids}
        status, _, body = self.ask("/create-auction", "POST", draft, Authorization=who)
        return status, json.loads(body)


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    stack = LaunchedStack(
        tmp_path_factory.mktemp("pictures") / "data", {"MARTELO_RATE_LIMITS": "off"}
    )
    try:
        stack.up("storefront", "auctions-api", "auctions-live", "images-api", "gateway")
        yield House(stack)
    finally:
        stack.close()


class TestPictures:
    def test_go_from_upload_to_lot_to_viewer(self, house: House) -> None:
        ana = house.sign_up()
        first, second = house.keep(ana), house.keep(ana, "blue")
        shown = [
            {"id": each["image_id"], "url": each["url"], "thumbnail_url": each["thumbnail_url"]}
            for each in (first, second)
        ]

        status, auction = house.create(ana, first["image_id"])
        edited = house.ask(
            f"/auction/{auction['id']}",
            "PATCH",
            {"image_ids": [first["image_id"], second["image_id"]]},
            Authorization=ana,
        )
        ledger = json.loads(house.ask(f"/auction/{auction['id']}/ledger")[2])["items"]
        _, headers, picture = house.ask(second["url"])

        assert (status, auction["images"]) == (201, shown[:1])
        assert (edited[0], json.loads(edited[2])["images"]) == (200, shown)
        assert [entry["images"] for entry in ledger] == [shown[:1], shown]
        assert headers["cache-control"] == "public, max-age=31536000, immutable"
        assert pictures.opened(picture).size == (800, 600)
        assert self._snapshot(house, auction["id"])["images"] == shown

    def test_of_others_are_refused(self, house: House) -> None:
        ana, bruno = house.sign_up(), house.sign_up()
        anas, brunos = house.keep(ana)["image_id"], house.keep(bruno)["image_id"]

        for strange in (brunos, "f" * 40, "any-id_at-all"):
            status, problem = house.create(ana, anas, strange)

            assert (status, problem["type"]) == (400, "/problems/invalid-auction")
            [error] = problem["errors"]
            assert error["field"] == "image_ids"
            assert strange in error["message"]
            assert anas not in error["message"]

    def test_are_uploaded_with_an_api_key_that_may_sell(self, house: House) -> None:
        ana = house.sign_up()
        data = pictures.encoded(pictures.plain())
        statuses = {}
        for scope in ("sell", "bid"):
            made = house.ask(
                "/api/auth/keys", "POST", {"name": scope, "scopes": [scope]}, Authorization=ana
            )
            key = json.loads(made[2])["key"]
            statuses[scope] = house.ask(
                "/api/images", "POST", data, X_API_Key=key, Content_Type="image/png"
            )[0]

        assert statuses == {"sell": 201, "bid": 403}

    def test_affect_only_lots_with_pictures_while_images_are_down(self, house: House) -> None:
        ana = house.sign_up()
        image_id = house.keep(ana)["image_id"]
        pid = house.stack.process("images-api")["pid"]
        house.stack.do("pause", "images-api")
        try:
            status, problem = house.create(ana, image_id)
            without, _ = house.create(ana)
        finally:
            house.stack.do("resume", "images-api")

        assert (status, problem["type"]) == (503, "/problems/images-unavailable")
        assert without == 201
        house.stack.do("kill", "images-api")
        house.stack.wait_ready("images-api", other_than=pid)
        wait_for(lambda: house.create(ana, image_id)[0] == 201 or None, "the picture to be taken")

    def test_are_documented_with_the_other_apis(self, house: House) -> None:
        contract = json.loads(house.ask("/openapi/images.json")[2])
        status, _, page = house.ask("/docs", Accept="text/html")

        assert "/api/images" in contract["paths"]
        assert status == 200
        assert b"Martelo images" in page

    def test_are_looked_up_by_services_only(self, house: House) -> None:
        assert house.ask("/internal/images?ids=a")[0] == 404

    def _snapshot(self, house: House, auction_id: str) -> dict[str, Any]:
        gateway = urlsplit(house.stack.status()["urls"]["gateway"]).netloc
        connection = http.client.HTTPConnection(gateway, timeout=30)
        try:
            connection.request("GET", f"/auction/{auction_id}/events")
            answer = connection.getresponse()
            while not (read := answer.readline()).startswith(b"data: "):
                assert read
            snapshot: dict[str, Any] = json.loads(read.removeprefix(b"data: "))
            return snapshot
        finally:
            connection.close()
