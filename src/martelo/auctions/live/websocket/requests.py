"""What clients send over `/live`, read frame by frame; every function raises `Unreadable`."""

import msgspec

from martelo.auctions.live.websocket.events import Ref
from martelo.auctions.wire import requests
from martelo.kernel.refusal import FieldError, InvalidInput

MAX_REF = 64

_ITEMS = msgspec.json.Decoder(list[msgspec.Raw])
_REF: msgspec.json.Decoder[str | int | None] = msgspec.json.Decoder(str | int | None)


class Unreadable(InvalidInput):
    """A frame that makes no sense; a client that keeps sending them is cut off."""


def read_items(text: bytes) -> list[msgspec.Raw]:
    """Return the objects of a frame, each as its raw text."""
    if text[:1] != b"[":
        return [msgspec.Raw(text)]
    try:
        items = _ITEMS.decode(text)
    except (msgspec.MsgspecError, RecursionError) as error:
        raise Unreadable(
            (FieldError("", "the frame must be a JSON object, or an array"),)
        ) from error
    if not items:
        raise Unreadable((FieldError("", "the array is empty"),))
    return items


def read_fields(text: bytes) -> requests.Fields:
    """Return the members of an object; whether a name is repeated is checked later."""
    try:
        return requests.parse_members(text)
    except InvalidInput as error:
        raise Unreadable(error.errors) from error


def read_op(fields: requests.Fields) -> str:
    """Return what is asked for."""
    try:
        op = requests.parse_text(fields, "op")
    except InvalidInput as error:
        raise Unreadable(error.errors) from error
    if op is None:
        raise Unreadable((FieldError("op", "is missing"),))
    return op


def read_ref(fields: requests.Fields) -> Ref:
    """Return by what the answer is to be known; `None` where nothing is given."""
    raw = fields.get("ref")
    if raw is None:
        return None
    rule = f"must be a text of at most {MAX_REF} characters, or a whole number"
    try:
        ref = _REF.decode(raw)
    except (msgspec.MsgspecError, UnicodeDecodeError) as error:
        raise Unreadable((FieldError("ref", rule),)) from error
    if isinstance(ref, str) and len(ref) > MAX_REF:
        raise Unreadable((FieldError("ref", rule),))
    return ref


def require_only(text: bytes, fields: requests.Fields, known: set[str]) -> None:
    """Refuse repeated members, and those that are neither known nor part of every frame."""
    try:
        requests.require_unrepeated(text, fields)
    except InvalidInput as error:
        raise Unreadable(error.errors) from error
    unknown = sorted(set(fields) - known - {"op", "ref"})
    if unknown:
        raise Unreadable(tuple(FieldError(n[:64], "unknown field") for n in unknown))
