"""What sellers write of products: JSON in, domain values out."""

import hashlib
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from typing import Any

import msgspec
from msgspec import UNSET, UnsetType

from martelo.catalog.domain.food import NOT_DECLARED, Allergen, Allergens, Declaration, FoodFacts
from martelo.catalog.domain.products import MAX_IMAGES, Category, Details, NewProduct, Status
from martelo.catalog.use_cases import Edit
from martelo.catalog.wire.requests import decode
from martelo.kernel.field_codes import FieldCode
from martelo.kernel.money import parse_amount
from martelo.kernel.one_line import clean_line, line_faults
from martelo.kernel.refusal import FieldError, refuse_faults

MAX_CATEGORY_NAME = 60
MAX_SLUG = 40
ABSENT = msgspec.Raw()

_SLUG = re.compile(r"[a-z0-9](?:[a-z0-9-]{0,38}[a-z0-9])?", re.ASCII)
_IMAGE_ID = re.compile(r"[A-Za-z0-9_-]{1,64}", re.ASCII)


class _Allergens(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    contains: tuple[Allergen, ...] = ()
    may_contain: tuple[Allergen, ...] = ()


class _Food(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    ingredients: str | None = None
    allergens: _Allergens | None = None
    gluten: Declaration | None = None
    lactose: Declaration | None = None
    net_weight_g: int | None = None
    servings: int | None = None
    shelf_life: str | None = None
    storage: str | None = None


class _Fields(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """What can be written; what is absent is left as it is."""

    name: str | UnsetType = UNSET
    description: str | UnsetType = UNSET
    price: msgspec.Raw = ABSENT
    category: str | UnsetType | None = UNSET
    sku: str | UnsetType | None = UNSET
    image_ids: tuple[str, ...] | UnsetType = UNSET
    family: str | UnsetType | None = UNSET
    variant: str | UnsetType | None = UNSET
    lead_days: int | UnsetType = UNSET
    points: int | UnsetType = UNSET
    low_stock_at: int | UnsetType | None = UNSET
    food: _Food | UnsetType | None = UNSET
    status: Status | UnsetType = UNSET


class _Creation(_Fields, frozen=True, forbid_unknown_fields=True, kw_only=True):
    made_to_order: bool = False
    quantity: int | None = None


class _Edit(_Fields, frozen=True, forbid_unknown_fields=True, kw_only=True):
    version: int


class _Category(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    name: str
    food: bool


_CREATION = msgspec.json.Decoder(_Creation)
_EDIT = msgspec.json.Decoder(_Edit)
_CATEGORY = msgspec.json.Decoder(_Category)


def parse_creation(body: bytes) -> NewProduct:
    """Return the product that the body of `POST /api/produtos` describes.

    Raises:
        InvalidInput: It is malformed, or a field cannot be read.
    """
    read = decode(body, _CREATION)
    faults = list(_reading_faults(read))
    if read.name is UNSET:
        faults.append(FieldError("name", FieldCode.REQUIRED))
    if not bytes(read.price):
        faults.append(FieldError("price", FieldCode.REQUIRED))
    refuse_faults(*faults)
    details = _change_of(read)(Details(name="", price_cents=1))
    return NewProduct(details, made_to_order=read.made_to_order, quantity=read.quantity)


def parse_edit(body: bytes) -> Edit:
    """Return the change that the body of `PATCH /api/produtos/<id>` asks for.

    Raises:
        InvalidInput: It is malformed, or a field cannot be read.
    """
    read = decode(body, _EDIT)
    refuse_faults(*_reading_faults(read))
    image_ids = () if isinstance(read.image_ids, UnsetType) else read.image_ids
    return Edit(read.version, _change_of(read), image_ids)


def publishes(edit: Edit) -> bool:
    """Return whether an edit names the status of a published product."""
    draft = Details(name="", price_cents=1)
    return edit.change(draft).status is Status.PUBLISHED


def parse_category(slug: str, body: bytes) -> Category:
    """Return the category that `PUT /api/categorias/<slug>` describes.

    Raises:
        InvalidInput: It is malformed, or a field is out of bounds.
    """
    read = decode(body, _CATEGORY)
    name = clean_line(read.name)
    faults = list(line_faults("name", name, MAX_CATEGORY_NAME))
    if _SLUG.fullmatch(slug) is None:
        faults.append(FieldError("slug", FieldCode.NOT_A_SLUG, {"max": MAX_SLUG}))
    refuse_faults(*faults)
    return Category(slug, name, read.food)


def fingerprint(body: bytes) -> str:
    """Return a hash of a request's members, regardless of their order and spaces."""
    members = msgspec.json.decode(body)  # noqa: TID251 - of no shape of ours, so without a race
    return hashlib.sha256(msgspec.json.encode(members, order="sorted")).hexdigest()


def _reading_faults(read: _Fields) -> Iterator[FieldError]:
    if bytes(read.price) and _cents(read.price) is None:
        yield FieldError("price", FieldCode.NOT_AN_AMOUNT)
    for field, text in _texts(read):
        if "\0" in text:
            yield FieldError(field, FieldCode.CONTROL_CHARACTERS)
    if isinstance(read.image_ids, UnsetType):
        return
    if len(read.image_ids) > MAX_IMAGES:
        yield FieldError("image_ids", FieldCode.TOO_MANY, {"max": MAX_IMAGES})
    elif not all(_IMAGE_ID.fullmatch(image_id) for image_id in read.image_ids):
        yield FieldError("image_ids", FieldCode.NOT_AN_ID, {"max": 64})


def _texts(read: _Fields) -> Iterator[tuple[str, str]]:
    """Yield texts that no rule of a line looks at."""
    if isinstance(read.category, str):
        yield "category", read.category
    if isinstance(read.food, _Food):
        for name in ("ingredients", "shelf_life", "storage"):
            text = getattr(read.food, name)
            if text is not None:
                yield f"food.{name}", text


def _change_of(read: _Fields) -> Callable[[Details], Details]:
    values: dict[str, Any] = {
        name: value for name, value in _values(read).items() if not isinstance(value, UnsetType)
    }
    return lambda details: replace(details, **values)


def _values(read: _Fields) -> Mapping[str, object]:
    return {
        "name": _line(read.name),
        "description": _line(read.description),
        "price_cents": _cents(read.price) if bytes(read.price) else UNSET,
        "category": read.category,
        "sku": _optional_line(read.sku),
        "image_ids": read.image_ids,
        "family": _optional_line(read.family),
        "variant": _optional_line(read.variant),
        "lead_days": read.lead_days,
        "points": read.points,
        "low_stock_at": read.low_stock_at,
        "food": NOT_DECLARED if read.food is None else _food(read.food),
        "status": read.status,
    }


def _line(text: str | UnsetType) -> str | UnsetType:
    return text if isinstance(text, UnsetType) else clean_line(text)


def _optional_line(text: str | UnsetType | None) -> str | UnsetType | None:
    if text is None or isinstance(text, UnsetType):
        return text
    return clean_line(text) or None


def _food(read: _Food | UnsetType) -> FoodFacts | UnsetType:
    if isinstance(read, UnsetType):
        return UNSET
    declared = read.allergens
    return FoodFacts(
        ingredients=read.ingredients or None,
        allergens=None if declared is None else Allergens(declared.contains, declared.may_contain),
        gluten=read.gluten,
        lactose=read.lactose,
        net_weight_g=read.net_weight_g,
        servings=read.servings,
        shelf_life=read.shelf_life or None,
        storage=read.storage or None,
    )


def _cents(raw: msgspec.Raw) -> int | None:
    """Return an amount from the text of its JSON value, never through a float."""
    token = bytes(raw).strip()
    text = token[1:-1] if token.startswith(b'"') else token
    return parse_amount(text.decode("utf-8", "replace"))
