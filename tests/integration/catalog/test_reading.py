"""The reading paths and the stock, over HTTP."""

import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest

from engines.catalog import ADMIN, ANA, BRUNO, CatalogProcess, CatalogStores
from martelo.catalog.domain.products import (
    Category,
    Details,
    NewProduct,
    Product,
    Seller,
    Status,
)
from martelo.kernel.ids import AccountId

CHECKS = (
    "not_a_server_error",
    "status_code_conformance",
    "content_type_conformance",
    "response_headers_conformance",
    "response_schema_conformance",
    "unsupported_method",
)
CAKE = Details(name="Bolo de cenoura", price_cents=4_500, status=Status.PUBLISHED)


def add(stores: CatalogStores, quantity: int | None = 5, **details: object) -> Product:
    written = replace(CAKE, **details)  # type: ignore[arg-type]  # any field
    new = NewProduct(written, made_to_order=quantity is None, quantity=quantity)
    return stores.products.create(Seller(AccountId(ANA), "Ana"), new, None).product


class TestList:
    def test_pages_products_in_short_form(self, api: CatalogProcess, stores: CatalogStores) -> None:
        for number in range(3):
            add(stores, family="paginas", variant=str(number), image_ids=("a" * 40,))

        first = api.call("GET", "/api/produtos?family=paginas&sort=price&limit=2").body
        cursor = first["next_cursor"]
        rest = api.call(
            "GET", f"/api/produtos?family=paginas&sort=price&limit=2&cursor={cursor}"
        ).body

        assert [len(first["items"]), len(rest["items"]), rest["next_cursor"]] == [2, 1, None]
        assert first["items"][0] == {
            "id": first["items"][0]["id"],
            "slug": "bolo-de-cenoura",
            "name": "Bolo de cenoura",
            "variant": "0",
            "price": "45.00",
            "category": None,
            "seller": {"id": ANA, "name": "Ana"},
            "image": {
                "id": "a" * 40,
                "url": f"/media/{'a' * 40}.webp",
                "thumbnail_url": f"/media/{'a' * 40}-thumb.webp",
            },
            "made_to_order": False,
            "lead_days": 0,
            "available": True,
        }

    @pytest.mark.parametrize(
        ("query", "field", "code"),
        [
            ("colour=red", "colour", "unknown_field"),
            ("sort=relevance", "sort", "not_a_choice"),
            ("sort=newest", "sort", "not_a_choice"),
            ("lead=1", "lead", "not_a_choice"),
            ("without=sugar", "without", "not_a_choice"),
            ("ids=", "ids", "invalid"),
            ("ids=1,x", "ids", "invalid"),
            ("ids=" + ",".join(["1"] * 101), "ids", "too_many"),
            ("q=" + "a" * 201, "q", "too_long"),
            ("q=%00", "q", "control_characters"),
            ("limit=101", "limit", "out_of_range"),
            ("cursor=x", "cursor", "invalid_cursor"),
            ("cursor=WyJhIiwxXQ==", "cursor", "invalid_cursor"),
            ("cursor=WzEsOTIyMzM3MjAzNjg1NDc3NTgwOF0=", "cursor", "invalid_cursor"),
        ],
    )
    def test_names_the_parameter_that_is_wrong(
        self, api: CatalogProcess, query: str, field: str, code: str
    ) -> None:
        answer = api.call("GET", f"/api/produtos?{query}")

        assert (answer.status, answer.slug) == (400, "invalid-request")
        [error] = answer.body["errors"]
        assert (error["field"], error["code"]) == (field, code)

    def test_finds_by_words_and_by_what_it_is_without(
        self, api: CatalogProcess, stores: CatalogStores
    ) -> None:
        product = add(stores, name="Quindim")

        [found] = api.call("GET", "/api/produtos?q=quindim").body["items"]
        assert found["id"] == product.id
        assert api.call("GET", "/api/produtos?q=quindim&without=gluten").body["items"] == []

    def test_of_a_category_has_its_products_alone(
        self, api: CatalogProcess, stores: CatalogStores
    ) -> None:
        stores.products.put_category(Category("pudins", "Pudins", food=True))
        product = add(stores, category="pudins")

        items = api.call("GET", "/api/produtos/categoria/pudins").body["items"]
        missing = api.call("GET", "/api/produtos/categoria/nenhuma")

        assert [item["id"] for item in items] == [product.id]
        assert (missing.status, missing.slug) == (404, "category-not-found")

    def test_of_categories_counts_their_products(
        self, api: CatalogProcess, stores: CatalogStores
    ) -> None:
        stores.products.put_category(Category("balas", "Balas", food=True))
        add(stores, category="balas")

        items = api.call("GET", "/api/categorias").body["items"]

        expected = {"slug": "balas", "name": "Balas", "food": True, "product_count": 1}
        assert expected in items


class TestOne:
    def test_has_its_stock_family_and_undeclared_food_facts(
        self, api: CatalogProcess, stores: CatalogStores
    ) -> None:
        product = add(stores, family="um", variant="P")
        sibling = add(stores, quantity=None, family="um", variant="G")

        read = api.call("GET", f"/api/produtos/{product.id}").body

        assert read["stock"] == {"quantity": 5, "reserved": 0, "available": 5, "version": 1}
        assert [each["id"] for each in read["family"]] == [product.id, sibling.id]
        assert set(read["food"].values()) == {None}
        assert api.call("GET", f"/api/produtos/{sibling.id}").body["stock"] is None

    @pytest.mark.parametrize("product_id", ["0", "9" * 19, "9" * 40, "999999"])
    def test_is_not_found_where_there_is_none(self, api: CatalogProcess, product_id: str) -> None:
        answer = api.call("GET", f"/api/produtos/{product_id}")

        assert (answer.status, answer.slug) == (404, "product-not-found")

    @pytest.mark.parametrize("name", ["-1", "x", "1.5"])
    def test_has_a_number(self, api: CatalogProcess, name: str) -> None:
        assert api.call("GET", f"/api/produtos/{name}").slug == "not-found"

    def test_is_a_draft_for_its_seller_and_administrators_alone(
        self, api: CatalogProcess, stores: CatalogStores
    ) -> None:
        path = f"/api/produtos/{add(stores, status=Status.DRAFT).id}"

        assert api.call("GET", path).status == 404
        assert api.call("GET", path, by=BRUNO).status == 404
        assert api.call("GET", path, by=ANA).status == 200
        assert api.call("GET", path, by=ADMIN, roles=["admin"]).status == 200


class TestStock:
    def test_is_set_by_its_version_and_changed_by_a_delta(
        self, api: CatalogProcess, stores: CatalogStores
    ) -> None:
        product = add(stores)
        path = f"/api/produtos/{product.id}/estoque"

        replaced = api.call("PUT", path, {"quantity": 9, "version": 1}, by=ANA)
        stale = api.call("PUT", path, {"quantity": 7, "version": 1}, by=ANA)
        added = api.call("PUT", path, {"delta": -2}, by=ADMIN, roles=["admin"])

        assert (replaced.status, replaced.body["quantity"]) == (200, 9)
        assert (stale.status, stale.slug, stale.body["version"]) == (409, "stale-version", 2)
        assert added.body == {
            "product_id": product.id,
            "quantity": 7,
            "reserved": 0,
            "available": 7,
            "version": 3,
        }

    def test_counts_a_delta_with_a_key_once(
        self, api: CatalogProcess, stores: CatalogStores
    ) -> None:
        path, key = f"/api/produtos/{add(stores).id}/estoque", {"Idempotency-Key": "k"}

        first = api.call("PUT", path, {"delta": 3}, by=ANA, headers=key)
        again = api.call("PUT", path, {"delta": 3}, by=ANA, headers=key)
        other = api.call("PUT", path, {"delta": 4}, by=ANA, headers=key)

        assert (first.body["quantity"], again.body["quantity"]) == (8, 8)
        assert again.headers["idempotent-replay"] == "true"
        assert (other.status, other.slug) == (422, "idempotency-key-reused")

    @pytest.mark.parametrize(
        ("body", "field"),
        [
            ({}, ""),
            ({"quantity": 1}, "version"),
            ({"quantity": -1, "version": 1}, "quantity"),
            ({"quantity": 1_000_001, "version": 1}, "quantity"),
            ({"delta": 1, "version": 1}, "version"),
            ({"delta": 1, "quantity": 1, "version": 1}, ""),
            ({"delta": 1.5}, "delta"),
            ({"delta": 1, "amount": 1}, "amount"),
            (b"[", ""),
        ],
    )
    def test_names_the_field_that_is_wrong(
        self, api: CatalogProcess, stores: CatalogStores, body: object, field: str
    ) -> None:
        answer = api.call("PUT", f"/api/produtos/{add(stores).id}/estoque", body, by=ANA)

        assert answer.status == 400
        assert [error["field"] for error in answer.body["errors"]] == [field]

    def test_is_changed_by_its_seller_alone(
        self, api: CatalogProcess, stores: CatalogStores
    ) -> None:
        public, draft = add(stores), add(stores, status=Status.DRAFT)
        change = {"delta": 1}

        def slug(product: Product, by: str | None) -> str:
            return api.call("PUT", f"/api/produtos/{product.id}/estoque", change, by=by).slug

        assert slug(public, None) == "not-signed-in"
        assert slug(public, BRUNO) == "not-your-product"
        assert slug(draft, BRUNO) == "product-not-found"

    def test_is_not_counted_of_what_is_made_to_order(
        self, api: CatalogProcess, stores: CatalogStores
    ) -> None:
        path = f"/api/produtos/{add(stores, quantity=None).id}/estoque"

        assert api.call("PUT", path, {"delta": 1}, by=ANA).slug == "no-stock-kept"


class TestReplica:
    def test_reads_and_never_writes(self, replica: CatalogProcess, stores: CatalogStores) -> None:
        product = add(stores)
        path = f"/api/produtos/{product.id}"

        assert replica.call("GET", path).body["id"] == product.id
        refused = replica.call("PUT", f"{path}/estoque", {"delta": 1}, by=ANA)
        assert refused.status in {404, 405}
        assert replica.call("GET", "/readyz").body == {"status": "ok", "store": "ok"}


class TestContract:
    @pytest.mark.slow
    @pytest.mark.parametrize("examples", [15, pytest.param(200, marks=pytest.mark.full)])
    def test_holds_for_generated_requests(
        self, api: CatalogProcess, stores: CatalogStores, tmp_path: Path, examples: int
    ) -> None:
        add(stores)
        token = api.neighbours.token(ANA, "Ana")

        run = subprocess.run(
            [
                *(sys.executable, "-m", "schemathesis.cli", "run", f"{api.url}/openapi.json"),
                *("--header", f"Authorization: Bearer {token}"),
                *("--checks", ",".join(CHECKS), "--max-examples", str(examples)),
                "--generation-deterministic",
            ],
            cwd=tmp_path,
            capture_output=True,
            text=True,
            timeout=3_600,
            check=False,
        )

        assert run.returncode == 0, run.stdout[-6000:]
