from dataclasses import replace

import pytest

from martelo.catalog.domain.products import (
    MAX_IMAGES,
    Details,
    NewProduct,
    Product,
    ProductId,
    Seller,
    Status,
    details_faults,
    product_faults,
    slug_of,
)
from martelo.catalog.domain.stock import Stock
from martelo.kernel.field_codes import FieldCode
from martelo.kernel.ids import AccountId

ANA, BRUNO = AccountId("ana"), AccountId("bruno")
CAKE = Details(name="Bolo de cenoura", price_cents=4_500)


def faults_of(**changed: object) -> list[tuple[str, FieldCode]]:
    return [(fault.field, fault.code) for fault in details_faults(replace(CAKE, **changed))]  # type: ignore[arg-type]  # any field


def product_of(status: Status, stock: Stock | None) -> Product:
    return Product(
        id=ProductId(1),
        seller=Seller(ANA, "Ana"),
        details=replace(CAKE, status=status),
        made_to_order=stock is None,
        version=1,
        stock=stock,
    )


class TestDetails:
    def test_need_a_name_and_a_price_only(self) -> None:
        assert not faults_of()

    @pytest.mark.parametrize(
        ("changed", "fault"),
        [
            ({"name": ""}, ("name", FieldCode.REQUIRED)),
            ({"name": "a" * 141}, ("name", FieldCode.TOO_LONG)),
            ({"description": "a" * 5_001}, ("description", FieldCode.TOO_LONG)),
            ({"description": "\u202e"}, ("description", FieldCode.CONTROL_CHARACTERS)),
            ({"price_cents": 100_000_000}, ("price", FieldCode.OUT_OF_RANGE)),
            ({"sku": "a" * 41}, ("sku", FieldCode.TOO_LONG)),
            ({"family": "bolo"}, ("variant", FieldCode.REQUIRED)),
            ({"image_ids": ("a",) * 2}, ("image_ids", FieldCode.DUPLICATE_VALUES)),
            (
                {"image_ids": tuple(map(str, range(MAX_IMAGES + 1)))},
                ("image_ids", FieldCode.TOO_MANY),
            ),
            ({"lead_days": 91}, ("lead_days", FieldCode.OUT_OF_RANGE)),
            ({"points": 1_001}, ("points", FieldCode.OUT_OF_RANGE)),
            ({"low_stock_at": -1}, ("low_stock_at", FieldCode.OUT_OF_RANGE)),
        ],
    )
    def test_have_bounds(self, changed: dict[str, object], fault: tuple[str, FieldCode]) -> None:
        assert faults_of(**changed) == [fault]


class TestNewProduct:
    def test_has_a_quantity_unless_it_is_made_to_order(self) -> None:
        assert not [*product_faults(NewProduct(CAKE, quantity=0))]
        assert not [*product_faults(NewProduct(CAKE, made_to_order=True))]

    @pytest.mark.parametrize(
        ("product", "code"),
        [
            (NewProduct(CAKE), FieldCode.REQUIRED),
            (NewProduct(CAKE, made_to_order=True, quantity=1), FieldCode.EXACTLY_ONE_REQUIRED),
            (NewProduct(CAKE, quantity=1_000_001), FieldCode.OUT_OF_RANGE),
        ],
    )
    def test_refuses_other_quantities(self, product: NewProduct, code: FieldCode) -> None:
        [fault] = product_faults(product)

        assert (fault.field, fault.code) == ("quantity", code)


class TestProduct:
    @pytest.mark.parametrize(
        ("status", "stock", "available"),
        [
            (Status.PUBLISHED, Stock(2, reserved=1), True),
            (Status.PUBLISHED, Stock(2, reserved=2), False),
            (Status.PUBLISHED, None, True),
            (Status.DRAFT, Stock(2), False),
            (Status.WITHDRAWN, Stock(2), False),
        ],
    )
    def test_is_available_while_published_and_not_reserved(
        self, status: Status, stock: Stock | None, *, available: bool
    ) -> None:
        product = product_of(status, stock)

        assert product.is_available == available

    @pytest.mark.parametrize("status", [Status.DRAFT, Status.WITHDRAWN])
    def test_is_seen_by_its_seller_and_administrators_until_published(self, status: Status) -> None:
        hidden = product_of(status, None)

        assert hidden.is_visible_to(ANA)
        assert hidden.is_visible_to(BRUNO, is_admin=True)
        assert not hidden.is_visible_to(BRUNO)
        assert not hidden.is_visible_to(None)
        published = replace(hidden, details=replace(CAKE, status=Status.PUBLISHED))
        assert published.is_visible_to(None)


@pytest.mark.parametrize(
    ("name", "slug"),
    [
        ("Pão de mel (6 un.)", "pao-de-mel-6-un"),
        ("  --  ", "produto"),
        ("漢字", "produto"),
        ("a" * 59 + " b", "a" * 59),
    ],
)
def test_slug_is_readable_ascii(name: str, slug: str) -> None:
    assert slug_of(name) == slug
