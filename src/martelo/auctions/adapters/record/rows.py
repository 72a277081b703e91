"""Rows of the record: the state of an auction, and the lines of its ledger."""

from typing import Any

import msgspec
import orjson
from sqlalchemy import Row

from martelo.auctions.adapters.live_store.ledger_codec import decode_entry, pair_bands
from martelo.auctions.adapters.record.tables import auction
from martelo.auctions.domain.auction import (
    Auction,
    Canceller,
    Ending,
    Lead,
    SoldBy,
    Status,
    Terms,
    Texts,
)
from martelo.auctions.domain.entries import (
    BidPlaced,
    Cancelled,
    Closed,
    Created,
    Edited,
    EndingSoon,
    Entry,
    Raised,
    Rescheduled,
    Voided,
)
from martelo.auctions.ports.archive import LedgerLine
from martelo.kernel.ids import AccountId, AuctionId

Values = dict[str, Any]

STATE_COLUMNS = tuple(column for column in auction.c if column.computed is None)

TYPES: dict[type[Entry], str] = {
    Created: "created",
    Edited: "edited",
    BidPlaced: "bid",
    Raised: "raise",
    EndingSoon: "ending_soon",
    Closed: "closed",
    Cancelled: "cancelled",
    Rescheduled: "rescheduled",
    Voided: "voided",
}


def auction_values(state: Auction) -> Values:
    """Return the row of an auction."""
    terms, lead, ending = state.terms, state.lead, state.ending
    return {
        "id": state.id,
        "title": state.texts.title,
        "description": state.texts.description,
        "category": state.texts.category,
        "image_ids": list(state.texts.image_ids),
        "seller_id": terms.seller_id,
        "product_id": terms.product_id,
        "starting_cents": terms.starting_cents,
        "bands": [value for band in terms.bands for value in band],
        "min_increment_cents": terms.min_increment_cents,
        "reserve_cents": terms.reserve_cents,
        "buy_now_cents": terms.buy_now_cents,
        "window_ms": terms.window_ms,
        "cap_ms": terms.cap_ms,
        "created_at_ms": terms.created_at_ms,
        "starts_at_ms": terms.starts_at_ms,
        "first_ends_at_ms": terms.first_ends_at_ms,
        "ends_at_ms": state.ends_at_ms,
        "status": state.status.value,
        "pending_marks": list(state.pending_marks),
        "leader_id": lead.account_id if lead else None,
        "leader_number": lead.number if lead else None,
        "price_cents": lead.price_cents if lead else None,
        "ceiling_cents": lead.ceiling_cents if lead else None,
        "line_seq": lead.line_seq if lead else None,
        "bid_count": state.bid_count,
        "bidder_count": state.bidder_count,
        "voided": sorted(state.voided),
        "closed_at_ms": ending.closed_at_ms if ending else None,
        "sold_by": ending.sold_by.value if ending and ending.sold_by else None,
        "reason": ending.reason if ending else None,
        "cancelled_by": ending.cancelled_by.value if ending and ending.cancelled_by else None,
        "seq": state.seq,
        "sub": state.sub,
        "at_ms": state.at_ms,
        "live": True,
    }


def auction_of(row: Row[Any]) -> Auction:
    """Return the auction of a row of `STATE_COLUMNS`; of the bidder numbers, the leader's alone."""
    ending = None
    if row.closed_at_ms is not None:
        sold_by = SoldBy(row.sold_by) if row.sold_by else None
        cancelled_by = Canceller(row.cancelled_by) if row.cancelled_by else None
        ending = Ending(row.closed_at_ms, sold_by, row.reason, cancelled_by)
    lead = _lead(row)
    return Auction(
        id=AuctionId(row.id),
        texts=Texts(row.title, row.description, row.category, tuple(row.image_ids)),
        terms=Terms(
            seller_id=AccountId(row.seller_id),
            starting_cents=row.starting_cents,
            bands=pair_bands(row.bands),
            created_at_ms=row.created_at_ms,
            starts_at_ms=row.starts_at_ms,
            first_ends_at_ms=row.first_ends_at_ms,
            window_ms=row.window_ms,
            cap_ms=row.cap_ms,
            min_increment_cents=row.min_increment_cents,
            reserve_cents=row.reserve_cents,
            buy_now_cents=row.buy_now_cents,
            product_id=row.product_id,
        ),
        status=Status(row.status),
        ends_at_ms=row.ends_at_ms,
        seq=row.seq,
        sub=row.sub,
        at_ms=row.at_ms,
        pending_marks=tuple(row.pending_marks),
        lead=lead,
        bid_count=row.bid_count,
        bidder_count=row.bidder_count,
        numbers={lead.account_id: lead.number} if lead else {},
        voided=frozenset(row.voided),
        ending=ending,
    )


def _lead(row: Row[Any]) -> Lead | None:
    if row.leader_id is None:
        return None
    return Lead(
        account_id=AccountId(row.leader_id),
        number=row.leader_number,
        price_cents=row.price_cents,
        ceiling_cents=row.ceiling_cents,
        line_seq=row.line_seq,
    )


def line_values(auction_id: AuctionId, line: LedgerLine) -> Values:
    """Return the row of a ledger line."""
    seq, sub = line.position
    return {
        "auction_id": auction_id,
        "seq": seq,
        "sub": sub,
        "type": TYPES[type(line.entry)],
        "at_ms": line.entry.at_ms,
        "account_id": _actor(line.entry),
        "public": None if line.public_json is None else orjson.Fragment(line.public_json),
        "private": orjson.Fragment(line.private_json),
    }


def entry_of(row: Row[Any]) -> Entry:
    """Return the entry of a row of the ledger."""
    fields = {b"x": msgspec.msgpack.encode(orjson.loads(row.private))}
    if row.public is not None:
        fields[b"p"] = row.public.encode()
    return decode_entry(AuctionId(row.auction_id), f"{row.seq}-{row.sub}", fields)


def _actor(entry: Entry) -> AccountId | None:
    match entry:
        case Created():
            return entry.terms.seller_id
        case BidPlaced() | Raised() | Cancelled() | Rescheduled() | Voided():
            return entry.by
        case Closed(buyer=Lead() as buyer):
            return buyer.account_id
        case Closed() | Edited() | EndingSoon():
            return None
