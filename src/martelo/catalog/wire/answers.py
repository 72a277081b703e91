"""What clients read: the JSON of `openapi.yaml`, from domain values."""

from collections.abc import Sequence
from typing import Any

import msgspec

from martelo.catalog.domain.food import FoodFacts
from martelo.catalog.domain.products import Product, ProductId, slug_of
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


def counted_stock(product_id: ProductId, stock: Stock) -> Json:
    """Return the stock of a product as its seller changed it."""
    return {"product_id": product_id, **_stock(stock)}


def category(counted: CountedCategory) -> Json:
    """Return a category."""
    known = counted.category
    return {
        "slug": known.slug,
        "name": known.name,
        "food": known.food,
        "product_count": counted.product_count,
    }


def food(facts: FoodFacts) -> Json:
    """Return food facts; `null` is what the seller did not declare."""
    written: Json = msgspec.to_builtins(facts)
    return written


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
