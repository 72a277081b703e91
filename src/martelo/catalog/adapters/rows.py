"""Rows of the catalog's tables as domain values, and back."""

from typing import Any

import msgspec
from sqlalchemy import ColumnElement, Row, Select, String, cast, literal, select

from martelo.catalog.adapters.tables import product, stock
from martelo.catalog.domain.food import FoodFacts, declared_free
from martelo.catalog.domain.products import Details, Product, ProductId, Seller, Status
from martelo.catalog.domain.stock import Stock
from martelo.kernel.ids import AccountId

_FOOD = msgspec.json.Decoder(FoodFacts)

PRODUCT_COLUMNS: tuple[ColumnElement[Any], ...] = (
    product.c.id,
    product.c.seller_id,
    product.c.seller_name,
    product.c.name,
    product.c.description,
    product.c.price_cents,
    product.c.category,
    product.c.sku,
    product.c.image_ids,
    product.c.family,
    product.c.variant,
    product.c.made_to_order,
    product.c.lead_days,
    product.c.points,
    product.c.low_stock_at,
    product.c.food,
    product.c.status,
    product.c.version,
    stock.c.quantity,
    stock.c.reserved,
    stock.c.version.label("stock_version"),
)
IS_ITS_STOCK = stock.c.key == literal("product:") + cast(product.c.id, String)


def stock_key(product_id: ProductId) -> str:
    """Return the key of a product's stock."""
    return f"product:{product_id}"


def select_products() -> Select[Any]:
    """Return a statement for `PRODUCT_COLUMNS` of all products."""
    return select(*PRODUCT_COLUMNS).select_from(product.outerjoin(stock, IS_ITS_STOCK))


def product_of(row: Row[Any]) -> Product:
    """Return a row of `PRODUCT_COLUMNS` as a product."""
    has_stock = row.quantity is not None
    return Product(
        id=ProductId(row.id),
        seller=Seller(AccountId(row.seller_id), row.seller_name),
        details=Details(
            name=row.name,
            price_cents=row.price_cents,
            description=row.description,
            category=row.category,
            sku=row.sku,
            image_ids=tuple(row.image_ids),
            family=row.family,
            variant=row.variant,
            lead_days=row.lead_days,
            points=row.points,
            low_stock_at=row.low_stock_at,
            food=_FOOD.decode(row.food),
            status=Status(row.status),
        ),
        made_to_order=row.made_to_order,
        version=row.version,
        stock=Stock(row.quantity, row.reserved, row.stock_version) if has_stock else None,
    )


def values_of(details: Details) -> dict[str, Any]:
    """Return the columns that a seller's details fill."""
    return {
        "name": details.name,
        "price_cents": details.price_cents,
        "description": details.description,
        "category": details.category,
        "sku": details.sku,
        "image_ids": list(details.image_ids),
        "family": details.family,
        "variant": details.variant,
        "lead_days": details.lead_days,
        "points": details.points,
        "low_stock_at": details.low_stock_at,
        "food": msgspec.json.encode(details.food).decode(),
        "declared_free": sorted(declared_free(details.food)),
        "status": details.status.value,
    }
