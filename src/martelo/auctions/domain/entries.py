"""Ledger entries, one per accepted change, and replaying them (auction rules, section 9).

Rules decide an entry, `apply` makes it true, `replay` gives an auction back from its entries
alone. `seq` counts what the public may see, without gaps; a secret raise carries the last public
`seq` with `sub` 1, 2, ….
"""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from enum import StrEnum

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
from martelo.auctions.domain.masking import SELLER_NUMBER
from martelo.kernel.ids import AccountId, AuctionId

MARKS_MINUTES = (10, 1)
"""When a coming end is announced, in minutes before it."""


class BidOutcome(StrEnum):
    """What a bid came to at once."""

    LEADING = "leading"
    OUTBID = "outbid"


@dataclass(frozen=True, slots=True)
class Created:
    """The creation; always the first entry."""

    seq: int
    at_ms: int
    auction_id: AuctionId
    texts: Texts
    terms: Terms
    fingerprint: str = ""
    """Of the request, where it came with an idempotency key; private."""


@dataclass(frozen=True, slots=True)
class Edited:
    """The complete new texts and pictures."""

    seq: int
    at_ms: int
    texts: Texts


@dataclass(frozen=True, slots=True)
class BidPlaced:
    """An accepted bid that the public sees."""

    seq: int
    at_ms: int
    by: AccountId
    number: int
    amount_cents: int | None
    max_cents: int | None
    outcome: BidOutcome
    stands_cents: int
    automatic: bool
    beaten: AccountId | None
    price_cents: int
    ceiling_cents: int
    bid_count: int
    ends_at_ms: int
    key: str | None = None


@dataclass(frozen=True, slots=True)
class Raised:
    """A secret raise of the leader's ceiling; nothing public changes."""

    seq: int
    sub: int
    at_ms: int
    by: AccountId
    number: int
    max_cents: int
    key: str | None = None


@dataclass(frozen=True, slots=True)
class EndingSoon:
    """A coming end announced; `ticked` are the marks it takes off."""

    seq: int
    at_ms: int
    minutes: int


@dataclass(frozen=True, slots=True)
class Closed:
    """The end by time or by a purchase."""

    seq: int
    at_ms: int
    status: Status
    sold_by: SoldBy | None
    buyer: Lead | None = None
    """Who bought it now; `None` for an end by time."""
    key: str | None = None


@dataclass(frozen=True, slots=True)
class Cancelled:
    """The end by the seller's or an admin's will."""

    seq: int
    at_ms: int
    by: AccountId
    reason: str
    key: str | None = None


@dataclass(frozen=True, slots=True)
class Rescheduled:
    """A later end, by an administrator; the base of the soft close's cap moves with it."""

    seq: int
    at_ms: int
    by: AccountId
    ends_at_ms: int
    reason: str
    key: str | None = None


@dataclass(frozen=True, slots=True)
class Voided:
    """A bidder's bids, voided by an administrator; `lead` is what the other bids leave."""

    seq: int
    at_ms: int
    by: AccountId
    number: int
    lead: Lead | None
    bid_count: int
    reason: str
    key: str | None = None


Entry = (
    Created | Edited | BidPlaced | Raised | EndingSoon | Closed | Cancelled | Rescheduled | Voided
)


def begin(entry: Created) -> Auction:
    """Return the auction that `entry` creates."""
    terms = entry.terms
    return Auction(
        id=entry.auction_id,
        texts=entry.texts,
        terms=terms,
        status=Status.OPEN,
        ends_at_ms=terms.first_ends_at_ms,
        seq=entry.seq,
        sub=0,
        at_ms=entry.at_ms,
        pending_marks=tuple(m for m in MARKS_MINUTES if terms.duration_ms > m * 60_000),
    )


def apply(auction: Auction, entry: Entry) -> Auction:
    """Return `auction` after `entry`."""
    sub = entry.sub if isinstance(entry, Raised) else 0
    after = replace(auction, seq=entry.seq, sub=sub, at_ms=entry.at_ms)
    match entry:
        case Created():
            return begin(entry)
        case Edited():
            return replace(after, texts=entry.texts)
        case BidPlaced():
            return _with_bid(after, entry)
        case Raised():
            return replace(after, lead=_raised(after.lead, entry))
        case EndingSoon():
            pending = tuple(m for m in after.pending_marks if m < entry.minutes)
            return replace(after, pending_marks=pending)
        case Rescheduled():
            return _rescheduled(after, entry)
        case Voided():
            voided = auction.voided | {entry.number}
            return replace(after, lead=entry.lead, bid_count=entry.bid_count, voided=voided)
        case Closed():
            ending = Ending(closed_at_ms=entry.at_ms, sold_by=entry.sold_by)
            after = replace(after, status=entry.status, ending=ending, pending_marks=())
            return after if entry.buyer is None else _with_buyer(after, entry.buyer)
        case Cancelled():
            by = canceller_of(entry, auction)
            ending = Ending(closed_at_ms=entry.at_ms, reason=entry.reason, cancelled_by=by)
            return replace(after, status=Status.CANCELLED, ending=ending, pending_marks=())


def participant_in(entry: Entry) -> tuple[AccountId, int] | None:
    """Return the account and number in `Names` of who sells, bids or buys by `entry`, if anyone."""
    match entry:
        case Created():
            return entry.terms.seller_id, SELLER_NUMBER
        case BidPlaced() | Raised():
            return entry.by, entry.number
        case Closed(buyer=Lead() as buyer):
            return buyer.account_id, buyer.number
        case _:
            return None


def canceller_of(entry: Cancelled, auction: Auction) -> Canceller:
    """Return by whose will `entry` ends `auction`; a seller who is an admin too is its seller."""
    is_sellers = entry.by == auction.terms.seller_id
    return Canceller.SELLER if is_sellers else Canceller.ADMIN


def replay(entries: Iterable[Entry]) -> Auction:
    """Return the auction that `entries`, in ledger order from `Created` on, add up to.

    Raises:
        ValueError: The first entry is not a creation, or there is none.
    """
    in_order = iter(entries)
    first = next(in_order, None)
    if not isinstance(first, Created):
        raise ValueError("a ledger starts with the creation")  # noqa: TRY004 - not a type fault
    auction = begin(first)
    for entry in in_order:
        auction = apply(auction, entry)
    return auction


def _with_bid(auction: Auction, bid: BidPlaced) -> Auction:
    if bid.outcome is BidOutcome.LEADING or auction.lead is None:
        leader, number, line_seq = bid.by, bid.number, bid.seq
    else:
        leader, number, line_seq = (
            auction.lead.account_id,
            auction.lead.number,
            auction.lead.line_seq,
        )
    numbers = {**auction.numbers, bid.by: bid.number}
    return replace(
        auction,
        lead=Lead(leader, number, bid.price_cents, bid.ceiling_cents, line_seq),
        bid_count=bid.bid_count,
        bidder_count=max(auction.bidder_count, bid.number),
        numbers=numbers,
        ends_at_ms=bid.ends_at_ms,
    )


def _rescheduled(auction: Auction, entry: Rescheduled) -> Auction:
    moved_ms = entry.ends_at_ms - auction.ends_at_ms
    first_ends_at_ms = auction.terms.first_ends_at_ms + moved_ms
    return replace(
        auction,
        terms=replace(auction.terms, first_ends_at_ms=first_ends_at_ms),
        ends_at_ms=entry.ends_at_ms,
        pending_marks=tuple(
            minutes
            for minutes in MARKS_MINUTES
            if minutes in auction.pending_marks or entry.ends_at_ms - minutes * 60_000 > entry.at_ms
        ),
    )


def _raised(lead: Lead | None, entry: Raised) -> Lead:
    if lead is None:
        raise ValueError("a raise without a leader")
    return replace(lead, ceiling_cents=entry.max_cents)


def _with_buyer(auction: Auction, buyer: Lead) -> Auction:
    return replace(
        auction,
        lead=buyer,
        bidder_count=max(auction.bidder_count, buyer.number),
        numbers={**auction.numbers, buyer.account_id: buyer.number},
    )
