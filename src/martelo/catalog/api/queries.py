"""What the query of a list asks for."""

import base64
import binascii
import re

import msgspec
from flask import request

from martelo.catalog.domain.food import AVOIDABLE
from martelo.catalog.domain.products import MAX_FAMILY, ProductId
from martelo.catalog.domain.refusals import ProductNotFound
from martelo.catalog.ports import After, Order, ProductQuery
from martelo.kernel.field_codes import FieldCode
from martelo.kernel.ids import AccountId
from martelo.kernel.refusal import Bounds, FieldError, InvalidInput
from martelo.runtime.flask.api import whole_number

PARAMETERS = frozenset(
    {
        *("q", "category", "seller", "ids", "family", "lead", "without", "sort"),
        *("cursor", "limit"),
    }
)
MAX_TEXT = 200
MAX_CURSOR = 400
MAX_IDS = 100
MAX_INTEGER = 2**63 - 1

_ID = re.compile(r"[1-9][0-9]{0,17}", re.ASCII)
_CURSOR = msgspec.json.Decoder(tuple[int | str, int])


def known_id(number: int) -> ProductId:
    """Return an id that can exist.

    Raises:
        ProductNotFound: It is out of bounds.
    """
    if not 1 <= number <= MAX_INTEGER:
        raise ProductNotFound
    return ProductId(number)


def page_limit() -> int:
    """Return how many items a page shall have."""
    return whole_number("limit", 20, minimum=1, maximum=100)


def parse_query(*, category: str | None = None) -> ProductQuery:
    """Return what the query string asks for, in `category` if it is given by the path.

    Raises:
        InvalidInput: A parameter is unknown or malformed.
    """
    known = PARAMETERS if category is None else PARAMETERS - {"category"}
    faults = unknown_parameters(known)
    text = _text("q", faults)
    query = ProductQuery(
        order=_order(text, faults),
        text=text,
        category=category or _text("category", faults),
        seller_id=_seller(faults),
        ids=_ids(faults),
        family=_text("family", faults, maximum=MAX_FAMILY),
        without=_without(faults),
        leads_only=parse_flag("lead", faults),
    )
    if faults:
        raise InvalidInput(tuple(faults))
    return query


def unknown_parameters(known: frozenset[str]) -> list[FieldError]:
    """Return a fault for each parameter of the query that is not known."""
    return [FieldError(name, FieldCode.UNKNOWN_FIELD) for name in request.args if name not in known]


def parse_flag(name: str, faults: list[FieldError]) -> bool:
    """Return a parameter that is `true` or `false`."""
    text = request.args.get(name, "false")
    if text not in {"true", "false"}:
        faults.append(FieldError(name, FieldCode.NOT_A_CHOICE, {"choices": ["true", "false"]}))
    return text == "true"


def parse_cursor(order: Order | None) -> After | None:
    """Return where the page begins; `None` at the list's beginning.

    Raises:
        InvalidInput: The cursor is not one of a list sorted by `order`.
    """
    text = request.args.get("cursor")
    if text is None:
        return None
    try:
        plain = base64.urlsafe_b64decode(text[:MAX_CURSOR].encode())
        value, product_id = _CURSOR.decode(plain)
    except (binascii.Error, ValueError, msgspec.MsgspecError, RecursionError) as error:
        raise _invalid_cursor() from error
    kind = str if order is Order.NAME else int
    numbers = [product_id, *([value] if isinstance(value, int) else [])]
    is_storable = all(abs(number) <= MAX_INTEGER for number in numbers) and "\0" not in str(value)
    if not isinstance(value, kind) or not is_storable:
        raise _invalid_cursor()
    return After(value, ProductId(product_id))


def format_cursor(after: After | None) -> str | None:
    """Return a cursor as clients return it; opaque to them."""
    if after is None:
        return None
    return base64.urlsafe_b64encode(msgspec.json.encode((after.value, after.product_id))).decode()


def _invalid_cursor() -> InvalidInput:
    return InvalidInput((FieldError("cursor", FieldCode.INVALID_CURSOR),))


def _order(text: str | None, faults: list[FieldError]) -> Order:
    orders = [order for order in Order if text is not None or order is not Order.RELEVANCE]
    default = Order.NEWEST if text is None else Order.RELEVANCE
    wanted = request.args.get("sort", default.value)
    if wanted not in orders:
        faults.append(_not_a_choice("sort", orders))
        return default
    return Order(wanted)


def _text(name: str, faults: list[FieldError], *, maximum: int = MAX_TEXT) -> str | None:
    text = request.args.get(name, "").strip()
    if len(text) > maximum:
        faults.append(FieldError(name, FieldCode.TOO_LONG, {"max": maximum}))
        return None
    if "\0" in text:
        faults.append(FieldError(name, FieldCode.CONTROL_CHARACTERS))
        return None
    return text or None


def _seller(faults: list[FieldError]) -> AccountId | None:
    text = _text("seller", faults)
    return None if text is None else AccountId(text)


def _ids(faults: list[FieldError]) -> tuple[ProductId, ...] | None:
    text = request.args.get("ids")
    if text is None:
        return None
    parts = text.split(",")
    if len(parts) > MAX_IDS:
        faults.append(FieldError("ids", FieldCode.TOO_MANY, {"max": MAX_IDS}))
        return None
    if not all(_ID.fullmatch(part) for part in parts):
        faults.append(FieldError("ids", FieldCode.INVALID))
        return None
    return tuple(ProductId(int(part)) for part in parts)


def _without(faults: list[FieldError]) -> tuple[str, ...]:
    text = request.args.get("without")
    if text is None:
        return ()
    codes = text.split(",")
    if not set(codes) <= set(AVOIDABLE):
        faults.append(_not_a_choice("without", AVOIDABLE))
    return tuple(dict.fromkeys(codes))


def _not_a_choice(name: str, choices: "tuple[str, ...] | list[Order]") -> FieldError:
    bounds: Bounds = {"choices": [str(choice) for choice in choices]}
    return FieldError(name, FieldCode.NOT_A_CHOICE, bounds)
