"""Stored state and ledger entries, decoded into domain values.

`auctions.lua` writes both: the state as a packed array, an entry as its public JSON (field `p`)
and its packed private part (field `x`). The arrays here repeat the order its header gives.
"""

from collections.abc import Mapping
from dataclasses import replace

import msgspec

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
    MARKS_MINUTES,
    BidOutcome,
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
from martelo.auctions.domain.increments import Bands
from martelo.auctions.public_entries import (
    DECODER,
    PublicBid,
    PublicCancelled,
    PublicClosed,
    PublicCreated,
    PublicEdited,
    PublicEndingSoon,
    PublicRescheduled,
    PublicTerms,
    PublicTexts,
    PublicVoided,
)
from martelo.kernel.ids import AccountId, AuctionId


class _State(msgspec.Struct, frozen=True, array_like=True):
    status: str
    seller: str
    created_at: int
    starts_at: int
    ends_at: int
    first_ends_at: int
    starting: int
    bands: list[int]
    reserve: int
    buy_now: int
    window_ms: int
    cap_ms: int
    seq: int
    sub: int
    at: int
    price: int
    ceiling: int
    leader: str
    leader_number: int
    line_seq: int
    bid_count: int
    bidders: int
    marks: int
    minimum: int
    sold_by: str
    closed_at: int
    reason: str
    cancelled_by: str
    voided: list[int] = []


class _CreatedPrivate(msgspec.Struct, frozen=True, array_like=True):
    reserve: int
    fingerprint: str


class _BidPrivate(msgspec.Struct, frozen=True, array_like=True):
    by: str
    amount: int
    ceiling: int
    key: str
    beaten: str
    leading_ceiling: int


class _RaisePrivate(msgspec.Struct, frozen=True, array_like=True):
    at: int
    by: str
    number: int
    ceiling: int
    key: str


class _ClosedPrivate(msgspec.Struct, frozen=True, array_like=True):
    by: str
    key: str
    ceiling: int


class _VoidedPrivate(msgspec.Struct, frozen=True, array_like=True):
    by: str
    key: str
    leader: str
    ceiling: int
    line_seq: int


class _ActorPrivate(msgspec.Struct, frozen=True, array_like=True):
    by: str
    key: str


_STATE = msgspec.msgpack.Decoder(_State)
_TEXTS = msgspec.json.Decoder(PublicTexts)
_TERMS = msgspec.json.Decoder(PublicTerms)
_REASON = msgspec.json.Decoder(str)
_CREATED = msgspec.msgpack.Decoder(_CreatedPrivate)
_BID = msgspec.msgpack.Decoder(_BidPrivate)
_RAISE = msgspec.msgpack.Decoder(_RaisePrivate)
_CLOSED = msgspec.msgpack.Decoder(_ClosedPrivate)
_VOIDED = msgspec.msgpack.Decoder(_VoidedPrivate)
_ACTOR = msgspec.msgpack.Decoder(_ActorPrivate)


def decode_auction(
    auction_id: AuctionId,
    state: bytes,
    texts: bytes,
    terms: bytes,
    numbers: Mapping[AccountId, int],
) -> Auction:
    """Return the auction that the hash fields `s`, `t` and `c` say.

    `numbers` are the bidder numbers the caller read; the leader's is added.
    """
    s = _STATE.decode(state)
    lead = None
    known = dict(numbers)
    if s.leader:
        leader = AccountId(s.leader)
        lead = Lead(leader, s.leader_number, s.price, s.ceiling, s.line_seq)
        known[leader] = s.leader_number
    return Auction(
        id=auction_id,
        texts=domain_texts(_TEXTS.decode(texts)),
        terms=_state_terms(s, _TERMS.decode(terms)),
        status=Status(s.status),
        ends_at_ms=s.ends_at,
        seq=s.seq,
        sub=s.sub,
        at_ms=s.at,
        pending_marks=tuple(
            minutes for minutes, bit in zip(MARKS_MINUTES, (2, 1), strict=True) if s.marks & bit
        ),
        lead=lead,
        bid_count=s.bid_count,
        bidder_count=s.bidders,
        numbers=known,
        voided=frozenset(s.voided),
        ending=_ending(s),
    )


def decode_entry(auction_id: AuctionId, entry_id: str, fields: Mapping[bytes, bytes]) -> Entry:
    """Return the ledger entry with id `<seq>-<sub>` and the stored `fields`."""
    seq, sub = (int(part) for part in entry_id.split("-"))
    private = fields[b"x"]
    if sub:
        return _raised(seq, sub, _RAISE.decode(private))
    match DECODER.decode(fields[b"p"]):
        case PublicCreated() as public:
            return created_entry(auction_id, public, private)
        case PublicEdited() as public:
            return Edited(seq, public.at, domain_texts(public.texts))
        case PublicBid() as public:
            return _bid(public, _BID.decode(private))
        case PublicEndingSoon() as public:
            return EndingSoon(seq, public.at, public.minutes)
        case PublicClosed() as public:
            return _closed(public, _CLOSED.decode(private))
        case PublicCancelled() as public:
            by, key = _actor(_ACTOR.decode(private))
            return Cancelled(seq, public.at, by, public.reason, key)
        case PublicRescheduled() as public:
            by, key = _actor(_ACTOR.decode(private))
            return Rescheduled(seq, public.at, by, public.ends_at, public.reason, key)
        case PublicVoided() as public:
            return _voided(public, _VOIDED.decode(private))


def created_entry(auction_id: AuctionId, public: PublicCreated, private: bytes) -> Created:
    """Return the creation that a public part and its packed private part say."""
    hidden = _CREATED.decode(private)
    terms = public.terms
    return Created(
        seq=public.seq,
        at_ms=public.at,
        auction_id=auction_id,
        texts=domain_texts(public.texts),
        terms=Terms(
            seller_id=AccountId(terms.seller.id),
            starting_cents=terms.starting_cents,
            bands=pair_bands(terms.bands),
            created_at_ms=public.at,
            starts_at_ms=public.starts_at,
            first_ends_at_ms=public.ends_at,
            window_ms=public.window_ms,
            cap_ms=terms.cap_ms,
            min_increment_cents=terms.min_increment_cents,
            reserve_cents=hidden.reserve or None,
            buy_now_cents=terms.buy_now_cents,
            product_id=terms.product_id,
        ),
        fingerprint=hidden.fingerprint,
    )


def domain_texts(texts: PublicTexts) -> Texts:
    """Return stored texts as the rules read them."""
    return Texts(texts.title, texts.description, texts.category, texts.image_ids)


def pair_bands(flat: tuple[int, ...] | list[int]) -> Bands:
    """Return increment bands from their flat stored form."""
    return tuple(zip(flat[::2], flat[1::2], strict=True))


def _state_terms(s: _State, terms: PublicTerms) -> Terms:
    return Terms(
        seller_id=AccountId(s.seller),
        starting_cents=s.starting,
        bands=pair_bands(s.bands),
        created_at_ms=s.created_at,
        starts_at_ms=s.starts_at,
        first_ends_at_ms=s.first_ends_at,
        window_ms=s.window_ms,
        cap_ms=s.cap_ms,
        min_increment_cents=terms.min_increment_cents,
        reserve_cents=s.reserve or None,
        buy_now_cents=s.buy_now or None,
        product_id=terms.product_id,
    )


def _ending(s: _State) -> Ending | None:
    if not s.closed_at:
        return None
    cancelled = s.status == Status.CANCELLED
    return Ending(
        closed_at_ms=s.closed_at,
        sold_by=SoldBy(s.sold_by) if s.sold_by else None,
        reason=_REASON.decode(s.reason) if cancelled else None,
        cancelled_by=Canceller(s.cancelled_by) if cancelled else None,
    )


def _actor(private: _ActorPrivate) -> tuple[AccountId, str | None]:
    return AccountId(private.by), private.key or None


def _raised(seq: int, sub: int, private: _RaisePrivate) -> Raised:
    return Raised(
        seq=seq,
        sub=sub,
        at_ms=private.at,
        by=AccountId(private.by),
        number=private.number,
        max_cents=private.ceiling,
        key=private.key or None,
    )


def _bid(public: PublicBid, private: _BidPrivate) -> BidPlaced:
    return BidPlaced(
        seq=public.seq,
        at_ms=public.at,
        by=AccountId(private.by),
        number=public.number,
        amount_cents=private.amount or None,
        max_cents=private.ceiling or None,
        outcome=BidOutcome(public.outcome),
        stands_cents=public.stands_cents,
        automatic=public.automatic,
        beaten=AccountId(private.beaten) if private.beaten else None,
        price_cents=public.price_cents,
        ceiling_cents=private.leading_ceiling,
        bid_count=public.bid_count,
        ends_at_ms=public.ends_at,
        key=private.key or None,
    )


def _voided(public: PublicVoided, private: _VoidedPrivate) -> Voided:
    lead = None
    if public.leader:
        leader = AccountId(private.leader)
        lead = Lead(leader, public.leader, public.price_cents, private.ceiling, private.line_seq)
    return Voided(
        seq=public.seq,
        at_ms=public.at,
        by=AccountId(private.by),
        number=public.number,
        lead=lead,
        bid_count=public.bid_count,
        reason=public.reason,
        key=private.key or None,
    )


def _closed(public: PublicClosed, private: _ClosedPrivate) -> Closed:
    closed = Closed(
        seq=public.seq,
        at_ms=public.at,
        status=Status(public.status),
        sold_by=SoldBy(public.sold_by) if public.sold_by else None,
    )
    if closed.sold_by is not SoldBy.BUY_NOW:
        return closed
    by = AccountId(private.by)
    buyer = Lead(by, public.leader, public.price_cents, public.price_cents, line_seq=0)
    return replace(closed, buyer=buyer, key=private.key or None)
