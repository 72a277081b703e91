"""Voiding a bidder's bids: the specification of `auctions_void` (auction rules, section 8)."""

from collections.abc import Iterator, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import replace

from martelo.auctions.domain.auction import Auction, Person
from martelo.auctions.domain.bidding import Bid, instant, place_bid
from martelo.auctions.domain.entries import BidPlaced, Created, Entry, Raised, Voided, apply, begin
from martelo.auctions.domain.refusals import AuctionEnded, NoBidsToVoid, TooManyEntries
from martelo.kernel.ids import AccountId
from martelo.kernel.refusal import Refusal

MAX_ENTRIES = 20_000
"""A longer ledger is not played again: the store decides nothing else meanwhile."""

NEVER_MS = 2**53


def void_bids(  # noqa: PLR0913 - one argument a fact of the decision
    auction: Auction,
    entries: Sequence[Entry],
    by: Person,
    *,
    number: int,
    reason: str,
    key: str | None,
    now_ms: int,
) -> Voided:
    """Return the entry that voids the bids of bidder `number`; `entries` are the ledger.

    Raises:
        AuctionEnded: It is over.
        TooManyEntries: More than `MAX_ENTRIES`.
        NoBidsToVoid: Nobody has the number, or the bids were voided before.
    """
    now_ms = instant(auction, now_ms)
    if auction.is_over(now_ms):
        raise AuctionEnded(auction.status, auction.ends_at_ms)
    if len(entries) > MAX_ENTRIES:
        raise TooManyEntries
    if number in auction.voided or number not in set(auction.numbers.values()):
        raise NoBidsToVoid
    state, _ = play_again(entries, auction.voided | {number})
    return Voided(
        seq=auction.seq + 1,
        at_ms=now_ms,
        by=by.account_id,
        number=number,
        lead=state.lead,
        bid_count=state.bid_count,
        reason=reason,
        key=key,
    )


def play_again(
    entries: Sequence[Entry], voided: AbstractSet[int]
) -> tuple[Auction, list[BidPlaced | Raised]]:
    """Return the auction as the bids of all other bidders leave it, and what each comes to.

    Each is judged again by the rules of a bid, in order, at its own instant and with its own
    `seq`; ends and starts do not count, since each was accepted in time. One that the rules
    refuse now is left out.
    """
    state = _without_bids(entries)
    played: list[BidPlaced | Raised] = []
    for entry, bid in _bids(entries, voided):
        before = replace(state, seq=entry.seq - 1)
        try:
            decided = place_bid(before, bid, entry.at_ms)
        except Refusal:
            continue
        state = apply(before, decided)
        played.append(decided)
    return state, played


def _without_bids(entries: Sequence[Entry]) -> Auction:
    """Return the auction before its first bid, open at every instant, with all bidder numbers."""
    created = entries[0]
    if not isinstance(created, Created):
        raise ValueError("a ledger starts with the creation")  # noqa: TRY004 - not a type fault
    auction = begin(created)
    terms = replace(auction.terms, starts_at_ms=0, first_ends_at_ms=NEVER_MS, window_ms=0, cap_ms=0)
    bids = [entry for entry in entries if isinstance(entry, BidPlaced)]
    numbers = {entry.by: entry.number for entry in bids}
    return replace(auction, terms=terms, ends_at_ms=NEVER_MS, numbers=numbers)


def _bids(
    entries: Sequence[Entry], voided: AbstractSet[int]
) -> Iterator[tuple[BidPlaced | Raised, Bid]]:
    for entry in entries:
        match entry:
            case BidPlaced() if entry.number not in voided:
                by = _nameless(entry.by)
                yield entry, Bid(by, entry.amount_cents, entry.max_cents, entry.key)
            case Raised() if entry.number not in voided:
                yield entry, Bid(_nameless(entry.by), None, entry.max_cents, entry.key)


def _nameless(account_id: AccountId) -> Person:
    """Return who bid, without the name, which no rule reads."""
    return Person(account_id, "")
