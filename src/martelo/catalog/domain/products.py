"""Products: what their sellers write of them, and the bounds of that."""

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from typing import NewType

from martelo.catalog.domain.food import NOT_DECLARED, FoodFacts, food_faults
from martelo.catalog.domain.stock import MAX_QUANTITY, Stock
from martelo.kernel.field_codes import FieldCode
from martelo.kernel.ids import AccountId
from martelo.kernel.one_line import character_faults, line_faults
from martelo.kernel.refusal import FieldError

ProductId = NewType("ProductId", int)

MAX_NAME = 140
MAX_DESCRIPTION = 5_000
MAX_SKU = 40
MAX_FAMILY = 40
MAX_VARIANT = 60
MAX_IMAGES = 12
MAX_LEAD_DAYS = 90
MAX_POINTS = 1_000
MAX_PRICE_CENTS = 99_999_999
MAX_SLUG = 60

_NOT_IN_SLUGS = re.compile(r"[^a-z0-9]+")


class Status(StrEnum):
    """Who sees a product: its seller alone, everybody, or nobody any longer."""

    DRAFT = "draft"
    PUBLISHED = "published"
    WITHDRAWN = "withdrawn"


@dataclass(frozen=True, slots=True)
class Seller:
    """Who sells, under the name that they had when they created the product."""

    id: AccountId
    name: str


@dataclass(frozen=True, slots=True)
class Details:
    """What a seller can write of a product, and change later.

    `family` joins a seller's products that are variants of one another. `lead_days` is how many
    days ahead it must be ordered; `points` is how much of a day's capacity a unit takes.
    `low_stock_at`: the seller is notified when so many, or fewer, are available.
    """

    name: str
    price_cents: int
    description: str = ""
    category: str | None = None
    sku: str | None = None
    image_ids: tuple[str, ...] = ()
    family: str | None = None
    variant: str | None = None
    lead_days: int = 0
    points: int = 0
    low_stock_at: int | None = None
    food: FoodFacts = NOT_DECLARED
    status: Status = Status.DRAFT


@dataclass(frozen=True, slots=True)
class NewProduct:
    """A product to create; one that is made to order has no quantity, every other has one."""

    details: Details
    made_to_order: bool = False
    quantity: int | None = None


@dataclass(frozen=True, slots=True)
class Product:
    """A product; `stock` is `None` where it is made to order."""

    id: ProductId
    seller: Seller
    details: Details
    made_to_order: bool
    version: int
    stock: Stock | None

    @property
    def is_available(self) -> bool:
        """Whether one can be ordered now."""
        if self.details.status is not Status.PUBLISHED:
            return False
        return self.stock is None or self.stock.available > 0

    def is_visible_to(self, reader: AccountId | None, *, is_admin: bool = False) -> bool:
        """Return whether a reader may see it."""
        is_public = self.details.status is Status.PUBLISHED
        return is_public or is_admin or self.seller.id == reader


@dataclass(frozen=True, slots=True)
class Category:
    """A category; products of one with `food` always show their food facts."""

    slug: str
    name: str
    food: bool


def slug_of(name: str) -> str:
    """Return a name as it appears in the address of its page."""
    plain = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode().lower()
    words = _NOT_IN_SLUGS.sub("-", plain)
    return words[:MAX_SLUG].strip("-") or "produto"


def product_faults(product: NewProduct) -> Iterator[FieldError]:
    """Yield what is wrong with a product to create."""
    yield from details_faults(product.details)
    if product.made_to_order and product.quantity is not None:
        bounds = {"fields": ["made_to_order", "quantity"]}
        yield FieldError("quantity", FieldCode.EXACTLY_ONE_REQUIRED, bounds)
    elif not product.made_to_order and product.quantity is None:
        yield FieldError("quantity", FieldCode.REQUIRED)
    yield from _range_faults("quantity", product.quantity, 0, MAX_QUANTITY)


def details_faults(details: Details) -> Iterator[FieldError]:
    """Yield what is wrong with what a seller wrote."""
    yield from line_faults("name", details.name, MAX_NAME)
    if len(details.description) > MAX_DESCRIPTION:
        yield FieldError("description", FieldCode.TOO_LONG, {"max": MAX_DESCRIPTION})
    yield from character_faults("description", details.description, controls="\n\r\t")
    if details.price_cents > MAX_PRICE_CENTS:
        yield FieldError("price", FieldCode.OUT_OF_RANGE, {"min": "0.01", "max": "999999.99"})
    for name, text, maximum in (
        ("sku", details.sku, MAX_SKU),
        ("family", details.family, MAX_FAMILY),
        ("variant", details.variant, MAX_VARIANT),
    ):
        if text is not None:
            yield from line_faults(name, text, maximum)
    if details.family is not None and details.variant is None:
        yield FieldError("variant", FieldCode.REQUIRED)
    yield from _image_faults(details.image_ids)
    yield from _range_faults("lead_days", details.lead_days, 0, MAX_LEAD_DAYS)
    yield from _range_faults("points", details.points, 0, MAX_POINTS)
    yield from _range_faults("low_stock_at", details.low_stock_at, 0, MAX_QUANTITY)
    yield from food_faults(details.food)


def _image_faults(image_ids: tuple[str, ...]) -> Iterator[FieldError]:
    if len(image_ids) > MAX_IMAGES:
        yield FieldError("image_ids", FieldCode.TOO_MANY, {"max": MAX_IMAGES})
    if len(set(image_ids)) < len(image_ids):
        yield FieldError("image_ids", FieldCode.DUPLICATE_VALUES)


def _range_faults(
    name: str, number: int | None, minimum: int, maximum: int
) -> Iterator[FieldError]:
    if number is not None and not minimum <= number <= maximum:
        yield FieldError(name, FieldCode.OUT_OF_RANGE, {"min": minimum, "max": maximum})
