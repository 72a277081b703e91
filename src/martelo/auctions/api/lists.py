"""The lists: what a query asks for, read from the live store or the record, with live prices."""

import base64
import binascii
import re
from collections.abc import Sequence
from dataclasses import replace
from typing import TypeVar

import msgspec
from flask import request

from martelo.auctions.domain.auction import Status
from martelo.auctions.ports.live_store import AuctionStore
from martelo.auctions.ports.readings import After, Cursor, Participation, Reading
from martelo.auctions.ports.record import AuctionQuery, Listed, Order, Record
from martelo.auctions.wire import answers
from martelo.kernel.field_codes import FieldCode
from martelo.kernel.ids import AccountId, AuctionId
from martelo.kernel.instants import parse_instant
from martelo.kernel.money import format_amount, parse_amount
from martelo.kernel.refusal import FieldError, InvalidInput
from martelo.runtime.flask.api import whole_number

Choice = TypeVar("Choice", Listed, Order)
Page = tuple[list[answers.Json], str | None]

PARAMETERS = {
    *("status", "q", "category", "seller", "sort", "price_min", "price_max", "ends_before"),
    *("limit", "cursor"),
}
MAX_TEXT_LENGTH = 200
MAX_CURSOR_LENGTH = 200
ENDS_LISTED_MS = 7 * 86_400_000
"""For how long an end is listed for the services that check whether they missed one."""

_CURSOR = re.compile(r"(-?[0-9]{1,16}) ([0-9]{2}-[0-9a-z]{13})", re.ASCII)


def page_limit() -> int:
    """Return how many items a page shall have."""
    return whole_number("limit", 20, minimum=1, maximum=100)


def page_seq() -> int | None:
    """Return the `seq` that a ledger's or a history's cursor names."""
    if "cursor" not in request.args:
        return None
    return whole_number("cursor", 0, minimum=0, maximum=999_999_999)


def list_auctions(store: AuctionStore, record: Record) -> Page:
    """Return the page of auctions that the query asks for, in short form.

    By end and without conditions it comes from the live store, everything else from the record.

    Raises:
        InvalidInput: A parameter is unknown or malformed.
    """
    query, limit, after = parse_query(), page_limit(), parse_cursor()
    if query == AuctionQuery():
        start = None if after is None else Cursor(after.value, after.auction_id)
        readings, rest = store.open_by_end(start, limit)
        goes_on = None if rest is None else After(rest.ends_at_ms, rest.auction_id)
    else:
        found, goes_on = record.search(query, store.now_ms(), after, limit)
        readings = with_live(store, found)
    return [answers.short_auction(reading) for reading in readings], format_cursor(goes_on)


def list_own_auctions(store: AuctionStore, record: Record, account_id: AccountId) -> Page:
    """Return what an account sells or sold, the newest first."""
    found, goes_on = record.auctions_of(account_id, store.now_ms(), parse_cursor(), page_limit())
    readings = with_live(store, found)
    views = [
        answers.short_auction(reading)
        | {"reserve_price": answers.optional_amount(reading.auction.terms.reserve_cents)}
        for reading in readings
    ]
    return views, format_cursor(goes_on)


def list_own_bids(store: AuctionStore, record: Record, account_id: AccountId) -> Page:
    """Return the auctions in which an account has bid, by lot, with its standing in each."""
    found, goes_on = record.bids_of(account_id, store.now_ms(), parse_cursor(), page_limit())
    readings = with_live(store, [participation.reading for participation in found])
    views = [
        answers.short_auction(reading) | _standing(reading, participation, account_id)
        for reading, participation in zip(readings, found, strict=True)
    ]
    return views, format_cursor(goes_on)


def list_ends(store: AuctionStore, record: Record) -> Page:
    """Return what ended within the last days, the earliest first, as events."""
    since_ms = store.now_ms() - ENDS_LISTED_MS
    found, goes_on = record.ended_since(since_ms, parse_cursor("after"), page_limit())
    events = [msgspec.to_builtins(answers.finished(each.auction, each.names)) for each in found]
    return events, format_cursor(goes_on)


def with_live(store: AuctionStore, readings: Sequence[Reading]) -> list[Reading]:
    """Return `readings` of the record as they are in the live store, where they are live."""
    live = store.read_many([reading.auction.id for reading in readings])
    return [
        replace(
            reading,
            auction=newer.auction,
            now_ms=newer.now_ms,
            viewers=newer.viewers,
            names=newer.names,
        )
        if (newer := live.get(reading.auction.id))
        else reading
        for reading in readings
    ]


def parse_query() -> AuctionQuery:
    """Return what the query string asks for.

    Raises:
        InvalidInput: A parameter is unknown or malformed.
    """
    args = request.args
    faults = [FieldError(name, FieldCode.UNKNOWN_FIELD) for name in args if name not in PARAMETERS]
    query = AuctionQuery(
        listed=_one_of(Listed, "status", Listed.OPEN, faults),
        order=_one_of(Order, "sort", Order.ENDS_AT, faults),
        text=_text("q", faults),
        category=_text("category", faults),
        seller_id=_seller(faults),
        price_min_cents=_amount("price_min", faults),
        price_max_cents=_amount("price_max", faults),
        ends_before_ms=_instant("ends_before", faults),
    )
    if faults:
        raise InvalidInput(tuple(faults))
    return query


def parse_cursor(name: str = "cursor") -> After | None:
    """Return where the page begins; `None` at the list's beginning.

    Raises:
        InvalidInput: The cursor is none of ours.
    """
    text = request.args.get(name)
    if text is None:
        return None
    try:
        plain = base64.urlsafe_b64decode(text[:MAX_CURSOR_LENGTH].encode()).decode("ascii")
    except (binascii.Error, UnicodeError, ValueError):
        plain = ""
    matched = _CURSOR.fullmatch(plain)
    if matched is None:
        raise InvalidInput((FieldError(name, FieldCode.INVALID_CURSOR),))
    return After(int(matched[1]), AuctionId(matched[2]))


def format_cursor(after: After | None) -> str | None:
    """Return a cursor as clients return it; opaque to them."""
    if after is None:
        return None
    return base64.urlsafe_b64encode(f"{after.value} {after.auction_id}".encode()).decode()


def _standing(
    reading: Reading, participation: Participation, account_id: AccountId
) -> answers.Json:
    auction = reading.auction
    lead = auction.lead
    leads = lead is not None and lead.account_id == account_id
    if auction.ending is None:
        standing = "leading" if leads else "outbid"
    else:
        standing = "won" if leads and auction.status is Status.SOLD else "lost"
    own = lead.ceiling_cents if lead and leads else participation.best_cents
    you = {"number": participation.number, "leading": leads, "max_amount": format_amount(own)}
    return {"standing": standing, "you": you}


def _one_of(kind: type[Choice], name: str, default: Choice, faults: list[FieldError]) -> Choice:
    text = request.args.get(name, default.value)
    if text not in set(kind):
        faults.append(FieldError(name, FieldCode.NOT_A_CHOICE, {"choices": list(kind)}))
        return default
    return kind(text)


def _text(name: str, faults: list[FieldError]) -> str | None:
    text = request.args.get(name, "").strip()
    if len(text) > MAX_TEXT_LENGTH or "\0" in text:
        faults.append(FieldError(name, FieldCode.TOO_LONG, {"max": MAX_TEXT_LENGTH}))
        return None
    return text or None


def _seller(faults: list[FieldError]) -> AccountId | None:
    text = _text("seller", faults)
    return None if text is None else AccountId(text)


def _amount(name: str, faults: list[FieldError]) -> int | None:
    text = request.args.get(name)
    if text is None:
        return None
    cents = parse_amount(text)
    if cents is None:
        faults.append(FieldError(name, FieldCode.NOT_AN_AMOUNT))
    return cents


def _instant(name: str, faults: list[FieldError]) -> int | None:
    text = request.args.get(name)
    if text is None:
        return None
    at_ms = parse_instant(text)
    if at_ms is None:
        faults.append(FieldError(name, FieldCode.NOT_AN_INSTANT))
    return at_ms
