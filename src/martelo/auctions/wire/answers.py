"""What clients read: the JSON of `docs/api/`, from domain values and public entries.

REST, SSE and Socket.IO all render here, so they say the same.
"""

from collections.abc import Mapping, Sequence
from typing import Any, Literal

from martelo.auctions.domain.answers import Bought, Placed
from martelo.auctions.domain.auction import Auction, Status
from martelo.auctions.domain.masking import SELLER_NUMBER, Names, masked
from martelo.auctions.ports.outages import OutageHits
from martelo.auctions.ports.readings import Reading
from martelo.auctions.public_entries import (
    PublicBid,
    PublicCancelled,
    PublicClosed,
    PublicCreated,
    PublicEdited,
    PublicEndingSoon,
    PublicEntry,
    PublicRescheduled,
    PublicVoided,
)
from martelo.contracts.finished import AuctionFinished, Person
from martelo.kernel.ids import AccountId, AuctionId, BidId
from martelo.kernel.instants import format_instant
from martelo.kernel.money import format_amount

Json = dict[str, Any]

_ENDED: dict[Status, Literal["sold", "unsold", "cancelled"]] = {
    Status.SOLD: "sold",
    Status.UNSOLD: "unsold",
    Status.CANCELLED: "cancelled",
}


def bid_id(auction_id: AuctionId, seq: int, sub: int = 0) -> BidId:
    """Return a bid's id; a secret raise carries its `sub`."""
    return BidId(f"{auction_id}-{seq}.{sub}" if sub else f"{auction_id}-{seq}")


def images(image_ids: Sequence[str]) -> list[Json]:
    """Return pictures by their addresses, which follow from their ids."""
    return [
        {
            "id": image_id,
            "url": f"/media/{image_id}.webp",
            "thumbnail_url": f"/media/{image_id}-thumb.webp",
        }
        for image_id in image_ids
    ]


def optional_amount(cents: int | None) -> str | None:
    """Return an amount, or `None` where there is none."""
    return None if cents is None else format_amount(cents)


def shown_status(auction: Auction, now_ms: int) -> str:
    """Return the status as shown: `scheduled` before the start, else as stored."""
    return "scheduled" if auction.is_scheduled(now_ms) else auction.status.value


def short_auction(reading: Reading) -> Json:
    """Return the short form of lists: the auction without `description` and `bids`."""
    auction, now_ms = reading.auction, max(reading.now_ms, reading.auction.at_ms)
    terms, lead = auction.terms, auction.lead
    over = auction.status is not Status.OPEN
    view: Json = {
        "id": auction.id,
        "title": auction.texts.title,
        "category": auction.texts.category,
        "images": images(auction.texts.image_ids),
        "product_id": terms.product_id,
        "seller": {"id": terms.seller_id, "name": reading.names.get(SELLER_NUMBER)},
        "status": shown_status(auction, now_ms),
        "active": auction.is_active(now_ms),
        "starting_price": format_amount(terms.starting_cents),
        "current_price": optional_amount(lead.price_cents if lead else None),
        "minimum_bid": None if over else format_amount(auction.minimum_bid_cents),
        "min_increment": optional_amount(terms.min_increment_cents),
        "bid_count": auction.bid_count,
        "leader": bidder(reading.names, lead.number) if lead else None,
        "reserve_met": auction.reserve_met,
        "buy_now_price": optional_amount(terms.buy_now_cents),
        "soft_close_window_s": terms.window_ms // 1000,
        "soft_close_cap_s": terms.cap_ms // 1000,
        "created_at": format_instant(terms.created_at_ms),
        "starts_at": format_instant(terms.starts_at_ms),
        "ends_at": format_instant(auction.ends_at_ms),
        "server_time": format_instant(now_ms),
        "seq": auction.seq,
        "viewers": reading.viewers,
    }
    if auction.ending is not None:
        view["result"] = _result(auction, reading.names)
    return view


def full_auction(reading: Reading, *, reader: AccountId | None = None) -> Json:
    """Return the auction as `GET /auction/<id>` answers it; what `reader` alone may see is in it.

    The seller reads `reserve_price`; after a sale seller and winner read each other's full name
    (the seller's is public).
    """
    auction = reading.auction
    view = short_auction(reading)
    view["description"] = auction.texts.description
    view["bids"] = [public_bid(auction, bid, reading.names) for bid in reading.bids]
    if reader is None:
        return view
    is_seller = reader == auction.terms.seller_id
    if is_seller:
        view["reserve_price"] = optional_amount(auction.terms.reserve_cents)
    lead = auction.lead
    if lead and auction.status is Status.SOLD and (is_seller or reader == lead.account_id):
        view["result"]["winner"] = {"name": reading.names.get(lead.number)}
    view["you"] = _you(reading, reader)
    return view


def public_bid(auction: Auction, bid: PublicBid, names: Names) -> Json:
    """Return one line of the bid history."""
    return {**_bid(auction.id, bid, names), "voided": bid.number in auction.voided}


def _bid(auction_id: AuctionId, bid: PublicBid, names: Names) -> Json:
    return {
        "bid_id": bid_id(auction_id, bid.seq),
        "seq": bid.seq,
        "bidder": bidder(names, bid.number),
        "amount": format_amount(bid.stands_cents),
        "automatic": bid.automatic,
        "at": format_instant(bid.at),
    }


def outage(hits: OutageHits) -> Json:
    """Return an outage, the auctions that it hit, and the extension that gives back the time."""
    return {
        "id": str(hits.outage.from_ms),
        "from": format_instant(hits.outage.from_ms),
        "to": format_instant(hits.outage.to_ms),
        "auction_ids": list(hits.auction_ids),
        "minutes": hits.minutes,
    }


def bidder(names: Names, number: int) -> Json:
    """Return a masked bidder; `number` distinguishes equal masks and unnamed closed accounts."""
    return {"name": masked(names, number), "number": number}


def placed_bid(auction_id: AuctionId, placed: Placed) -> Json:
    """Return the answer to one's own bid."""
    return {
        "bid_id": bid_id(auction_id, placed.seq, placed.sub),
        "seq": placed.seq,
        "auction_id": auction_id,
        "outcome": placed.outcome.value,
        "current_price": format_amount(placed.price_cents),
        "minimum_bid": format_amount(placed.minimum_cents),
        "bid_count": placed.bid_count,
        "ends_at": format_instant(placed.ends_at_ms),
        "server_time": format_instant(placed.at_ms),
        "number": placed.number,
    }


def bought(auction_id: AuctionId, answer: Bought) -> Json:
    """Return the answer to a purchase."""
    return {
        "bid_id": bid_id(auction_id, answer.seq),
        "seq": answer.seq,
        "outcome": "bought",
        "current_price": format_amount(answer.price_cents),
        "closed_at": format_instant(answer.at_ms),
    }


def event(auction_id: AuctionId, entry: PublicEntry, names: Names) -> tuple[str, Json]:
    """Return name and data of the feed's event for `entry`; `names` are those of its people."""
    match entry:
        case PublicBid():
            return "bid", _bid_event(auction_id, entry, names)
        case PublicEdited() | PublicCreated():
            name = "edited" if isinstance(entry, PublicEdited) else "created"
            return name, {"seq": entry.seq, "at": format_instant(entry.at), **_texts(entry)}
        case PublicEndingSoon():
            return "ending_soon", {
                "seq": entry.seq,
                "at": format_instant(entry.at),
                "minutes": entry.minutes,
                "ends_at": format_instant(entry.ends_at),
            }
        case PublicRescheduled():
            return "rescheduled", {
                "seq": entry.seq,
                "at": format_instant(entry.at),
                "ends_at": format_instant(entry.ends_at),
                "reason": entry.reason,
            }
        case PublicVoided():
            return "voided", _voided_event(entry, names)
        case PublicClosed():
            return "closed", _closed_event(entry, names)
        case PublicCancelled():
            return "cancelled", {
                "seq": entry.seq,
                "status": entry.status,
                "sold_by": None,
                "final_price": None,
                "winner": None,
                "bid_count": entry.bid_count,
                "closed_at": format_instant(entry.at),
                "reason": entry.reason,
                "by": entry.by,
            }


def extended_event(entry: PublicBid) -> Json:
    """Return the data of `extended`, which follows a bid that moved the end."""
    return {"ends_at": format_instant(entry.ends_at)}


def ledger_entry(auction_id: AuctionId, entry: PublicEntry, names: Names) -> Json:
    """Return one public ledger entry: the event's data with its type."""
    name, data = event(auction_id, entry, names)
    if isinstance(entry, PublicCreated):
        terms = entry.terms
        data |= {
            "seller": {"id": terms.seller.id, "name": names.get(SELLER_NUMBER)},
            "starting_price": format_amount(terms.starting_cents),
            "min_increment": optional_amount(terms.min_increment_cents),
            "buy_now_price": optional_amount(terms.buy_now_cents),
            "soft_close_window_s": entry.window_ms // 1000,
            "soft_close_cap_s": terms.cap_ms // 1000,
            "starts_at": format_instant(entry.starts_at),
            "ends_at": format_instant(entry.ends_at),
            "reserve_met": entry.reserve_met,
        }
    return {"type": name, "at": format_instant(entry.at), **data}


def finished(auction: Auction, names: Names) -> AuctionFinished:
    """Return the event of an ended auction, as `auctions.lua` published it."""
    ending, terms = auction.ending, auction.terms
    if ending is None:
        raise ValueError("an auction without an ending is not finished")
    lead = auction.lead if auction.status is Status.SOLD else None
    return AuctionFinished(
        event_id=f"{auction.id}:{auction.seq}",
        auction_id=auction.id,
        status=_ENDED[auction.status],
        title=auction.texts.title,
        final_price=optional_amount(lead.price_cents if lead else None),
        currency="BRL",
        winner=Person(lead.account_id, names.get(lead.number)) if lead else None,
        seller=Person(terms.seller_id, names.get(SELLER_NUMBER)),
        bid_count=auction.bid_count,
        sold_by=ending.sold_by.value if ending.sold_by else None,
        closed_at=format_instant(ending.closed_at_ms),
    )


def _bid_event(auction_id: AuctionId, entry: PublicBid, names: Names) -> Json:
    return {
        **_bid(auction_id, entry, names),
        "outcome": entry.outcome,
        "current_price": format_amount(entry.price_cents),
        "minimum_bid": format_amount(entry.minimum_cents),
        "leader": bidder(names, entry.leader),
        "bid_count": entry.bid_count,
        "reserve_met": entry.reserve_met,
        "ends_at": format_instant(entry.ends_at),
    }


def _voided_event(entry: PublicVoided, names: Names) -> Json:
    has_bids = bool(entry.leader)
    return {
        "seq": entry.seq,
        "at": format_instant(entry.at),
        "number": entry.number,
        "current_price": format_amount(entry.price_cents) if has_bids else None,
        "minimum_bid": format_amount(entry.minimum_cents),
        "leader": bidder(names, entry.leader) if has_bids else None,
        "bid_count": entry.bid_count,
        "reserve_met": entry.reserve_met,
        "reason": entry.reason,
    }


def _closed_event(entry: PublicClosed, names: Names) -> Json:
    sold = entry.status == "sold"
    return {
        "seq": entry.seq,
        "status": entry.status,
        "sold_by": entry.sold_by,
        "final_price": format_amount(entry.price_cents) if sold else None,
        "winner": bidder(names, entry.leader) if sold else None,
        "bid_count": entry.bid_count,
        "closed_at": format_instant(entry.at),
    }


def _texts(entry: PublicCreated | PublicEdited) -> Mapping[str, Any]:
    texts = entry.texts
    return {
        "title": texts.title,
        "description": texts.description,
        "category": texts.category,
        "images": images(texts.image_ids),
    }


def _result(auction: Auction, names: Names) -> Json:
    sold, lead, ending = auction.status is Status.SOLD, auction.lead, auction.ending
    if ending is None:
        raise ValueError("an auction without an ending has no result")
    result: Json = {
        "winner": {"name": masked(names, lead.number)} if sold and lead else None,
        "final_price": format_amount(lead.price_cents) if sold and lead else None,
        "sold_by": ending.sold_by.value if ending.sold_by else None,
        "closed_at": format_instant(ending.closed_at_ms),
    }
    if ending.reason is not None:
        result["reason"] = ending.reason
    if ending.cancelled_by is not None:
        result["by"] = ending.cancelled_by.value
    return result


def _you(reading: Reading, reader: AccountId) -> Json | None:
    lead = reading.auction.lead
    if reading.reader_number is None:
        return None
    leading = lead is not None and lead.account_id == reader
    return {
        "number": reading.reader_number,
        "leading": leading,
        "max_amount": format_amount(lead.ceiling_cents) if lead and leading else None,
        "voided": reading.reader_number in reading.auction.voided,
    }
