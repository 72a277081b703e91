"""The specification as a store: `AuctionStore` in memory, by the pure rules and a manual clock."""

from collections import defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from typing import TypeVar

from martelo.auctions.adapters.live_store.keys import partition_of
from martelo.auctions.domain import closing, creating
from martelo.auctions.domain.answers import Announced, Bought, Done, Ended, Opened, Placed
from martelo.auctions.domain.auction import Auction, Person, Texts
from martelo.auctions.domain.bidding import Bid, place_bid
from martelo.auctions.domain.creating import Draft
from martelo.auctions.domain.entries import BidOutcome, BidPlaced, Entry, Raised, apply, begin
from martelo.auctions.domain.masking import SELLER_NUMBER, Names
from martelo.auctions.domain.refusals import (
    AuctionNotFound,
    IdempotencyKeyReused,
    InvalidAuction,
)
from martelo.auctions.domain.voiding import void_bids
from martelo.auctions.ports.failures import Failure, StaleEdit
from martelo.auctions.ports.readings import (
    Cursor,
    Reading,
    ServerState,
    Upcoming,
    shown_numbers,
)
from martelo.auctions.public_entries import PublicBid, PublicEntry, public_entry
from martelo.kernel.ids import AccountId, AuctionId
from martelo.kernel.refusal import Refusal

Answer = TypeVar("Answer", Placed, Bought, Done)


@dataclass
class _Lot:
    auction: Auction
    entries: list[Entry]
    public: list[PublicEntry]
    names: dict[int, str]
    answers: dict[tuple[AccountId, str], tuple[object, object]] = field(default_factory=dict)

    def append(self, entry: Entry) -> None:
        before = self.auction
        self.auction = apply(before, entry)
        self.entries.append(entry)
        shown = public_entry(entry, before, self.auction)
        if shown is not None:
            self.public.append(shown)


class MemoryStore:
    """`AuctionStore` whose clock is `clock_ms`, set by the test."""

    def __init__(self, *, confirmation_factor: int = 0) -> None:
        self._confirmation_factor = confirmation_factor
        self.clock_ms = 0
        self._lots: dict[AuctionId, _Lot] = {}

    def now_ms(self) -> int:
        return self.clock_ms

    def check_writes(self) -> None:
        """Accept everything."""

    def server_states(self) -> list[ServerState]:
        return []

    def create(
        self, auction_id: AuctionId, seller: Person, draft: Draft, *, fingerprint: str = ""
    ) -> Opened | Refusal:
        known = self._lots.get(auction_id)
        if known is not None:
            entry = known.entries[0]
            if fingerprint and getattr(entry, "fingerprint", None) == fingerprint:
                return Opened(entry, replayed=True)  # type: ignore[arg-type]
            return IdempotencyKeyReused()
        try:
            entry = creating.create(
                auction_id, seller, draft, self.clock_ms, fingerprint=fingerprint
            )
        except InvalidAuction as refusal:
            return refusal
        auction = begin(entry)
        shown = public_entry(entry, None, auction)
        assert shown is not None
        self._lots[auction_id] = _Lot(auction, [entry], [shown], {SELLER_NUMBER: seller.name})
        return Opened(entry)

    def place_bid(self, auction_id: AuctionId, bid: Bid) -> Placed | Refusal:
        def decide(lot: _Lot) -> Placed:
            factor = self._confirmation_factor
            entry = place_bid(lot.auction, bid, self.clock_ms, confirmation_factor=factor)
            lot.append(entry)
            lot.names[entry.number] = bid.by.name
            return _placed(entry, lot.auction)

        request = ("bid", bid.amount_cents, bid.max_cents)
        return self._decide(auction_id, bid.by, bid.key, request, decide)

    def buy_now(
        self, auction_id: AuctionId, buyer: Person, *, key: str | None = None
    ) -> Bought | Refusal:
        def decide(lot: _Lot) -> Bought:
            entry = closing.buy_now(lot.auction, buyer, key, self.clock_ms)
            lot.append(entry)
            assert entry.buyer is not None
            lot.names[entry.buyer.number] = buyer.name
            return Bought(entry.seq, entry.buyer.price_cents, entry.at_ms)

        return self._decide(auction_id, buyer, key, "buy_now", decide)

    def cancel(
        self,
        auction_id: AuctionId,
        by: Person,
        *,
        reason: str,
        is_admin: bool,
        key: str | None = None,
    ) -> Done | Refusal:
        def decide(lot: _Lot) -> Done:
            entry = closing.cancel(
                lot.auction, by, reason=reason, is_admin=is_admin, key=key, now_ms=self.clock_ms
            )
            lot.append(entry)
            return Done(entry.seq, entry.at_ms)

        return self._decide(auction_id, by, key, ("cancel", reason), decide)

    def extend(
        self, auction_id: AuctionId, by: Person, *, minutes: int, reason: str, key: str | None
    ) -> Done | Refusal:
        def decide(lot: _Lot) -> Done:
            entry = closing.extend(
                lot.auction, by, minutes=minutes, reason=reason, key=key, now_ms=self.clock_ms
            )
            lot.append(entry)
            return Done(entry.seq, entry.at_ms)

        return self._decide(auction_id, by, key, ("extend", minutes, reason), decide)

    def void_bids(
        self, auction_id: AuctionId, by: Person, *, number: int, reason: str, key: str | None
    ) -> Done | Refusal:
        def decide(lot: _Lot) -> Done:
            entry = void_bids(
                lot.auction,
                lot.entries,
                by,
                number=number,
                reason=reason,
                key=key,
                now_ms=self.clock_ms,
            )
            lot.append(entry)
            return Done(entry.seq, entry.at_ms)

        return self._decide(auction_id, by, key, ("void", number, reason), decide)

    def edit(self, auction_id: AuctionId, by: Person, texts: Texts, *, seq: int) -> Done | Refusal:
        def decide(lot: _Lot) -> Done:
            entry = closing.edit(lot.auction, by, texts, self.clock_ms)
            if lot.auction.seq != seq:
                raise StaleEdit
            lot.append(entry)
            return Done(entry.seq, entry.at_ms)

        return self._decide(auction_id, by, None, None, decide)

    def close(self, auction_ids: Sequence[AuctionId]) -> list[Ended | None]:
        ended: list[Ended | None] = []
        for lot in map(self._lots.get, auction_ids):
            entry = lot and closing.close(lot.auction, self.clock_ms)
            if lot and entry:
                lot.append(entry)
            ended.append(Ended(entry.status, entry.seq, entry.at_ms) if entry else None)
        return ended

    def announce(self, auction_ids: Sequence[AuctionId]) -> list[Announced | None]:
        announced: list[Announced | None] = []
        for lot in map(self._lots.get, auction_ids):
            entry = lot and closing.announce(lot.auction, self.clock_ms)
            if lot and entry:
                lot.append(entry)
            announced.append(Announced(entry.seq, entry.at_ms, entry.minutes) if entry else None)
        return announced

    def close_due(
        self, partitions: Sequence[int], limit: int
    ) -> dict[int, list[Ended | None] | Failure]:
        return {
            partition: self.close(
                [c.auction_id for c in self._open_ends(partition) if c.ends_at_ms <= self.clock_ms][
                    :limit
                ]
            )
            for partition in partitions
        }

    def announce_due(
        self, partitions: Sequence[int], limit: int
    ) -> dict[int, list[Announced | None] | Failure]:
        return {
            partition: self.announce(
                [name for at_ms, name in self._marks(partition) if at_ms <= self.clock_ms][:limit]
            )
            for partition in partitions
        }

    def upcoming(self) -> Upcoming:
        partitions = {partition_of(auction_id) for auction_id in self._lots}
        ends = {p: [c.ends_at_ms for c in self._open_ends(p)] for p in partitions}
        marks = {p: [at_ms for at_ms, _ in self._marks(p)] for p in partitions}
        firsts = [at_ms for found in (ends, marks) for each in found.values() for at_ms in each[:1]]
        return Upcoming(
            to_close=[p for p, found in ends.items() if found and found[0] <= self.clock_ms],
            to_announce=[p for p, found in marks.items() if found and found[0] <= self.clock_ms],
            next_ms=min((at_ms - self.clock_ms for at_ms in firsts), default=None),
            clocks_ms=dict.fromkeys(partitions, self.clock_ms),
        )

    def read(
        self, auction_id: AuctionId, *, reader: AccountId | None = None, bids: int = 50
    ) -> Reading | None:
        lot = self._lots.get(auction_id)
        if lot is None:
            return None
        newest = [entry for entry in reversed(lot.public) if isinstance(entry, PublicBid)][:bids]
        number = lot.auction.numbers.get(reader) if reader else None
        now_ms = max(self.clock_ms, lot.auction.at_ms)
        numbers = {*shown_numbers(lot.auction), *(bid.number for bid in newest)}
        return Reading(lot.auction, now_ms, 0, newest, number, self.names(auction_id, [*numbers]))

    def read_many(self, auction_ids: Sequence[AuctionId]) -> dict[AuctionId, Reading]:
        readings = {auction_id: self.read(auction_id, bids=0) for auction_id in auction_ids}
        return {name: reading for name, reading in readings.items() if reading is not None}

    def open_by_end(self, after: Cursor | None, limit: int) -> tuple[list[Reading], Cursor | None]:
        ends = sorted(
            (cursor for partition in range(100) for cursor in self._open_ends(partition)),
            key=lambda cursor: (cursor.ends_at_ms, cursor.auction_id),
        )
        page: list[Reading] = []
        left = [
            c
            for c in ends
            if after is None or (c.ends_at_ms, c.auction_id) > (after.ends_at_ms, after.auction_id)
        ]
        for cursor in left:
            reading = self.read(cursor.auction_id, bids=0)
            if reading is not None and reading.auction.is_active(self.clock_ms):
                page.append(reading)
            if len(page) == limit:
                return page, None if cursor is left[-1] else cursor
        return page, None

    def entries(self, auction_id: AuctionId, after: tuple[int, int], limit: int) -> list[Entry]:
        lot = self._lots.get(auction_id)
        entries = lot.entries if lot else []
        return [e for e in entries if (e.seq, getattr(e, "sub", 0)) > after][:limit]

    def public_entries(
        self, auction_id: AuctionId, after_seq: int, limit: int
    ) -> list[PublicEntry]:
        lot = self._lots.get(auction_id)
        return [entry for entry in (lot.public if lot else []) if entry.seq > after_seq][:limit]

    def public_bids(
        self, auction_id: AuctionId, before_seq: int | None, limit: int
    ) -> list[PublicBid]:
        lot = self._lots.get(auction_id)
        newest = reversed(lot.public if lot else [])
        bids = (entry for entry in newest if isinstance(entry, PublicBid))
        return [bid for bid in bids if before_seq is None or bid.seq < before_seq][:limit]

    def names(self, auction_id: AuctionId, numbers: Sequence[int]) -> Names:
        lot = self._lots.get(auction_id)
        names = lot.names if lot else {}
        return {number: names[number] for number in numbers if number in names}

    def erase_names(self, numbers: Sequence[tuple[AuctionId, int]]) -> None:
        for auction_id, number in numbers:
            if auction_id in self._lots:
                self._lots[auction_id].names.pop(number, None)

    def forget(self, auction_ids: Sequence[AuctionId]) -> None:
        for auction_id in auction_ids:
            self._lots.pop(auction_id, None)

    def _decide(
        self,
        auction_id: AuctionId,
        by: Person,
        key: str | None,
        request: object,
        decide: Callable[[_Lot], Answer],
    ) -> Answer | Refusal:
        lot = self._lots.get(auction_id)
        if lot is None:
            return AuctionNotFound()
        if key is not None and (by.account_id, key) in lot.answers:
            previous, answer = lot.answers[by.account_id, key]
            if previous != request:
                return IdempotencyKeyReused()
            return replace(answer, replayed=True)  # type: ignore[type-var, return-value]
        try:
            decided = decide(lot)
        except Refusal as refusal:
            return refusal
        if key is not None:
            lot.answers[by.account_id, key] = (request, decided)
        return decided

    def _open_ends(self, partition: int) -> list[Cursor]:
        by_end: dict[int, list[AuctionId]] = defaultdict(list)
        for auction_id, lot in self._lots.items():
            if partition_of(auction_id) == partition and lot.auction.ending is None:
                by_end[lot.auction.ends_at_ms].append(auction_id)
        return [Cursor(end, name) for end in sorted(by_end) for name in sorted(by_end[end])]

    def _marks(self, partition: int) -> list[tuple[int, AuctionId]]:
        lots = {c.auction_id: self._lots[c.auction_id].auction for c in self._open_ends(partition)}
        return sorted(
            (auction.ends_at_ms - auction.pending_marks[0] * 60_000, auction_id)
            for auction_id, auction in lots.items()
            if auction.pending_marks
        )


def _placed(entry: BidPlaced | Raised, after: Auction) -> Placed:
    assert after.lead is not None
    return Placed(
        outcome=BidOutcome.LEADING if isinstance(entry, Raised) else entry.outcome,
        seq=after.seq,
        sub=after.sub,
        price_cents=after.lead.price_cents,
        minimum_cents=after.minimum_bid_cents,
        bid_count=after.bid_count,
        ends_at_ms=after.ends_at_ms,
        at_ms=after.at_ms,
        number=entry.number,
    )
