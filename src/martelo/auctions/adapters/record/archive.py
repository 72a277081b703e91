"""Writing the record: ledgers appended, states brought up to them, in one transaction."""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field

from sqlalchemy import Connection, Engine, delete, select, update
from sqlalchemy.dialects.postgresql import insert

from martelo.auctions.adapters.record import tables, writing
from martelo.auctions.adapters.record.rows import (
    STATE_COLUMNS,
    Values,
    auction_of,
    auction_values,
    line_values,
)
from martelo.auctions.domain.auction import Auction, Status
from martelo.auctions.domain.entries import (
    BidPlaced,
    Closed,
    Created,
    Edited,
    Entry,
    Raised,
    apply,
    begin,
    participant_in,
)
from martelo.auctions.ports.archive import ArchivedUpTo, LedgerLine
from martelo.auctions.ports.failures import LedgerGap, RecordUnavailable
from martelo.kernel.ids import AccountId, AuctionId
from martelo.runtime.postgresql.connections import DatabaseUnavailable, named_faults

REASON_LENGTH = 500


@dataclass(slots=True)
class _Changes:
    """What a batch of ledgers adds, table by table."""

    described: list[Values] = field(default_factory=list)
    """Auctions that are new, or have new texts."""
    moved: list[Values] = field(default_factory=list)
    """Auctions of which only the rest has changed."""
    lines: list[Values] = field(default_factory=list)
    bidders: dict[tuple[AuctionId, AccountId], Values] = field(default_factory=dict)
    names: dict[tuple[AuctionId, int], Values] = field(default_factory=dict)


class SqlArchive:
    """`Archive` on PostgreSQL."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def positions(self, auction_ids: Sequence[AuctionId]) -> dict[AuctionId, ArchivedUpTo]:
        columns = tables.auction.c
        selected = select(columns.id, columns.seq, columns.sub, columns.at_ms)
        with self._transaction() as connection:
            rows = connection.execute(selected.where(columns.id.in_(auction_ids)))
            return {AuctionId(row.id): ArchivedUpTo(row.seq, row.sub, row.at_ms) for row in rows}

    def archive(self, ledgers: Mapping[AuctionId, Sequence[LedgerLine]]) -> None:
        with self._transaction() as connection:
            states = _locked(connection, list(ledgers))
            changes = _Changes()
            for auction_id, lines in ledgers.items():
                _collect(changes, auction_id, states.get(auction_id), lines)
            _write(connection, changes)
            parked = tables.parked_ledger
            connection.execute(delete(parked).where(parked.c.auction_id.in_(list(ledgers))))

    def discard(self, auction_id: AuctionId) -> None:
        stored, discarded = tables.ledger_entry, tables.ledger_discarded
        names = [column.name for column in stored.c]
        with self._transaction() as connection:
            copied = select(stored).where(stored.c.auction_id == auction_id)
            connection.execute(insert(discarded).from_select(names, copied))
            connection.execute(delete(stored).where(stored.c.auction_id == auction_id))
            for table in (tables.bidder, tables.person_name):
                connection.execute(delete(table).where(table.c.auction_id == auction_id))
            connection.execute(delete(tables.auction).where(tables.auction.c.id == auction_id))

    def park(self, auction_id: AuctionId, reason: str) -> None:
        written = insert(tables.parked_ledger).values(
            auction_id=auction_id, reason=reason.replace("\0", "")[:REASON_LENGTH]
        )
        with self._transaction() as connection:
            connection.execute(written.on_conflict_do_nothing())

    def parked(self) -> list[AuctionId]:
        with self._transaction() as connection:
            ids = connection.scalars(select(tables.parked_ledger.c.auction_id))
            return [AuctionId(auction_id) for auction_id in ids]

    def finished_positions(self) -> dict[int, str]:
        columns = tables.finished_position.c
        with self._transaction() as connection:
            rows = connection.execute(select(columns.partition, columns.stream_id))
            return {row.partition: row.stream_id for row in rows}

    def save_finished_positions(self, positions: Mapping[int, str]) -> None:
        if not positions:
            return
        written = insert(tables.finished_position)
        written = written.on_conflict_do_update(
            index_elements=["partition"], set_={"stream_id": written.excluded.stream_id}
        )
        rows = [{"partition": number, "stream_id": at} for number, at in positions.items()]
        with self._transaction() as connection:
            connection.execute(written, rows)

    def overdue(self, before_ms: int, limit: int) -> list[AuctionId]:
        columns = tables.auction.c
        selected = (
            select(columns.id)
            .where(columns.status == Status.OPEN.value, columns.ends_at_ms < before_ms)
            .order_by(columns.ends_at_ms)
            .limit(limit)
        )
        with self._transaction() as connection:
            return [AuctionId(auction_id) for auction_id in connection.scalars(selected)]

    def to_forget(self, before_ms: int, limit: int) -> list[AuctionId]:
        """Return auctions completely archived, ended before `before_ms` and not yet forgotten.

        An end is always the last entry of its ledger, so one that is over here is complete.
        """
        columns = tables.auction.c
        selected = (
            select(columns.id)
            .where(
                columns.live, columns.status != Status.OPEN.value, columns.closed_at_ms < before_ms
            )
            .order_by(columns.closed_at_ms)
            .limit(limit)
        )
        with self._transaction() as connection:
            return [AuctionId(auction_id) for auction_id in connection.scalars(selected)]

    def forgotten(self, auction_ids: Sequence[AuctionId]) -> None:
        noted = update(tables.auction).where(tables.auction.c.id.in_(auction_ids))
        with self._transaction() as connection:
            connection.execute(noted.values(live=False))

    @contextmanager
    def _transaction(self) -> Iterator[Connection]:
        try:
            with named_faults(), self._engine.begin() as connection:
                yield connection
        except DatabaseUnavailable as error:
            raise RecordUnavailable(str(error)) from error


def _locked(connection: Connection, auction_ids: list[AuctionId]) -> dict[AuctionId, Auction]:
    """Return the archived states, held until the transaction's end; locked in one order by all."""
    columns = tables.auction.c
    selected = select(*STATE_COLUMNS).where(columns.id.in_(auction_ids)).order_by(columns.id)
    return {
        AuctionId(row.id): auction_of(row) for row in connection.execute(selected.with_for_update())
    }


def _collect(
    changes: _Changes, auction_id: AuctionId, state: Auction | None, lines: Sequence[LedgerLine]
) -> None:
    reached = (state.seq, state.sub) if state else (0, 0)
    fresh = [line for line in lines if line.position > reached]
    for line in fresh:
        _require_next(auction_id, state, line)
        state = _after(state, line.entry)
        changes.lines.append(line_values(auction_id, line))
        _take_part(changes, auction_id, line.entry)
        _name(changes, auction_id, line)
    if fresh and state is not None:
        texts_change = any(isinstance(line.entry, Created | Edited) for line in fresh)
        changed = changes.described if texts_change else changes.moved
        changed.append(auction_values(state))


def _require_next(auction_id: AuctionId, state: Auction | None, line: LedgerLine) -> None:
    follows = {(1, 0)}
    if state is not None:
        follows = {(state.seq + 1, 0), (state.seq, state.sub + 1)}
    if line.position not in follows:
        at = (state.seq, state.sub) if state else None
        raise LedgerGap(f"{auction_id}: {line.position} does not follow {at}")


def _after(state: Auction | None, entry: Entry) -> Auction:
    if state is None:
        if not isinstance(entry, Created):
            raise LedgerGap("a ledger starts with the creation")
        return begin(entry)
    return apply(state, entry)


def _take_part(changes: _Changes, auction_id: AuctionId, entry: Entry) -> None:
    match entry:
        case BidPlaced():
            account_id, number = entry.by, entry.number
            cents = max(entry.amount_cents or 0, entry.max_cents or 0)
        case Raised():
            account_id, number, cents = entry.by, entry.number, entry.max_cents
        case Closed() if entry.buyer is not None:
            buyer = entry.buyer
            account_id, number, cents = buyer.account_id, buyer.number, buyer.price_cents
        case _:
            return
    key = (auction_id, account_id)
    earlier = changes.bidders.get(key)
    changes.bidders[key] = {
        "auction_id": auction_id,
        "account_id": account_id,
        "number": number,
        "best_cents": max(cents, earlier["best_cents"] if earlier else 0),
        "last_at_ms": entry.at_ms,
    }


def _name(changes: _Changes, auction_id: AuctionId, line: LedgerLine) -> None:
    who = participant_in(line.entry)
    if who is None or line.name is None:
        return
    account_id, number = who
    changes.names[auction_id, number] = {
        "auction_id": auction_id,
        "number": number,
        "account_id": account_id,
        "name": line.name,
    }


def _write(connection: Connection, changes: _Changes) -> None:
    if changes.described:
        connection.execute(writing.DESCRIBE, writing.parameter(changes.described))
    if changes.moved:
        connection.execute(writing.MOVE, writing.parameter(changes.moved))
    if changes.lines:
        connection.execute(writing.APPEND, writing.parameter(changes.lines))
    if changes.bidders:
        connection.execute(writing.TAKE_PART, writing.parameter(list(changes.bidders.values())))
    if changes.names:
        connection.execute(writing.NAME, writing.parameter(list(changes.names.values())))
