"""Requests parsed once: raw JSON in, domain values out, an error for each invalid field.

An amount is read from the raw token of its JSON value, never through a float.
"""

import hashlib
import json
import re
from collections.abc import Callable, Mapping
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from typing import TypeVar

import msgspec

from martelo.auctions.domain.auction import Person, Texts
from martelo.auctions.domain.bidding import Bid
from martelo.auctions.domain.creating import MAX_IMAGES, Draft
from martelo.auctions.domain.refusals import (
    InvalidAmount,
    InvalidAuction,
    InvalidReason,
    OutageNotFound,
)
from martelo.kernel.field_codes import FieldCode
from martelo.kernel.instants import parse_instant
from martelo.kernel.money import parse_amount
from martelo.kernel.one_line import clean_line, line_faults
from martelo.kernel.refusal import Bounds, FieldError, InvalidInput
from martelo.runtime.problems.shape_errors import shape_error

MAX_REASON = 500
MAX_EXTENSION_MIN = 43_200
MAX_SLUG = 40
MAX_ID = 64
MAX_NUMBER = 10**9
MAX_OUTAGE_ID_LENGTH = 15

_SLUG = re.compile(r"[a-z0-9](?:[a-z0-9-]{0,38}[a-z0-9])?", re.ASCII)
_ID = re.compile(r"[A-Za-z0-9_-]{1,64}", re.ASCII)

T = TypeVar("T")
Fields = Mapping[str, msgspec.Raw]


class Unreadable(Exception):  # noqa: N818 - says what the value is
    """A value that breaks the rule of its field."""

    def __init__(self, code: FieldCode, bounds: Bounds | None = None) -> None:
        super().__init__(code)
        self.code = code
        self.bounds = bounds or {}


@dataclass(frozen=True, slots=True)
class BidRequest:
    """A bid as sent, before it is known who bids."""

    auction_id: str
    amount_cents: int | None
    max_cents: int | None
    confirmed_cents: int | None = None

    def by(self, person: Person, key: str | None) -> Bid:
        """Return the bid of `person`.

        Raises:
            CeilingTooLow: The ceiling is below the amount.
        """
        return Bid(person, self.amount_cents, self.max_cents, key, self.confirmed_cents)


def parse_object(body: bytes) -> Fields:
    """Return the members of a JSON object, each as its raw text.

    Raises:
        InvalidInput: It is not a JSON object, or a name appears twice.
    """
    fields = parse_members(body)
    require_unrepeated(body, fields)
    return fields


def parse_members(body: bytes) -> Fields:
    """Return the members of a JSON object, each as its raw text; of two with one name the last.

    Raises:
        InvalidInput: It is not a JSON object.
    """
    return _decode_object(_MEMBERS.decode, body)


def require_unrepeated(body: bytes, fields: Fields) -> None:
    """Refuse an object, decoded as `fields`, in which a name appears twice.

    Raises:
        InvalidInput: A name appears twice.
    """
    # Each member has its colon: as many colons as names mean that no name appears twice.
    if body.count(b":") != len(fields):
        _decode_object(lambda text: _UNREPEATED.decode(text.decode()), body)


def _decode_object(decode: Callable[[bytes], T], body: bytes) -> T:
    try:
        return decode(body)
    except msgspec.ValidationError as error:
        raise InvalidInput((shape_error(error),)) from error
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise InvalidInput((FieldError("", FieldCode.MALFORMED_JSON),)) from error


def _refuse_repeated(members: list[tuple[str, object]]) -> None:
    """Refuse a name that appears twice: parsers disagree about which of the two counts."""
    seen: set[str] = set()
    for name, _ in members:
        if name in seen:
            raise InvalidInput((FieldError(name, FieldCode.DUPLICATE_FIELD),))
        seen.add(name)


# msgspec silently takes the last of two members with one name. Numbers stay text: they are read
# exactly elsewhere.
_UNREPEATED = json.JSONDecoder(
    object_pairs_hook=_refuse_repeated, parse_int=str, parse_float=str, parse_constant=str
)


BID_FIELDS = {"auction_id", "amount", "max_amount", "confirm_amount"}


def parse_bid(
    body: bytes, fields: Fields | None = None, known: AbstractSet[str] = BID_FIELDS
) -> BidRequest:
    """Return the bid that the body of `POST /place-bid`, or a message like it, asks for.

    `fields` are its members if they were read before; `known` are those it may have: a bid's own,
    and what else the transport reads.

    Raises:
        InvalidAmount: An amount is invalid or missing.
        InvalidInput: The body is not an object of these members.
    """
    if fields is None:
        fields = parse_members(body)
    require_unrepeated(body, fields)
    faults = _unknown(fields, known)
    auction_id = _read(fields, "auction_id", _text, faults) or ""
    if not faults and "auction_id" not in fields:
        faults.append(FieldError("auction_id", FieldCode.REQUIRED))
    if faults:
        raise InvalidInput(tuple(faults))
    amount_cents = _read(fields, "amount", _amount, faults)
    max_cents = _read(fields, "max_amount", _amount, faults)
    confirmed_cents = _read(fields, "confirm_amount", _amount, faults)
    if not faults and amount_cents is None and max_cents is None:
        bounds = {"fields": ["amount", "max_amount"]}
        faults.append(FieldError("amount", FieldCode.ONE_REQUIRED, bounds))
    if faults:
        raise InvalidAmount(tuple(faults))
    return BidRequest(auction_id, amount_cents, max_cents, confirmed_cents)


def parse_draft(body: bytes) -> tuple[Draft, list[FieldError]]:
    """Return the draft that the body of `POST /create-auction` asks for, and its faults.

    Where there are faults the draft holds placeholders for what could not be read, so that its
    bounds can be checked as well and every fault reported at once.

    Raises:
        InvalidInput: The body is not a JSON object.
    """
    fields = parse_object(body)
    faults = _unknown(fields, DRAFT_FIELDS)
    duration_s = _read(fields, "duration_s", _whole, faults)
    draft = Draft(
        title=_read(fields, "title", _line, faults) or "",
        description=_read(fields, "description", _line, faults) or "",
        starting_cents=_read(fields, "starting_price", _amount, faults) or 0,
        ends_at_ms=_read(fields, "ends_at", _instant, faults),
        duration_ms=None if duration_s is None else duration_s * 1000,
        starts_at_ms=_read(fields, "starts_at", _instant, faults),
        min_increment_cents=_read(fields, "min_increment", _amount, faults),
        reserve_cents=_read(fields, "reserve_price", _amount, faults),
        buy_now_cents=_read(fields, "buy_now_price", _amount, faults),
        soft_close_window_s=_read(fields, "soft_close_window_s", _whole, faults),
        soft_close_cap_s=_read(fields, "soft_close_cap_s", _whole, faults),
        category=_read(fields, "category", _slug, faults),
        image_ids=_read(fields, "image_ids", _ids, faults) or (),
        product_id=_read(fields, "product_id", _product_id, faults),
    )
    named = {fault.field for fault in faults}
    if not draft.starting_cents and "starting_price" not in named:
        faults.append(FieldError("starting_price", FieldCode.REQUIRED))
    return draft, faults


DRAFT_FIELDS = {
    *("title", "description", "category", "image_ids", "product_id"),
    *("starting_price", "min_increment", "reserve_price", "buy_now_price"),
    *("starts_at", "ends_at", "duration_s", "soft_close_window_s", "soft_close_cap_s"),
}
TEXT_FIELDS = {"title", "description", "category", "image_ids"}


def parse_edit(body: bytes) -> Callable[[Texts], Texts]:
    """Return how the body of `PATCH /auction/<id>` changes texts; what it names is replaced.

    Raises:
        InvalidAuction: A field is unknown or invalid, or none is given.
        InvalidInput: The body is not a JSON object.
    """
    fields = parse_object(body)
    faults = _unknown(fields, TEXT_FIELDS)
    title = _read(fields, "title", _line, faults)
    description = _read(fields, "description", _line, faults)
    category = _read(fields, "category", _slug, faults)
    image_ids = _read(fields, "image_ids", _ids, faults)
    if not fields:
        bounds = {"fields": sorted(TEXT_FIELDS)}
        faults.append(FieldError("", FieldCode.ONE_REQUIRED, bounds))
    if faults:
        raise InvalidAuction(tuple(faults))

    def change(texts: Texts) -> Texts:
        return Texts(
            texts.title if title is None else title,
            texts.description if description is None else description,
            category if "category" in fields else texts.category,
            (image_ids or ()) if "image_ids" in fields else texts.image_ids,
        )

    return change


def parse_reason(body: bytes, *, is_required: bool) -> str:
    """Return the reason that the body of a cancellation gives; empty where it is optional.

    Raises:
        InvalidReason: It is missing or not 1 to 500 characters.
        InvalidInput: The body is not such an object.
    """
    fields = parse_object(body)
    unknown = _unknown(fields, {"reason"})
    if unknown:
        raise InvalidInput(tuple(unknown))
    return _reason(fields, is_required=is_required)


def parse_extension(body: bytes) -> tuple[int, str]:
    """Return minutes and reason that the body of an extension gives.

    Raises:
        InvalidReason: The reason is missing or not 1 to 500 characters.
        InvalidInput: The body is not such an object, or the minutes are out of bounds.
    """
    return _number_and_reason(body, "minutes", _minutes)


def parse_outage_id(text: str) -> int:
    """Return when the outage with this id began, in Unix milliseconds.

    Raises:
        OutageNotFound: It is malformed.
    """
    if not (text.isascii() and text.isdigit() and len(text) <= MAX_OUTAGE_ID_LENGTH):
        raise OutageNotFound
    return int(text)


def parse_voiding(body: bytes) -> tuple[int, str]:
    """Return bidder number and reason that the body of a voiding gives.

    Raises:
        InvalidReason: The reason is missing or not 1 to 500 characters.
        InvalidInput: The body is not such an object, or the number is out of bounds.
    """
    return _number_and_reason(body, "number", _bidder_number)


def _number_and_reason(body: bytes, name: str, read: Callable[[bytes], int]) -> tuple[int, str]:
    fields = parse_object(body)
    faults = _unknown(fields, {name, "reason"})
    number = _read(fields, name, read, faults)
    if not faults and number is None:
        faults.append(FieldError(name, FieldCode.REQUIRED))
    if faults or number is None:
        raise InvalidInput(tuple(faults))
    return number, _reason(fields, is_required=True)


def _reason(fields: Fields, *, is_required: bool) -> str:
    faults: list[FieldError] = []
    reason = _read(fields, "reason", _line, faults)
    if not faults and (is_required or reason is not None):
        faults.extend(line_faults("reason", reason or "", MAX_REASON))
    if faults:
        raise InvalidReason(tuple(faults))
    return reason or ""


def parse_empty(body: bytes) -> None:
    """Accept an object without members.

    Raises:
        InvalidInput: It has any, or is not an object.
    """
    faults = _unknown(parse_object(body or b"{}"), set())
    if faults:
        raise InvalidInput(tuple(faults))


def parse_text(fields: Fields, name: str) -> str | None:
    """Return a field of a message that is a text; `None` where it is absent.

    Raises:
        InvalidInput: It is anything else.
    """
    faults: list[FieldError] = []
    text = _read(fields, name, _text, faults)
    if faults:
        raise InvalidInput(tuple(faults))
    return text


def fingerprint(body: bytes) -> str:
    """Return a hash of a creation request's members, regardless of their order."""
    members = sorted((name, bytes(raw).hex()) for name, raw in parse_object(body).items())
    return hashlib.sha256(msgspec.json.encode(members)).hexdigest()


def _unknown(fields: Fields, known: AbstractSet[str]) -> list[FieldError]:
    if fields.keys() <= known:
        return []
    return [FieldError(name, FieldCode.UNKNOWN_FIELD) for name in fields if name not in known]


def _read(
    fields: Fields, name: str, reader: Callable[[bytes], T], faults: list[FieldError]
) -> T | None:
    """Return a field read by `reader`; `null` counts as absent, a fault is added to `faults`."""
    raw = bytes(fields.get(name, b"null"))
    if raw == b"null":
        return None
    try:
        return reader(raw)
    except Unreadable as error:
        faults.append(FieldError(name, error.code, error.bounds))
        return None


def _decoded(raw: bytes, decoder: msgspec.json.Decoder[T], fault: Unreadable) -> T:
    try:
        return decoder.decode(raw)
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError) as error:
        raise fault from error


_TEXT = msgspec.json.Decoder(str)
_WHOLE = msgspec.json.Decoder(int)
_LIST = msgspec.json.Decoder(list[msgspec.Raw])
_MEMBERS = msgspec.json.Decoder(dict[str, msgspec.Raw])


def _wrong_type(expected: str) -> Unreadable:
    return Unreadable(FieldCode.WRONG_TYPE, {"expected": expected})


def _text(raw: bytes) -> str:
    text = _decoded(raw, _TEXT, _wrong_type("string"))
    if "\0" in text:
        raise Unreadable(FieldCode.CONTROL_CHARACTERS)
    return text


def _line(raw: bytes) -> str:
    return clean_line(_text(raw))


def _amount(raw: bytes) -> int:
    token = raw.strip()
    text = token[1:-1] if token.startswith(b'"') else token
    cents = parse_amount(text.decode("utf-8", "replace"))
    if cents is None:
        raise Unreadable(FieldCode.NOT_AN_AMOUNT)
    return cents


def _whole(raw: bytes) -> int:
    number = _decoded(raw, _WHOLE, Unreadable(FieldCode.NOT_A_WHOLE_NUMBER))
    if not 0 <= number <= MAX_NUMBER:
        raise Unreadable(FieldCode.OUT_OF_RANGE, {"min": 0, "max": MAX_NUMBER})
    return number


def _minutes(raw: bytes) -> int:
    return _whole_number(raw, maximum=MAX_EXTENSION_MIN)


def _bidder_number(raw: bytes) -> int:
    return _whole_number(raw, maximum=MAX_NUMBER)


def _whole_number(raw: bytes, *, maximum: int) -> int:
    number = _decoded(raw, _WHOLE, Unreadable(FieldCode.NOT_A_WHOLE_NUMBER))
    if not 1 <= number <= maximum:
        raise Unreadable(FieldCode.OUT_OF_RANGE, {"min": 1, "max": maximum})
    return number


def _instant(raw: bytes) -> int:
    fault = Unreadable(FieldCode.NOT_AN_INSTANT)
    at_ms = parse_instant(_decoded(raw, _TEXT, fault))
    if at_ms is None:
        raise fault
    return at_ms


def _slug(raw: bytes) -> str:
    text = _text(raw)
    if _SLUG.fullmatch(text) is None:
        raise Unreadable(FieldCode.NOT_A_SLUG, {"max": MAX_SLUG})
    return text


def _product_id(raw: bytes) -> str:
    """Return the id of a product, which may be a number."""
    return raw.decode() if raw.isdigit() else _id(raw)


def _id(raw: bytes) -> str:
    fault = Unreadable(FieldCode.NOT_AN_ID, {"max": MAX_ID})
    text = _decoded(raw, _TEXT, fault)
    if _ID.fullmatch(text) is None:
        raise fault
    return text


def _ids(raw: bytes) -> tuple[str, ...]:
    items = _decoded(raw, _LIST, _wrong_type("array"))
    if len(items) > MAX_IMAGES:
        raise Unreadable(FieldCode.TOO_MANY, {"max": MAX_IMAGES})
    return tuple(_id(bytes(item)) for item in items)
