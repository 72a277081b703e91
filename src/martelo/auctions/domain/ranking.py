"""The ranking: one line per accepted bid, best first (auction rules, section 5)."""

from collections.abc import Iterable
from dataclasses import dataclass, field

from martelo.auctions.domain.entries import BidOutcome, BidPlaced, Entry, Raised, Voided
from martelo.auctions.domain.voiding import play_again


@dataclass(frozen=True, slots=True)
class RankedBid:
    """The place of a bid."""

    cents: int
    seq: int
    number: int


@dataclass(slots=True)
class _Lines:
    """The ranking so far, by `seq` and bidder number."""

    lines: dict[tuple[int, int], RankedBid] = field(default_factory=dict)
    top: RankedBid | None = None
    ceiling_cents: int = 0

    def add(self, entry: Entry) -> None:
        if isinstance(entry, Raised):
            self.ceiling_cents = entry.max_cents
        elif isinstance(entry, BidPlaced):
            self._add_bid(entry)
            self.ceiling_cents = entry.ceiling_cents

    def _add_bid(self, entry: BidPlaced) -> None:
        top = self.top
        if entry.outcome is BidOutcome.LEADING:
            if top is not None and entry.beaten is not None:
                self._put(RankedBid(self.ceiling_cents, top.seq, top.number))
            self.top = RankedBid(entry.price_cents, entry.seq, entry.number)
        else:
            self._put(RankedBid(entry.stands_cents, entry.seq, entry.number))
            if top is not None:
                self.top = RankedBid(entry.price_cents, top.seq, top.number)
        if self.top is not None:
            self._put(self.top)

    def _put(self, line: RankedBid) -> None:
        self.lines[line.seq, line.number] = line


def ranking(entries: Iterable[Entry]) -> list[RankedBid]:
    """Return the lines that `entries` leave, best first; of equals the earlier one leads.

    A leader's line follows the price and rises to his spent ceiling when he is beaten; a
    challenger outbid at once has the value of his ceiling. A raise adds no line. Voided bids
    have none, and the others those that they would have without them.
    """
    found, before, voided = _Lines(), list[Entry](), set[int]()
    for entry in entries:
        if isinstance(entry, Voided):
            voided.add(entry.number)
            found = _Lines()
            for played in play_again(before, voided)[1]:
                found.add(played)
        else:
            found.add(entry)
        before.append(entry)
    return sorted(found.lines.values(), key=lambda line: (-line.cents, line.seq))
