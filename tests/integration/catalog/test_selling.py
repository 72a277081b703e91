"""What sellers do with their products, over HTTP."""

import secrets
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from engines.catalog import ADMIN, ANA, BRUNO, CatalogProcess

CAKE = {"name": "Bolo de cenoura", "price": "45.00", "quantity": 5}
FOOD = {
    "ingredients": "farinha, ovos",
    "allergens": {"contains": ["eggs"], "may_contain": ["peanut"]},
    "gluten": "contains",
    "lactose": None,
    "net_weight_g": 500,
    "servings": None,
    "shelf_life": "3 dias",
    "storage": None,
}


def create(api: CatalogProcess, **changed: object) -> dict[str, Any]:
    answer = api.call("POST", "/api/produtos", CAKE | changed, by=ANA)
    assert answer.status == 201, answer.body
    product: dict[str, Any] = answer.body
    return product


class TestCreate:
    def test_is_a_draft_with_everything_that_was_written(self, api: CatalogProcess) -> None:
        assert api.neighbours.owners is not None
        api.neighbours.owners["foto"] = ANA
        answer = api.call(
            "POST",
            "/api/produtos",
            {
                **CAKE,
                "price": 45.5,
                "sku": "todos",
                "image_ids": ["foto"],
                "family": "cenoura",
                "variant": " 1 kg ",
                "low_stock_at": 2,
                "food": FOOD,
            },
            by=ANA,
        )

        product = answer.body
        assert answer.status == 201
        assert answer.headers["location"] == f"/api/produtos/{product['id']}"
        assert (product["status"], product["price"]) == ("draft", "45.50")
        assert (product["variant"], product["family_name"]) == ("1 kg", "cenoura")
        assert product["food"] == FOOD
        assert product["stock"]["quantity"] == 5
        assert api.call("GET", f"/api/produtos/{product['id']}").status == 404

    @pytest.mark.parametrize(
        ("changed", "fields"),
        [
            ({"name": " "}, ["name"]),
            ({"price": "1,50"}, ["price"]),
            ({"price": 1.505}, ["price"]),
            ({"price": None, "name": "", "quantity": -1}, ["price"]),
            ({"name": "", "quantity": -1, "points": 1_001}, ["name", "points", "quantity"]),
            ({"colour": "red"}, ["colour"]),
            ({"quantity": None}, ["quantity"]),
            ({"made_to_order": True}, ["quantity"]),
            ({"category": "nenhuma"}, ["category"]),
            ({"image_ids": ["de-outra"]}, ["image_ids"]),
            ({"image_ids": ["a b"]}, ["image_ids"]),
            ({"food": {"gluten": "no"}}, ["food.gluten"]),
            ({"food": {"storage": "\0"}}, ["food.storage"]),
            (
                {"food": {"allergens": {"contains": ["eggs"], "may_contain": ["eggs"]}}},
                ["food.allergens.may_contain"],
            ),
        ],
    )
    def test_names_every_invalid_field(
        self, api: CatalogProcess, changed: dict[str, object], fields: list[str]
    ) -> None:
        answer = api.call("POST", "/api/produtos", CAKE | changed, by=ANA)

        assert answer.status == 400, answer.body
        assert [error["field"] for error in answer.body["errors"]] == fields

    def test_needs_somebody_who_may_sell(self, api: CatalogProcess) -> None:
        def slug(by: str | None, **claims: Any) -> str:  # noqa: ANN401 - of any token
            return api.call("POST", "/api/produtos", CAKE, by=by, **claims).slug

        assert slug(None) == "not-signed-in"
        assert slug(ANA, email_verified=False) == "email-unconfirmed"
        assert slug(ANA, may_sell=False) == "selling-not-allowed"

    def test_with_a_key_creates_one_product(self, api: CatalogProcess) -> None:
        key = {"Idempotency-Key": secrets.token_hex(8)}

        def send(_: int) -> tuple[int, int]:
            answer = api.call("POST", "/api/produtos", CAKE, by=ANA, headers=key)
            return answer.status, answer.body["id"]

        with ThreadPoolExecutor(4) as pool:
            answers = set(pool.map(send, range(8)))
        other = api.call("POST", "/api/produtos", CAKE | {"quantity": 6}, by=ANA, headers=key)

        assert [status for status, _ in answers] == [201]
        assert (other.status, other.slug) == (422, "idempotency-key-reused")

    def test_refuses_a_code_twice(self, api: CatalogProcess) -> None:
        create(api, sku="A-1")

        answer = api.call("POST", "/api/produtos", CAKE | {"sku": "A-1"}, by=ANA)

        assert (answer.status, answer.slug) == (409, "sku-taken")

    def test_with_pictures_waits_for_the_images(self, api: CatalogProcess) -> None:
        api.neighbours.owners, owners = None, api.neighbours.owners
        try:
            body = CAKE | {"image_ids": ["foto"]}
            answer = api.call("POST", "/api/produtos", body, by=ANA)
        finally:
            api.neighbours.owners = owners

        assert (answer.status, answer.slug) == (503, "images-unavailable")


class TestEdit:
    def test_changes_what_is_named_and_publishes(self, api: CatalogProcess) -> None:
        product = create(api, sku=secrets.token_hex(4), food=FOOD)
        path = f"/api/produtos/{product['id']}"

        change = {"version": 1, "status": "published", "price": "50.00", "sku": None}
        edited = api.call("PATCH", path, change, by=ANA)

        assert edited.status == 200
        assert (edited.body["price"], edited.body["sku"]) == ("50.00", None)
        assert (edited.body["food"], edited.body["version"]) == (FOOD, 2)
        assert api.call("GET", path).body["price"] == "50.00"
        cleared = api.call("PATCH", path, {"version": 2, "food": None}, by=ANA)
        assert set(cleared.body["food"].values()) == {None}

    def test_is_refused_where_it_changed_since(self, api: CatalogProcess) -> None:
        path = f"/api/produtos/{create(api)['id']}"
        api.call("PATCH", path, {"version": 1, "name": "Outro"}, by=ANA)

        stale = api.call("PATCH", path, {"version": 1, "name": "Terceiro"}, by=ANA)

        assert (stale.status, stale.slug, stale.body["version"]) == (409, "stale-version", 2)

    def test_is_the_sellers_alone(self, api: CatalogProcess) -> None:
        path = f"/api/produtos/{create(api)['id']}"
        change = {"version": 1, "status": "published"}

        assert api.call("PATCH", path, change, by=BRUNO).slug == "product-not-found"
        refused = api.call("PATCH", path, change, by=ANA, may_sell=False)
        assert refused.slug == "selling-not-allowed"
        assert api.call("PATCH", path, change, by=ANA).status == 200
        assert api.call("PATCH", path, change, by=BRUNO).slug == "not-your-product"

    @pytest.mark.parametrize(
        ("change", "fields"),
        [
            ({"name": "x"}, ["version"]),
            ({"version": 1, "name": None}, ["name"]),
            ({"version": 1, "quantity": 3}, ["quantity"]),
            ({"version": 1, "family": "f"}, ["variant"]),
            ({"version": 1, "image_ids": ["de-outra"]}, ["image_ids"]),
        ],
    )
    def test_names_the_invalid_field(
        self, api: CatalogProcess, change: dict[str, object], fields: list[str]
    ) -> None:
        answer = api.call("PATCH", f"/api/produtos/{create(api)['id']}", change, by=ANA)

        assert answer.status == 400
        assert [error["field"] for error in answer.body["errors"]] == fields


class TestOwn:
    def test_lists_drafts_and_what_runs_low_of_the_caller_alone(self, api: CatalogProcess) -> None:
        low = create(api, name="Acabando", quantity=1, low_stock_at=1, status="published")
        draft = create(api, name="Rascunho")

        def ids(query: str, by: str = ANA) -> list[int]:
            items = api.call("GET", f"/api/produtos/own?{query}", by=by).body["items"]
            return [item["id"] for item in items]

        assert ids("limit=2") == [draft["id"], low["id"]]
        assert draft["id"] not in ids("status=published&limit=100")
        assert ids("low_stock=true")[0] == low["id"]
        assert ids("", by=BRUNO) == []

    def test_names_the_parameter_that_is_wrong(self, api: CatalogProcess) -> None:
        answer = api.call("GET", "/api/produtos/own?status=sold&q=x", by=ANA)

        assert [error["field"] for error in answer.body["errors"]] == ["q", "status"]


class TestCategories:
    def test_are_put_by_administrators(self, api: CatalogProcess) -> None:
        path, body = "/api/categorias/bolos-de-festa", {"name": "Bolos de festa", "food": True}

        created = api.call("PUT", path, body, by=ADMIN, roles=["admin"])
        again = api.call("PUT", path, body | {"name": "Festa"}, by=ADMIN, roles=["admin"])

        assert (created.status, again.status) == (201, 200)
        assert again.body == {"slug": "bolos-de-festa", "name": "Festa", "food": True}
        assert api.call("PUT", path, body, by=ANA).slug == "administrators-only"
        wrong = api.call(
            "PUT", "/api/categorias/A_b", {**body, "name": ""}, by=ADMIN, roles=["admin"]
        )
        assert [error["field"] for error in wrong.body["errors"]] == ["name", "slug"]
