"""What the public may see of each ledger entry, as it is stored, published and archived.

The JSON of these structures is field `p` of a ledger entry, written by `auctions.lua`. Amounts are
centavos, instants Unix milliseconds; `wire/answers.py` turns them into what clients read. People
are bidder numbers: their names are stored beside the ledger, and only `Published`, the message on
the auction's channel, has them too.
"""

from collections.abc import Iterable
from typing import Literal

import msgspec

from martelo.auctions.domain.auction import Auction
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
    canceller_of,
)
from martelo.auctions.domain.masking import SELLER_NUMBER, Names


class Seller(msgspec.Struct, frozen=True):
    """Who sells."""

    id: str


class PublicTexts(msgspec.Struct, frozen=True):
    """Field `t` of an auction."""

    title: str
    description: str
    category: str | None
    image_ids: tuple[str, ...]


class PublicTerms(msgspec.Struct, frozen=True):
    """Field `c` of an auction: what never changes; `bands` is flat, from and step in turn."""

    seller: Seller
    starting_cents: int
    bands: tuple[int, ...]
    min_increment_cents: int | None
    buy_now_cents: int | None
    cap_ms: int
    product_id: str | None


class _Public(msgspec.Struct, frozen=True, tag_field="type"):
    seq: int
    at: int


class PublicCreated(_Public, frozen=True, tag="created"):
    """The creation."""

    starts_at: int
    ends_at: int
    window_ms: int
    reserve_met: bool | None
    texts: PublicTexts
    terms: PublicTerms


class PublicEdited(_Public, frozen=True, tag="edited"):
    """New texts and pictures."""

    texts: PublicTexts


class PublicBid(_Public, frozen=True, tag="bid"):
    """An accepted bid; `stands_cents` is where it stood when placed."""

    number: int
    outcome: Literal["leading", "outbid"]
    stands_cents: int
    automatic: bool
    price_cents: int
    minimum_cents: int
    leader: int
    bid_count: int
    reserve_met: bool | None
    ends_at: int
    extended: bool


class PublicEndingSoon(_Public, frozen=True, tag="ending_soon"):
    """The end is `minutes` away."""

    minutes: int
    ends_at: int


class PublicClosed(_Public, frozen=True, tag="closed"):
    """The end by time or purchase; price and leader are 0 where there is none."""

    status: Literal["sold", "unsold"]
    sold_by: Literal["bid", "buy_now"] | None
    price_cents: int
    leader: int
    bid_count: int
    reserve_met: bool | None
    ends_at: int


class PublicCancelled(_Public, frozen=True, tag="cancelled"):
    """The end by will."""

    status: Literal["cancelled"]
    by: Literal["seller", "admin"]
    bid_count: int
    reason: str


class PublicRescheduled(_Public, frozen=True, tag="rescheduled"):
    """A later end."""

    ends_at: int
    reason: str


class PublicVoided(_Public, frozen=True, tag="voided"):
    """A bidder's bids, voided; price and leader are 0 where no bid is left."""

    number: int
    price_cents: int
    minimum_cents: int
    leader: int
    bid_count: int
    reserve_met: bool | None
    reason: str


PublicEntry = (
    PublicCreated
    | PublicEdited
    | PublicBid
    | PublicEndingSoon
    | PublicClosed
    | PublicCancelled
    | PublicRescheduled
    | PublicVoided
)

DECODER: msgspec.json.Decoder[PublicEntry] = msgspec.json.Decoder(PublicEntry)
"""Decodes field `p` of a ledger entry."""


class Published(msgspec.Struct, frozen=True):
    """An entry with the names of the people in it, as published on the auction's channel."""

    entry: PublicEntry
    names: dict[int, str] = {}


MESSAGE_DECODER = msgspec.json.Decoder(Published)
"""Decodes a message of an auction's channel."""


NAMES_ERASED = b'{"names_erased":true}'
"""The other message of an auction's channel: names that were read before are not to be shown."""


def numbers_in(entry: PublicEntry) -> set[int]:
    """Return whom readers of `entry` are shown, as numbers of `Names`."""
    match entry:
        case PublicBid():
            return {entry.number, entry.leader}
        case PublicClosed() | PublicVoided() if entry.leader:
            return {entry.leader}
        case PublicCreated():
            return {SELLER_NUMBER}
        case _:
            return set()


def with_names(entries: Iterable[PublicEntry], names: Names) -> list[Published]:
    """Return `entries` with those of `names` that each needs."""
    return [
        Published(entry, {each: names[each] for each in numbers_in(entry) if each in names})
        for entry in entries
    ]


def public_entry(entry: Entry, before: Auction | None, after: Auction) -> PublicEntry | None:
    """Return what the public sees of `entry`, which led from `before` to `after`.

    `None` for a raise. It specifies field `p` as `auctions.lua` writes it.
    """
    match entry:
        case Created():
            return PublicCreated(
                seq=entry.seq,
                at=entry.at_ms,
                starts_at=after.terms.starts_at_ms,
                ends_at=after.ends_at_ms,
                window_ms=after.terms.window_ms,
                reserve_met=after.reserve_met,
                texts=public_texts(after),
                terms=public_terms(after),
            )
        case Edited():
            return PublicEdited(entry.seq, entry.at_ms, public_texts(after))
        case BidPlaced():
            return _public_bid(entry, before, after)
        case Raised():
            return None
        case EndingSoon():
            return PublicEndingSoon(entry.seq, entry.at_ms, entry.minutes, after.ends_at_ms)
        case Closed():
            return _public_closed(entry, after)
        case Cancelled():
            return _public_cancelled(entry, after)
        case Rescheduled():
            return PublicRescheduled(entry.seq, entry.at_ms, entry.ends_at_ms, entry.reason)
        case Voided():
            return _public_voided(entry, after)


def public_texts(auction: Auction) -> PublicTexts:
    """Return field `t` of `auction`."""
    texts = auction.texts
    return PublicTexts(texts.title, texts.description, texts.category, texts.image_ids)


def public_terms(auction: Auction) -> PublicTerms:
    """Return field `c` of `auction`."""
    terms = auction.terms
    return PublicTerms(
        seller=Seller(terms.seller_id),
        starting_cents=terms.starting_cents,
        bands=tuple(value for band in terms.bands for value in band),
        min_increment_cents=terms.min_increment_cents,
        buy_now_cents=terms.buy_now_cents,
        cap_ms=terms.cap_ms,
        product_id=terms.product_id,
    )


def _public_bid(entry: BidPlaced, before: Auction | None, after: Auction) -> PublicBid:
    if before is None or after.lead is None:
        raise ValueError("a bid follows a creation and leaves a leader")
    return PublicBid(
        seq=entry.seq,
        at=entry.at_ms,
        number=entry.number,
        outcome=entry.outcome.value,
        stands_cents=entry.stands_cents,
        automatic=entry.automatic,
        price_cents=entry.price_cents,
        minimum_cents=after.minimum_bid_cents,
        leader=after.lead.number,
        bid_count=entry.bid_count,
        reserve_met=after.reserve_met,
        ends_at=entry.ends_at_ms,
        extended=entry.ends_at_ms != before.ends_at_ms,
    )


def _public_closed(entry: Closed, after: Auction) -> PublicClosed:
    lead = after.lead
    return PublicClosed(
        seq=entry.seq,
        at=entry.at_ms,
        status="sold" if entry.sold_by else "unsold",
        sold_by=entry.sold_by.value if entry.sold_by else None,
        price_cents=lead.price_cents if lead else 0,
        leader=lead.number if lead else 0,
        bid_count=after.bid_count,
        reserve_met=after.reserve_met,
        ends_at=after.ends_at_ms,
    )


def _public_voided(entry: Voided, after: Auction) -> PublicVoided:
    lead = after.lead
    return PublicVoided(
        seq=entry.seq,
        at=entry.at_ms,
        number=entry.number,
        price_cents=lead.price_cents if lead else 0,
        minimum_cents=after.minimum_bid_cents,
        leader=lead.number if lead else 0,
        bid_count=after.bid_count,
        reserve_met=after.reserve_met,
        reason=entry.reason,
    )


def _public_cancelled(entry: Cancelled, after: Auction) -> PublicCancelled:
    return PublicCancelled(
        seq=entry.seq,
        at=entry.at_ms,
        status="cancelled",
        by=canceller_of(entry, after).value,
        bid_count=after.bid_count,
        reason=entry.reason,
    )
