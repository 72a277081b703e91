"""What the catalog needs from outside.

Every method of the stores may raise `DatabaseUnavailable`: a change then may have happened.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Protocol

from martelo.catalog.domain.products import (
    Category,
    Details,
    NewProduct,
    Product,
    ProductId,
    Seller,
    Status,
)
from martelo.catalog.domain.stock import Change, Stock
from martelo.kernel.ids import AccountId


class ImagesUnavailable(Exception):  # noqa: N818 - a state, named as the design names it
    """The images context does not answer; nothing was changed."""


class Order(StrEnum):
    """What a list is sorted by; `RELEVANCE` needs a text to search for."""

    NEWEST = "-published_at"
    CHEAPEST = "price"
    DEAREST = "-price"
    NAME = "name"
    RELEVANCE = "relevance"


@dataclass(frozen=True, slots=True)
class ProductQuery:
    """Which published products are listed; `without` are codes of `AVOIDABLE`.

    `leads_only`: of each family the first product alone.
    """

    order: Order = Order.NEWEST
    text: str | None = None
    category: str | None = None
    seller_id: AccountId | None = None
    ids: tuple[ProductId, ...] | None = None
    family: str | None = None
    without: tuple[str, ...] = ()
    leads_only: bool = False


@dataclass(frozen=True, slots=True)
class OwnQuery:
    """Which of a seller's products are listed."""

    status: Status | None = None
    low_stock: bool = False


@dataclass(frozen=True, slots=True)
class After:
    """Where a page begins: after the product with this value of the list's order."""

    value: int | str
    product_id: ProductId


Page = tuple[list[Product], After | None]


@dataclass(frozen=True, slots=True)
class CountedCategory:
    """A category, and how many published products it has."""

    category: Category
    product_count: int


@dataclass(frozen=True, slots=True)
class Request:
    """A creation that came with a key; `sha256` is the digest of what was sent, in hexadecimal."""

    key: str
    sha256: str


@dataclass(frozen=True, slots=True)
class Created:
    """The answer to a creation; `replayed` says that its key gave it before."""

    product: Product
    replayed: bool = False


@dataclass(frozen=True, slots=True)
class Counted:
    """A stock after a change; `replayed` says that the change was made before, with its key."""

    stock: Stock
    replayed: bool = False


class Catalog(Protocol):
    """What is read of products: from the primary, or from a replica."""

    def is_up(self) -> bool:
        """Return whether it answers."""

    def find(self, product_id: ProductId) -> Product | None:
        """Return a product of any status."""

    def find_family(self, product: Product) -> list[Product]:
        """Return the published products of its family, itself among them; none without one."""

    def search(self, query: ProductQuery, after: After | None, limit: int) -> Page:
        """Return a page of published products."""

    def find_own(
        self, seller_id: AccountId, query: OwnQuery, after: After | None, limit: int
    ) -> Page:
        """Return a page of a seller's products, the newest first."""

    def find_category(self, slug: str) -> Category | None:
        """Return a category."""

    def list_categories(self) -> list[CountedCategory]:
        """Return all categories, by name."""


class ProductStore(Protocol):
    """Changes of products, on the primary only.

    What a caller decides (`decide`) runs while the row is locked; what it raises is raised, and
    nothing is changed.
    """

    def create(self, seller: Seller, new: NewProduct, request: Request | None) -> Created:
        """Create a product.

        Raises:
            SkuTaken: The seller has one with this code.
            InvalidInput: Unknown category.
            IdempotencyKeyReused: The key was used with another product.
        """

    def edit(self, product_id: ProductId, decide: Callable[[Product], Details]) -> Product:
        """Replace the details of a product.

        Raises:
            ProductNotFound: There is none.
            SkuTaken: The seller has another one with this code.
            InvalidInput: Unknown category.
        """

    def change_stock(
        self,
        product_id: ProductId,
        by: AccountId,
        decide: Callable[[Product], Change],
        *,
        key: str | None = None,
    ) -> Counted:
        """Change the quantity of a product; a change that was made with this key is not repeated.

        Raises:
            ProductNotFound: There is none.
            NoStockKept: It is made to order.
            IdempotencyKeyReused: The key was used with another change.
        """

    def put_category(self, category: Category) -> bool:
        """Create or replace a category; return whether it is new."""


class Pictures(Protocol):
    """The images context."""

    def owners_of(self, image_ids: Sequence[str]) -> Mapping[str, AccountId]:
        """Return the owner of each picture; absent where there is no such picture.

        Raises:
            ImagesUnavailable: It does not answer.
        """
