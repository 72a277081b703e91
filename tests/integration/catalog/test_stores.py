"""Products and their stock in PostgreSQL."""

import secrets
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import pytest
from sqlalchemy import text

from engines.catalog import CatalogStores
from martelo.catalog.domain.food import Allergen, Allergens, Declaration, FoodFacts
from martelo.catalog.domain.products import (
    Category,
    Details,
    NewProduct,
    Product,
    ProductId,
    Seller,
    Status,
)
from martelo.catalog.domain.refusals import (
    BelowReserved,
    IdempotencyKeyReused,
    NoStockKept,
    NotYourProduct,
    ProductNotFound,
    SkuTaken,
    StaleVersion,
)
from martelo.catalog.domain.stock import Adjustment, Change, Replacement, Stock
from martelo.catalog.ports import After, Order, OwnQuery, ProductQuery, Request
from martelo.kernel.ids import AccountId
from martelo.kernel.refusal import InvalidInput

FREE_OF_MUCH = FoodFacts(
    allergens=Allergens(contains=(Allergen.EGGS,)), gluten=Declaration.FREE, net_weight_g=500
)


def new_seller() -> Seller:
    return Seller(AccountId(secrets.token_hex(8)), "Ana")


def always(change: Change) -> Callable[[Product], Change]:
    return lambda _: change


def add(stores: CatalogStores, seller: Seller, quantity: int = 5, **details: object) -> Product:
    written = Details(name="Bolo", price_cents=4_500, status=Status.PUBLISHED)
    new = NewProduct(replace(written, **details), quantity=quantity)  # type: ignore[arg-type]  # any
    return stores.products.create(seller, new, None).product


def names(stores: CatalogStores, query: ProductQuery) -> list[str]:
    return [each.details.name for each in stores.catalog.search(query, None, 100)[0]]


class TestCreate:
    def test_stores_everything_that_was_written(self, stores: CatalogStores) -> None:
        stores.products.put_category(Category("bolos", "Bolos", food=True))
        details = Details(
            name="Bolo de cenoura",
            price_cents=4_500,
            description="Com cobertura.",
            category="bolos",
            sku="B-1",
            image_ids=("a1", "b2"),
            family="cenoura",
            variant="1 kg",
            lead_days=2,
            points=3,
            low_stock_at=1,
            food=FREE_OF_MUCH,
        )
        seller = new_seller()

        created = stores.products.create(seller, NewProduct(details, quantity=7), None).product

        assert created == Product(
            id=created.id,
            seller=seller,
            details=details,
            made_to_order=False,
            version=1,
            stock=Stock(7),
        )
        assert stores.catalog.find(created.id) == created

    def test_gives_what_is_made_to_order_no_stock(self, stores: CatalogStores) -> None:
        new = NewProduct(Details("Bolo", 1), made_to_order=True)

        created = stores.products.create(new_seller(), new, None).product

        assert created.stock is None
        with pytest.raises(NoStockKept):
            stores.products.change_stock(created.id, AccountId("x"), always(Adjustment(1)))

    def test_refuses_a_code_that_the_seller_has_used(self, stores: CatalogStores) -> None:
        seller = new_seller()
        add(stores, seller, sku="B-1")
        add(stores, new_seller(), sku="B-1")

        with pytest.raises(SkuTaken):
            add(stores, seller, sku="B-1")

    def test_refuses_an_unknown_category(self, stores: CatalogStores) -> None:
        with pytest.raises(InvalidInput):
            add(stores, new_seller(), category="nenhuma")

    def test_of_one_key_at_once_creates_one(self, stores: CatalogStores) -> None:
        seller, request = new_seller(), Request("k", "same")
        new = NewProduct(Details("Bolo", 1), quantity=1)

        with ThreadPoolExecutor(8) as pool:
            answers = list(
                pool.map(lambda _: stores.products.create(seller, new, request), range(8))
            )

        assert len({answer.product.id for answer in answers}) == 1
        assert sorted(answer.replayed for answer in answers) == [False, *[True] * 7]
        with pytest.raises(IdempotencyKeyReused):
            stores.products.create(seller, new, Request("k", "other"))


class TestEdit:
    def test_counts_versions_and_remembers_the_first_publishing(
        self, stores: CatalogStores
    ) -> None:
        product = add(stores, new_seller(), status=Status.DRAFT)
        assert product.id not in [
            each.id for each in stores.catalog.search(ProductQuery(), None, 100)[0]
        ]

        edited = stores.products.edit(
            product.id, lambda before: replace(before.details, status=Status.PUBLISHED)
        )
        again = stores.products.edit(product.id, lambda before: before.details)

        assert (edited.version, again.version) == (2, 2)
        assert edited.details.status is Status.PUBLISHED

    def test_changes_nothing_where_it_is_refused(self, stores: CatalogStores) -> None:
        product = add(stores, new_seller())

        def refuse(_: Product) -> Details:
            raise NotYourProduct

        with pytest.raises(NotYourProduct):
            stores.products.edit(product.id, refuse)
        with pytest.raises(ProductNotFound):
            stores.products.edit(ProductId(10**9), refuse)
        assert stores.catalog.find(product.id) == product

    def test_loses_no_change_of_several_at_once(self, stores: CatalogStores) -> None:
        product = add(stores, new_seller(), points=0)

        def count(_: int) -> None:
            stores.products.edit(
                product.id, lambda before: replace(before.details, points=before.details.points + 1)
            )

        with ThreadPoolExecutor(8) as pool:
            list(pool.map(count, range(24)))

        edited = stores.catalog.find(product.id)
        assert edited is not None
        assert (edited.details.points, edited.version) == (24, 25)


class TestStock:
    def test_is_changed_once_of_two_with_the_same_version(self, stores: CatalogStores) -> None:
        product = add(stores, new_seller(), quantity=5)

        def set_to(quantity: int) -> bool:
            try:
                stores.products.change_stock(
                    product.id, product.seller.id, always(Replacement(quantity, version=1))
                )
            except StaleVersion:
                return False
            return True

        with ThreadPoolExecutor(8) as pool:
            won = list(pool.map(set_to, range(10, 18)))

        assert won.count(True) == 1

    def test_adds_up_what_comes_at_once(self, stores: CatalogStores) -> None:
        product = add(stores, new_seller(), quantity=10)

        def take(_: int) -> bool:
            try:
                stores.products.change_stock(product.id, product.seller.id, always(Adjustment(-1)))
            except BelowReserved:
                return False
            return True

        with ThreadPoolExecutor(8) as pool:
            taken = list(pool.map(take, range(16)))

        assert taken.count(True) == 10
        after = stores.catalog.find(product.id)
        assert after is not None
        assert after.stock == Stock(0, version=11)

    def test_is_the_sum_of_its_movements(self, stores: CatalogStores) -> None:
        with stores.engine.connect() as connection:
            wrong = connection.execute(
                text(
                    "SELECT key FROM stock LEFT JOIN stock_movement ON stock_key = key"
                    " GROUP BY key HAVING quantity <> coalesce(sum(delta), 0)"
                )
            ).all()

        assert wrong == []


class TestSearch:
    @pytest.mark.parametrize("order", [order for order in Order if order is not Order.RELEVANCE])
    def test_pages_every_order_without_a_gap_or_a_repeat(
        self, stores: CatalogStores, order: Order
    ) -> None:
        seller = new_seller()
        for number in range(7):
            add(stores, seller, name=f"Torta {number % 3}", price_cents=100 + number % 2)
        query = ProductQuery(order=order, seller_id=seller.id)
        complete, end = stores.catalog.search(query, None, 100)

        paged: list[Product] = []
        after: After | None = None
        while True:
            page, after = stores.catalog.search(query, after, 2)
            paged += page
            if after is None:
                break

        assert end is None
        assert len(complete) == 7
        assert paged == complete

    def test_sorts_by_what_the_order_names(self, stores: CatalogStores) -> None:
        seller = new_seller()
        for name, price_cents in (("Água", 3), ("banana", 1), ("Coco", 2)):
            add(stores, seller, name=name, price_cents=price_cents)

        def listed(order: Order) -> list[str]:
            return names(stores, ProductQuery(order=order, seller_id=seller.id))

        assert listed(Order.NAME) == ["Água", "banana", "Coco"]
        assert listed(Order.CHEAPEST) == ["banana", "Coco", "Água"]
        assert listed(Order.DEAREST) == ["Água", "Coco", "banana"]
        assert listed(Order.NEWEST) == ["Coco", "banana", "Água"]

    def test_finds_words_without_their_accents_the_best_match_first(
        self, stores: CatalogStores
    ) -> None:
        seller = new_seller()
        add(stores, seller, name="Pão de mel")
        add(stores, seller, name="Bolo", description="Com pedaços de pão de ontem.")
        add(stores, seller, name="Brigadeiro")
        query = ProductQuery(order=Order.RELEVANCE, seller_id=seller.id, text="PAO")

        assert names(stores, query) == ["Pão de mel", "Bolo"]
        first, after = stores.catalog.search(query, None, 1)
        second, end = stores.catalog.search(query, after, 1)
        assert [each.details.name for each in (*first, *second)] == ["Pão de mel", "Bolo"]
        assert end is None

    def test_lists_only_what_is_declared_free(self, stores: CatalogStores) -> None:
        seller = new_seller()
        add(stores, seller, name="Declarado", food=FREE_OF_MUCH)
        add(stores, seller, name="Não informado")

        def without(*codes: str) -> list[str]:
            return names(stores, ProductQuery(seller_id=seller.id, without=codes))

        assert without("gluten", "peanut") == ["Declarado"]
        assert without("eggs") == []
        assert without("lactose") == []

    def test_lists_one_of_each_family(self, stores: CatalogStores) -> None:
        seller, other = new_seller(), new_seller()
        draft = add(stores, seller, family="f", variant="P", status=Status.DRAFT)
        small = add(stores, seller, name="Médio", family="f", variant="M")
        add(stores, seller, name="Grande", family="f", variant="G")
        add(stores, seller, name="Só")
        add(stores, other, name="De outra", family="f", variant="M")

        assert names(stores, ProductQuery(seller_id=seller.id, leads_only=True)) == ["Só", "Médio"]
        family = [each.details.name for each in stores.catalog.find_family(small)]
        assert family == ["Médio", "Grande"]
        assert draft.details.name not in family

    def test_finds_by_ids_and_category(self, stores: CatalogStores) -> None:
        stores.products.put_category(Category("tortas", "Tortas", food=True))
        product = add(stores, new_seller(), name="Só esta", category="tortas")

        assert names(stores, ProductQuery(ids=(product.id, ProductId(10**9)))) == ["Só esta"]
        assert names(stores, ProductQuery(category="tortas")) == ["Só esta"]


class TestFindOwn:
    def test_has_drafts_and_what_runs_low(self, stores: CatalogStores) -> None:
        seller = new_seller()
        add(stores, seller, name="Rascunho", status=Status.DRAFT)
        add(stores, seller, name="Acabando", quantity=2, low_stock_at=2)
        add(stores, seller, name="Muitos", quantity=3, low_stock_at=2)

        def own(query: OwnQuery) -> list[str]:
            page, _ = stores.catalog.find_own(seller.id, query, None, 10)
            return [each.details.name for each in page]

        assert own(OwnQuery()) == ["Muitos", "Acabando", "Rascunho"]
        assert own(OwnQuery(low_stock=True)) == ["Acabando"]
        assert own(OwnQuery(status=Status.DRAFT)) == ["Rascunho"]


class TestCategories:
    def test_are_counted_and_replaced(self, stores: CatalogStores) -> None:
        assert stores.products.put_category(Category("doces", "Dôces", food=True))
        assert not stores.products.put_category(Category("doces", "Doces", food=True))
        add(stores, new_seller(), category="doces")
        add(stores, new_seller(), category="doces", status=Status.DRAFT)

        counts = {each.category: each.product_count for each in stores.catalog.list_categories()}

        assert counts[Category("doces", "Doces", food=True)] == 1
        assert stores.catalog.find_category("doces") == Category("doces", "Doces", food=True)
        assert stores.catalog.find_category("nenhuma") is None


class TestUp:
    def test_says_whether_it_answers(self, stores: CatalogStores) -> None:
        assert stores.catalog.is_up()
