"""What clients read: the JSON of `openapi.yaml`, from domain values."""

from collections.abc import Sequence
from typing import Any

import msgspec

from martelo.catalog.domain.food import FoodFacts
from martelo.catalog.domain.products import Category, Product, ProductId, slug_of
from martelo.catalog.domain.stock import Stock
from martelo.catalog.ports import CountedCategory
from martelo.kernel.money import format_amount

Json = dict[str, Any]


def short_product(product: Product) -> Json:
    """Return a product as lists show it."""
    details = product.details
    images = [_image(image_id) for image_id in details.image_ids[:1]]
    return {
        "id": product.id,
        "slug": slug_of(details.name),
        "name": details.name,
        "variant": details.variant,
        "price": format_amount(details.price_cents),
        "category": details.category,
        "seller": {"id": product.seller.id, "name": product.seller.name},
        "image": images[0] if images else None,
        "made_to_order": product.made_to_order,
        "lead_days": details.lead_days,
        "available": product.is_available,
    }


def full_product(product: Product, family: Sequence[Product]) -> Json:
    """Return a product with everything that everybody may read."""
    details = product.details
    return {
        **short_product(product),
        "description": details.description,
        "images": [_image(image_id) for image_id in details.image_ids],
        "family": [_sibling(each) for each in family],
        "food": food(details.food),
        "version": product.version,
        "stock": None if product.stock is None else _stock(product.stock),
    }


def own_product(product: Product, family: Sequence[Product]) -> Json:
    """Return a product with what its seller alone reads."""
    return {**full_product(product, family), **_own(product)}


def own_short_product(product: Product) -> Json:
    """Return a product as its seller's list shows it."""
    stock = None if product.stock is None else _stock(product.stock)
    return {**short_product(product), **_own(product), "version": product.version, "stock": stock}


def counted_stock(product_id: ProductId, stock: Stock) -> Json:
    """Return the stock of a product as its seller changed it."""
    return {"product_id": product_id, **_stock(stock)}


def category(known: Category) -> Json:
    """Return a category."""
    return {"slug": known.slug, "name": known.name, "food": known.food}


def counted_category(counted: CountedCategory) -> Json:
    """Return a category, and how many products it has."""
    return {**category(counted.category), "product_count": counted.product_count}


def food(facts: FoodFacts) -> Json:
    """Return food facts; `null` is what the seller did not declare."""
    written: Json = msgspec.to_builtins(facts)
    return written


def _own(product: Product) -> Json:
    details = product.details
    return {
        "status": details.status.value,
        "sku": details.sku,
        "family_name": details.family,
        "points": details.points,
        "low_stock_at": details.low_stock_at,
    }


def _sibling(product: Product) -> Json:
    return {
        "id": product.id,
        "variant": product.details.variant,
        "price": format_amount(product.details.price_cents),
        "available": product.is_available,
    }


def _stock(stock: Stock) -> Json:
    return {
        "quantity": stock.quantity,
        "reserved": stock.reserved,
        "available": stock.available,
        "version": stock.version,
    }


def _image(image_id: str) -> Json:
    return {
        "id": image_id,
        "url": f"/media/{image_id}.webp",
        "thumbnail_url": f"/media/{image_id}-thumb.webp",
    }
