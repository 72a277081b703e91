"""What clients send, parsed once: raw JSON in, domain values out, every fault named.

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
from martelo.auctions.domain.creating import Draft, normalise_text
from martelo.auctions.domain.refusals import (
    InvalidAmount,
    InvalidAuction,
    InvalidReason,
)
from martelo.kernel.instants import parse_instant
from martelo.kernel.money import parse_amount
from martelo.kernel.refusal import FieldError, InvalidInput

MAX_REASON = 500
AMOUNT_RULE = "must be an amount above zero with at most two decimals, as 150.00"

_SLUG = re.compile(r"[a-z0-9](?:[a-z0-9-]{0,38}[a-z0-9])?", re.ASCII)
_ID = re.compile(r"[A-Za-z0-9_-]{1,64}", re.ASCII)

T = TypeVar("T")
Fields = Mapping[str, msgspec.Raw]


class Unreadable(Exception):  # noqa: N818 - says what the value is
    """A value that is not of its field's kind; says what it must be."""


@dataclass(frozen=True, slots=True)
class BidRequest:
    """A bid as sent, before it is known who bids."""

    auction_id: str
    amount_cents: int | None
    max_cents: int | None

    def by(self, person: Person, key: str | None) -> Bid:
        """Return the bid of `person`.

        Raises:
            CeilingTooLow: The ceiling is below the amount.
        """
        return Bid(person, self.amount_cents, self.max_cents, key)


def parse_object(body: bytes) -> Fields:
    """Return the members of a JSON object, each as its raw text.

    Raises:
        InvalidInput: It is no JSON object, or names a member twice.
    """
    fields = parse_members(body)
    require_unrepeated(body, fields)
    return fields


def parse_members(body: bytes) -> Fields:
    """Return the members of a JSON object, each as its raw text; the last of two of one name.

    Raises:
        InvalidInput: It is no JSON object.
    """
    return _decode_object(_MEMBERS.decode, body)


def require_unrepeated(body: bytes, fields: Fields) -> None:
    """Refuse an object, decoded as `fields`, in which a name appears twice.

    Raises:
        InvalidInput: A name does.
    """
    # Each member has its colon: as many colons as names say that no name appears twice.
    if body.count(b":") != len(fields):
        _decode_object(lambda text: _UNREPEATED.decode(text.decode()), body)


def _decode_object(decode: Callable[[bytes], T], body: bytes) -> T:
    try:
        return decode(body)
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError) as error:
        raise InvalidInput((FieldError("", "the body must be a JSON object"),)) from error


def _refuse_repeated(members: list[tuple[str, object]]) -> None:
    """Raise where a name stands twice: which of the two is meant, every reader says differently."""
    seen: set[str] = set()
    for name, _ in members:
        if name in seen:
            raise InvalidInput((FieldError(name[:64], "stands twice in the body"),))
        seen.add(name)


# msgspec keeps the last of two members of one name and does not tell. Numbers stay text: they are
# read elsewhere, exactly.
_UNREPEATED = json.JSONDecoder(
    object_pairs_hook=_refuse_repeated, parse_int=str, parse_float=str, parse_constant=str
)


BID_FIELDS = {"auction_id", "amount", "max_amount"}


def parse_bid(
    body: bytes, fields: Fields | None = None, known: AbstractSet[str] = BID_FIELDS
) -> BidRequest:
    """Return the bid that the body of `POST /place-bid`, or a message like it, asks for.

    `fields` are its members if they were read before; `known` are those it may have: a bid's own,
    and what else the transport reads.

    Raises:
        InvalidAmount: An amount is malformed, or none is given.
        InvalidInput: The body is not an object of these members.
    """
    if fields is None:
        fields = parse_members(body)
    require_unrepeated(body, fields)
    faults = _unknown(fields, known)
    auction_id = _read(fields, "auction_id", _text, faults) or ""
    if not faults and "auction_id" not in fields:
        faults.append(FieldError("auction_id", "is missing"))
    if faults:
        raise InvalidInput(tuple(faults))
    amount_cents = _read(fields, "amount", _amount, faults)
    max_cents = _read(fields, "max_amount", _amount, faults)
    if not faults and amount_cents is None and max_cents is None:
        faults.append(FieldError("amount", "amount or max_amount must be given"))
    if faults:
        raise InvalidAmount(tuple(faults))
    return BidRequest(auction_id, amount_cents, max_cents)


def parse_draft(body: bytes) -> tuple[Draft, list[FieldError]]:
    """Return the draft that the body of `POST /create-auction` asks for, and what ails it.

    Where there are faults the draft holds placeholders for what could not be read, so that its
    bounds can be checked as well and every fault told at once.

    Raises:
        InvalidInput: The body is no JSON object.
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
        faults.append(FieldError("starting_price", AMOUNT_RULE))
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
        InvalidAuction: A field is unknown or not of its kind, or none is given.
        InvalidInput: The body is no JSON object.
    """
    fields = parse_object(body)
    faults = _unknown(fields, TEXT_FIELDS)
    title = _read(fields, "title", _line, faults)
    description = _read(fields, "description", _line, faults)
    category = _read(fields, "category", _slug, faults)
    image_ids = _read(fields, "image_ids", _ids, faults)
    if not fields:
        faults.append(FieldError("", "name at least one field to change"))
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
    """Return the reason that the body of a cancellation gives; empty where it may lack.

    Raises:
        InvalidReason: It is missing or not 1 to 500 characters.
        InvalidInput: The body is no such object.
    """
    fields = parse_object(body)
    unknown = _unknown(fields, {"reason"})
    if unknown:
        raise InvalidInput(tuple(unknown))
    faults: list[FieldError] = []
    reason = _read(fields, "reason", _line, faults)
    too_long = reason is not None and not 1 <= len(reason) <= MAX_REASON
    if faults or too_long or (is_required and reason is None):
        raise InvalidReason(
            (FieldError("reason", f"must be a text of 1 to {MAX_REASON} characters"),)
        )
    return reason or ""


def parse_empty(body: bytes) -> None:
    """Accept an object without members.

    Raises:
        InvalidInput: It has any, or is no object.
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
    """Return what tells one creation request from another: its members, whatever their order."""
    members = sorted((name, bytes(raw).hex()) for name, raw in parse_object(body).items())
    return hashlib.sha256(msgspec.json.encode(members)).hexdigest()


def _unknown(fields: Fields, known: AbstractSet[str]) -> list[FieldError]:
    if fields.keys() <= known:
        return []
    return [
        FieldError(name[:64], "is no field of this request") for name in fields if name not in known
    ]


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
        faults.append(FieldError(name, str(error)))
        return None


def _decoded(raw: bytes, decoder: msgspec.json.Decoder[T], rule: str) -> T:
    try:
        return decoder.decode(raw)
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError) as error:
        raise Unreadable(rule) from error


_TEXT = msgspec.json.Decoder(str)
_WHOLE = msgspec.json.Decoder(int)
_LIST = msgspec.json.Decoder(list[msgspec.Raw])
_MEMBERS = msgspec.json.Decoder(dict[str, msgspec.Raw])


def _text(raw: bytes) -> str:
    text = _decoded(raw, _TEXT, "must be a text")
    if "\0" in text:
        raise Unreadable("must not have control characters")
    return text


def _line(raw: bytes) -> str:
    return normalise_text(_text(raw))


def _amount(raw: bytes) -> int:
    token = raw.strip()
    text = token[1:-1] if token.startswith(b'"') else token
    cents = parse_amount(text.decode("utf-8", "replace"))
    if cents is None:
        raise Unreadable(AMOUNT_RULE)
    return cents


def _whole(raw: bytes) -> int:
    rule = "must be a whole number, not negative"
    number = _decoded(raw, _WHOLE, rule)
    if not 0 <= number <= 10**9:
        raise Unreadable(rule)
    return number


def _instant(raw: bytes) -> int:
    rule = "must be an RFC 3339 instant with an offset, as 2026-01-31T12:00:00Z"
    at_ms = parse_instant(_decoded(raw, _TEXT, rule))
    if at_ms is None:
        raise Unreadable(rule)
    return at_ms


def _slug(raw: bytes) -> str:
    text = _text(raw)
    if _SLUG.fullmatch(text) is None:
        raise Unreadable("must be a slug: small letters, digits and hyphens, at most 40")
    return text


def _product_id(raw: bytes) -> str:
    """Return the id of a product, which may be a number."""
    return raw.decode() if raw.isdigit() else _id(raw)


def _id(raw: bytes) -> str:
    rule = "must be an id of letters, digits, - and _"
    text = _decoded(raw, _TEXT, rule)
    if _ID.fullmatch(text) is None:
        raise Unreadable(rule)
    return text


def _ids(raw: bytes) -> tuple[str, ...]:
    items = _decoded(raw, _LIST, "must be a list of ids")
    if len(items) > 12:
        raise Unreadable("must name at most 12 pictures")
    return tuple(_id(bytes(item)) for item in items)
