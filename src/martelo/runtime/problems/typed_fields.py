"""The typed members of a problem, derived from the fields of its refusal.

The suffix of a field's name says what it holds: `minimum_bid_cents` becomes the amount
`minimum_bid`, `ends_at_ms` the instant `ends_at`; any other field keeps its name.
"""

from collections.abc import Callable, Mapping
from dataclasses import fields, is_dataclass
from functools import cache
from itertools import islice
from typing import Any, NamedTuple

from martelo.kernel.instants import format_instant
from martelo.kernel.money import format_amount
from martelo.kernel.refusal import FieldError, Refusal

MAX_FIELD_ERRORS = 20
"""A request of a thousand invalid fields must not get an answer longer than itself."""

MAX_FIELD_NAME = 100

_SUFFIXES: Mapping[str, Callable[[Any], Any]] = {"_cents": format_amount, "_ms": format_instant}


class _Member(NamedTuple):
    attribute: str
    name: str
    convert: Callable[[Any], Any]


def typed_fields(refusal: Refusal) -> dict[str, Any]:
    """Return the members that `refusal` adds to its problem, ready for JSON."""
    members = {}
    for attribute, name, convert in _members(type(refusal)):  # type: ignore[arg-type]  # a class is hashable
        value = getattr(refusal, attribute)
        members[name] = None if value is None else convert(value)
    return members


def field_error(error: FieldError) -> dict[str, Any]:
    """Return a field error as it goes on the wire."""
    return {
        "field": error.field[:MAX_FIELD_NAME],
        "code": error.code.value,
        "message": error.message,
        **error.bounds,
    }


@cache
def _members(kind: type[Any]) -> list[_Member]:
    return [_member(each.name) for each in fields(kind)] if is_dataclass(kind) else []


def _member(attribute: str) -> _Member:
    if attribute == "errors":
        return _Member(attribute, attribute, _field_errors)
    for suffix, convert in _SUFFIXES.items():
        if attribute.endswith(suffix):
            return _Member(attribute, attribute.removesuffix(suffix), convert)
    return _Member(attribute, attribute, lambda value: value)


def _field_errors(errors: tuple[FieldError, ...]) -> list[dict[str, Any]]:
    return [field_error(error) for error in islice(errors, MAX_FIELD_ERRORS)]
