"""The ranking: one line per accepted bid, best first (auction rules, section 5)."""

from collections.abc import Iterable
from dataclasses import dataclass

from martelo.auctions.domain.entries import BidOutcome, BidPlaced, Entry, Raised


@dataclass(frozen=True, slots=True)
class RankedBid:
    """The place of a bid."""

    cents: int
    seq: int
    number: int


def ranking(entries: Iterable[Entry]) -> list[RankedBid]:
    """Return the lines that `entries` leave, best first; of equals the earlier one leads.

    A leader's line follows the price and rises to his spent ceiling when he is beaten; a
    challenger outbid at once has the value of his ceiling. A raise adds no line.
    """
    lines: dict[int, RankedBid] = {}
    top: RankedBid | None = None
    ceiling_cents = 0
    for entry in entries:
        if isinstance(entry, BidPlaced):
            if entry.outcome is BidOutcome.LEADING:
                if top is not None and entry.beaten is not None:
                    lines[top.seq] = RankedBid(ceiling_cents, top.seq, top.number)
                top = RankedBid(entry.price_cents, entry.seq, entry.number)
            else:
                lines[entry.seq] = RankedBid(entry.stands_cents, entry.seq, entry.number)
                if top is not None:
                    top = RankedBid(entry.price_cents, top.seq, top.number)
            if top is not None:
                lines[top.seq] = top
        ceiling_cents = _ceiling_after(entry, ceiling_cents)
    return sorted(lines.values(), key=lambda line: (-line.cents, line.seq))


def _ceiling_after(entry: Entry, ceiling_cents: int) -> int:
    match entry:
        case BidPlaced():
            return entry.ceiling_cents
        case Raised():
            return entry.max_cents
        case _:
            return ceiling_cents
