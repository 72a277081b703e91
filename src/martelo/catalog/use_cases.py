"""Intentions that need more than the store: what sellers write, and whose pictures it names."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from martelo.catalog.domain.products import (
    Details,
    NewProduct,
    Product,
    ProductId,
    Seller,
    details_faults,
    product_faults,
)
from martelo.catalog.domain.refusals import NotYourProduct, ProductNotFound, StaleVersion
from martelo.catalog.ports import Created, Pictures, ProductStore, Request
from martelo.kernel.field_codes import FieldCode
from martelo.kernel.ids import AccountId
from martelo.kernel.refusal import FieldError, refuse_faults


@dataclass(frozen=True, slots=True)
class Edit:
    """A change of a product that still has `version`; `image_ids` are new ones, if any."""

    version: int
    change: Callable[[Details], Details]
    image_ids: tuple[str, ...] = ()


def create_product(
    store: ProductStore,
    pictures: Pictures,
    seller: Seller,
    new: NewProduct,
    request: Request | None,
) -> Created:
    """Create a product.

    Raises:
        InvalidInput: Naming every invalid field.
        ImagesUnavailable: It has pictures, and their owners cannot be read.
        SkuTaken: The seller has one with this code.
        IdempotencyKeyReused: The key was used with another product.
    """
    refuse_faults(*product_faults(new))
    _require_own_pictures(pictures, seller.id, new.details.image_ids)
    return store.create(seller, new, request)


def edit_product(
    store: ProductStore, pictures: Pictures, product_id: ProductId, by: AccountId, edit: Edit
) -> Product:
    """Change what a seller wrote of a product.

    Raises:
        ProductNotFound: There is none that the caller may see.
        NotYourProduct: It is another seller's.
        StaleVersion: It changed since the caller read it.
        InvalidInput: Naming every invalid field.
        ImagesUnavailable: It has new pictures, and their owners cannot be read.
        SkuTaken: The seller has another one with this code.
    """
    _require_own_pictures(pictures, by, edit.image_ids)

    def decide(product: Product) -> Details:
        if product.seller.id != by:
            raise NotYourProduct if product.is_visible_to(by) else ProductNotFound
        if product.version != edit.version:
            raise StaleVersion(product.version)
        details = edit.change(product.details)
        refuse_faults(*details_faults(details))
        return details

    return store.edit(product_id, decide)


def _require_own_pictures(
    pictures: Pictures, owner_id: AccountId, image_ids: Sequence[str]
) -> None:
    if not image_ids:
        return
    owners = pictures.owners_of(image_ids)
    foreign = [image_id for image_id in image_ids if owners.get(image_id) != owner_id]
    if foreign:
        refuse_faults(FieldError("image_ids", FieldCode.NOT_YOUR_PICTURES, {"ids": foreign}))
