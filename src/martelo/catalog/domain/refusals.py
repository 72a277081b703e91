"""Refusals of the catalog; `api/problems.toml` has their statuses and texts."""

from dataclasses import dataclass
from typing import ClassVar

from martelo.kernel.refusal import Refusal


class ProductNotFound(Refusal):
    """Unknown product, or one that the caller may not see."""

    slug = "product-not-found"


class CategoryNotFound(Refusal):
    """Unknown category."""

    slug = "category-not-found"


class NotYourProduct(Refusal):
    """The product is another seller's."""

    slug = "not-your-product"


class SkuTaken(Refusal):
    """Another product of the seller has this code."""

    slug = "sku-taken"


class NoStockKept(Refusal):
    """The product is made to order, so it has no stock."""

    slug = "no-stock-kept"


@dataclass(eq=True)
class StaleVersion(Refusal):
    """It changed since the caller read it; `version` is the current one."""

    slug: ClassVar[str] = "stale-version"
    version: int


@dataclass(eq=True)
class BelowReserved(Refusal):
    """More units are reserved than the stock would then have."""

    slug: ClassVar[str] = "below-reserved"
    reserved: int


class IdempotencyKeyReused(Refusal):
    """The key was used with another product."""

    slug = "idempotency-key-reused"
