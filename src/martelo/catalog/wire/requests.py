"""Requests parsed once: JSON in, domain values out, an error for each invalid field."""

from typing import TypeVar

import msgspec

from martelo.catalog.domain.stock import MAX_QUANTITY, Adjustment, Change, Replacement
from martelo.kernel.field_codes import FieldCode
from martelo.kernel.refusal import FieldError, InvalidInput
from martelo.runtime.problems.shape_errors import shape_error

MAX_VERSION = 10**15

Body = TypeVar("Body")


class _StockBody(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    quantity: int | None = None
    version: int | None = None
    delta: int | None = None


_STOCK = msgspec.json.Decoder(_StockBody)


def parse_stock_change(body: bytes) -> Change:
    """Return the change that `{quantity, version}` or `{delta}` asks for.

    Raises:
        InvalidInput: It is neither, or out of bounds.
    """
    read = decode(body, _STOCK)
    if (read.quantity is None) == (read.delta is None):
        bounds = {"fields": ["quantity", "delta"]}
        raise InvalidInput((FieldError("", FieldCode.EXACTLY_ONE_REQUIRED, bounds),))
    if read.delta is not None:
        if read.version is not None:
            raise InvalidInput((FieldError("version", FieldCode.UNKNOWN_FIELD),))
        _require_range("delta", read.delta, -MAX_QUANTITY, MAX_QUANTITY)
        return Adjustment(read.delta)
    if read.quantity is None or read.version is None:
        raise InvalidInput((FieldError("version", FieldCode.REQUIRED),))
    _require_range("quantity", read.quantity, 0, MAX_QUANTITY)
    _require_range("version", read.version, 1, MAX_VERSION)
    return Replacement(read.quantity, read.version)


def decode(body: bytes, decoder: msgspec.json.Decoder[Body]) -> Body:
    """Return a JSON body as the decoder's shape.

    Raises:
        InvalidInput: It is malformed, or does not have that shape.
    """
    try:
        return decoder.decode(body)
    except msgspec.ValidationError as error:
        raise InvalidInput((shape_error(error),)) from error
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise InvalidInput((FieldError("", FieldCode.MALFORMED_JSON),)) from error


def _require_range(name: str, number: int, minimum: int, maximum: int) -> None:
    if not minimum <= number <= maximum:
        bounds = {"min": minimum, "max": maximum}
        raise InvalidInput((FieldError(name, FieldCode.OUT_OF_RANGE, bounds),))
