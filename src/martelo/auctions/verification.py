"""Verification: a ledger, replayed, must give the stored state (`verify AUCTION`)."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, fields

from martelo.auctions.domain.auction import Auction
from martelo.auctions.domain.entries import Entry, Raised, replay
from martelo.auctions.ports.live_store import AuctionStore
from martelo.auctions.ports.record import Record
from martelo.kernel.ids import AuctionId

PAGE = 500

ReadEntries = Callable[[AuctionId, tuple[int, int], int], list[Entry]]


@dataclass(frozen=True, slots=True)
class Verified:
    """What a verification found; no differences is what is hoped for."""

    where: str
    """`live` or `record`: whose state and ledger were compared."""

    entries: int
    differences: tuple[str, ...]


def verify(store: AuctionStore, record: Record, auction_id: AuctionId) -> list[Verified]:
    """Return what each keeper of the auction says; none where nobody knows it."""
    found: list[Verified] = []
    live = store.read(auction_id, bids=0)
    if live is not None:
        found.append(_compare("live", live.auction, store.entries))
    archived = record.read(auction_id, store.now_ms(), bids=0)
    if archived is not None:
        found.append(_compare("record", archived.auction, record.entries))
    return found


def _compare(where: str, state: Auction, read: ReadEntries) -> Verified:
    # A live ledger may have grown since its state was read.
    until = (state.seq, state.sub)
    entries = [entry for entry in _all(read, state.id) if _position(entry) <= until]
    differences = [*_order_faults(entries)]
    try:
        differences += _state_faults(state, replay(entries))
    except ValueError as error:
        differences.append(str(error))
    return Verified(where, len(entries), tuple(differences))


def _all(read: ReadEntries, auction_id: AuctionId) -> Iterator[Entry]:
    after = (0, 0)
    while page := read(auction_id, after, PAGE):
        yield from page
        after = _position(page[-1])


def _position(entry: Entry) -> tuple[int, int]:
    return entry.seq, entry.sub if isinstance(entry, Raised) else 0


def _order_faults(entries: list[Entry]) -> Iterator[str]:
    """Yield where `seq` has a gap, or `sub` has, or time runs backwards."""
    seq, sub, at_ms = 0, 0, 0
    for entry in entries:
        position = _position(entry)
        if position not in {(seq + 1, 0), (seq, sub + 1)}:
            yield f"{position} follows {(seq, sub)}"
        if entry.at_ms < at_ms:
            yield f"{position} is dated before the entry it follows"
        (seq, sub), at_ms = position, entry.at_ms


def _state_faults(state: Auction, replayed: Auction) -> Iterator[str]:
    for each in fields(Auction):
        stored, expected = getattr(state, each.name), getattr(replayed, each.name)
        if each.name == "numbers":
            # A state holds those numbers that it was asked for, the ledger all of them.
            expected = {account_id: expected.get(account_id) for account_id in stored}
        if stored != expected:
            yield f"{each.name}: stored {stored!r}, replayed {expected!r}"
