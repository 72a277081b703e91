"""Ended auctions from the auctions API: the lot, its public ledger, the latest ends."""

from collections import deque
from dataclasses import dataclass, field, replace
from itertools import count
from typing import Literal
from urllib.parse import quote

import msgspec

from martelo.agent.adapters.sources.context_client import ContextClient
from martelo.agent.domain.facts import Facts, House, PublicBid, Status
from martelo.agent.ports.contexts import ContextUnavailable, LotNotFound
from martelo.contracts.finished import DECODER, AuctionFinished
from martelo.kernel.ids import AuctionId
from martelo.kernel.instants import parse_instant
from martelo.kernel.money import parse_amount
from martelo.runtime.bounded_cache import BoundedCache

CACHE_SIZE = 32
"""Several effects need the same auction in a short time, and an ended one does not change."""

PAGE_SIZE = 100
MAX_BIDS = 200
MAX_PAGES = 1_000


class _Name(msgspec.Struct, frozen=True):
    name: str | None
    """`None` of a closed account, as below."""


class _Result(msgspec.Struct, frozen=True):
    winner: _Name | None = None
    reason: str | None = None
    by: Literal["seller", "admin"] | None = None
    """Who cancelled."""


class _Lot(msgspec.Struct, frozen=True):
    title: str
    description: str
    seller: _Name
    status: str
    starting_price: str
    bid_count: int
    reserve_met: bool | None
    created_at: str
    starts_at: str
    ends_at: str
    result: _Result | None = None


class _Bidder(msgspec.Struct, frozen=True):
    number: int
    name: str | None


class _LedgerEntry(msgspec.Struct, frozen=True):
    type: str
    at: str
    bidder: _Bidder | None = None
    amount: str | None = None
    automatic: bool = False
    ends_at: str | None = None
    number: int | None = None
    """Of `voided`: the bidder whose bids no longer count."""


class _Ledger(msgspec.Struct, frozen=True):
    items: list[_LedgerEntry]
    next_cursor: str | None


class _Ends(msgspec.Struct, frozen=True):
    items: list[AuctionFinished]
    next_cursor: str | None


_LOT = msgspec.json.Decoder(_Lot)
_LEDGER = msgspec.json.Decoder(_Ledger)
_ENDS = msgspec.json.Decoder(_Ends)


@dataclass
class _LedgerSummary:
    """The bids, bidders and extensions in a ledger; voided bids do not count."""

    bids: deque[PublicBid] = field(default_factory=lambda: deque(maxlen=MAX_BIDS))
    bidders: set[int] = field(default_factory=set)
    extensions: int = 0
    ends_at: str | None = None

    def add(self, entry: _LedgerEntry) -> None:
        """Add the next entry."""
        if entry.type == "bid" and entry.bidder is not None and entry.amount is not None:
            self.bidders.add(entry.bidder.number)
            self.bids.append(
                PublicBid(
                    number=entry.bidder.number,
                    shown=entry.bidder.name or "",
                    amount_cents=_cents(entry.amount),
                    at_ms=_ms(entry.at),
                    automatic=entry.automatic,
                )
            )
            self.extensions += entry.ends_at != self.ends_at
        if entry.type in {"created", "bid", "rescheduled"}:
            self.ends_at = entry.ends_at
        if entry.type == "voided" and entry.number is not None:
            self._remove(entry.number)

    def _remove(self, number: int) -> None:
        self.bidders.discard(number)
        left = [bid for bid in self.bids if bid.number != number]
        self.bids = deque(left, maxlen=MAX_BIDS)


class HttpLots:
    """`Lots` over HTTP: auctions through the `public` API, ends through the `service` one."""

    def __init__(self, public: ContextClient, service: ContextClient) -> None:
        self._public = public
        self._service = service
        self._cache: BoundedCache[Facts] = BoundedCache(CACHE_SIZE)

    def facts(self, end: AuctionFinished, house: House) -> Facts:
        """Return what is known of an ended auction."""
        facts = self._cache.get(end.event_id)
        if facts is None:
            facts = self._read(end)
            self._cache.put(end.event_id, facts)
        return replace(facts, house=house)

    def ends_after(self, after: str | None) -> tuple[list[AuctionFinished], str | None]:
        """Return a page of the ends of the last days, and the cursor of the next one."""
        begin = "" if after is None else f"&after={quote(after, safe='')}"
        page = self._service.get(f"/internal/auctions/finished?limit={PAGE_SIZE}{begin}", _ENDS)
        if page is None:
            raise ContextUnavailable("no ends of the last days")
        return page.items, page.next_cursor

    def _read(self, end: AuctionFinished) -> Facts:
        path = f"/auction/{quote(end.auction_id, safe='')}"
        lot = self._public.get(path, _LOT)
        if lot is None:
            raise LotNotFound(end.auction_id)
        if lot.status != end.status:
            raise ContextUnavailable(f"the lot is still {lot.status}, not {end.status}")
        # What the streams and hints say is stored without names, which are read here.
        named = self._service.get(f"/internal{path}/finished", DECODER)
        if named is None:
            raise ContextUnavailable("the end is not in the record yet")
        return _facts(named, lot, self._summarize(path))

    def _summarize(self, path: str) -> _LedgerSummary:
        summary, begin = _LedgerSummary(), ""
        for number in count():
            page = self._public.get(f"{path}/ledger?limit={PAGE_SIZE}{begin}", _LEDGER)
            if page is None or number == MAX_PAGES:
                raise ContextUnavailable("the ledger is not complete")
            for entry in page.items:
                summary.add(entry)
            if page.next_cursor is None:
                break
            begin = f"&cursor={quote(page.next_cursor, safe='')}"
        return summary


def _facts(end: AuctionFinished, lot: _Lot, summary: _LedgerSummary) -> Facts:
    result = lot.result or _Result()
    return Facts(
        auction_id=AuctionId(end.auction_id),
        status=Status(end.status),
        title=lot.title,
        description=lot.description,
        seller_name=end.seller.name or "",
        starting_cents=_cents(lot.starting_price),
        created_at_ms=_ms(lot.created_at),
        starts_at_ms=_ms(lot.starts_at),
        ends_at_ms=_ms(lot.ends_at),
        closed_at_ms=_ms(end.closed_at),
        bid_count=lot.bid_count,
        bidder_count=len(summary.bidders),
        reserve_met=lot.reserve_met,
        sold_by=end.sold_by,
        final_cents=None if end.final_price is None else _cents(end.final_price),
        winner_name=(end.winner.name or "") if end.winner else None,
        winner_shown=(result.winner.name or "") if result.winner else None,
        cancelled_by_seller=None if result.by is None else result.by == "seller",
        reason=result.reason or None,
        extensions=summary.extensions,
        bids=tuple(summary.bids),
        house=House(),
    )


def _cents(text: str) -> int:
    cents = parse_amount(text)
    if cents is None:
        raise ContextUnavailable("an amount is malformed")
    return cents


def _ms(text: str) -> int:
    at_ms = parse_instant(text)
    if at_ms is None:
        raise ContextUnavailable("an instant is malformed")
    return at_ms
