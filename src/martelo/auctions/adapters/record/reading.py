"""Reading the record: an archived auction as the live one reads, its history, and lists."""

from collections.abc import Iterator, Mapping, Sequence
from collections.abc import Set as AbstractSet
from contextlib import contextmanager
from dataclasses import replace
from typing import Any

from sqlalchemy import Connection, Engine, Row, Select, desc, func, select, tuple_

from martelo.auctions.adapters.record import tables
from martelo.auctions.adapters.record.rows import STATE_COLUMNS, auction_of, entry_of
from martelo.auctions.adapters.record.searching import (
    auctions_statement,
    bids_statement,
    ends_statement,
    search_statement,
)
from martelo.auctions.domain.auction import Status
from martelo.auctions.domain.entries import Entry
from martelo.auctions.domain.masking import Names
from martelo.auctions.ports.failures import RecordUnavailable
from martelo.auctions.ports.readings import After, Participation, Reading, shown_numbers
from martelo.auctions.ports.record import AuctionQuery
from martelo.auctions.public_entries import DECODER, PublicBid, PublicEntry
from martelo.kernel.ids import AccountId, AuctionId
from martelo.runtime.postgresql.connections import DatabaseUnavailable, named_faults

BID = "bid"


class SqlRecord:
    """`Record` on PostgreSQL."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def read(
        self, auction_id: AuctionId, now_ms: int, *, reader: AccountId | None = None, bids: int = 50
    ) -> Reading | None:
        selected = select(*STATE_COLUMNS).where(tables.auction.c.id == auction_id)
        with self._transaction() as connection:
            row = connection.execute(selected).one_or_none()
            if row is None:
                return None
            newest = _bids(connection, auction_id, None, bids)
            number = _number(connection, auction_id, reader) if reader else None
            auction = auction_of(row)
            numbers = {*shown_numbers(auction), *(bid.number for bid in newest)}
            names = read_names(connection, {auction_id: numbers})[auction_id]
        return Reading(auction, max(now_ms, auction.at_ms), 0, newest, number, names)

    def public_entries(
        self, auction_id: AuctionId, after_seq: int, limit: int
    ) -> list[PublicEntry]:
        columns = tables.ledger_entry.c
        selected = (
            select(columns.public)
            .where(columns.auction_id == auction_id, columns.seq > after_seq, columns.sub == 0)
            .order_by(columns.seq)
            .limit(limit)
        )
        with self._transaction() as connection:
            return [DECODER.decode(public) for public in connection.scalars(selected) if public]

    def public_bids(
        self, auction_id: AuctionId, before_seq: int | None, limit: int
    ) -> list[PublicBid]:
        with self._transaction() as connection:
            return _bids(connection, auction_id, before_seq, limit)

    def names(self, auction_id: AuctionId, numbers: Sequence[int]) -> Names:
        with self._transaction() as connection:
            return read_names(connection, {auction_id: set(numbers)})[auction_id]

    def entries(self, auction_id: AuctionId, after: tuple[int, int], limit: int) -> list[Entry]:
        columns = tables.ledger_entry.c
        selected = (
            select(tables.ledger_entry)
            .where(columns.auction_id == auction_id, tuple_(columns.seq, columns.sub) > after)
            .order_by(columns.seq, columns.sub)
            .limit(limit)
        )
        with self._transaction() as connection:
            return [entry_of(row) for row in connection.execute(selected)]

    def search(
        self, query: AuctionQuery, now_ms: int, after: After | None, limit: int
    ) -> tuple[list[Reading], After | None]:
        statement = search_statement(query, now_ms, after, limit + 1)
        found, onward = self._page(statement, limit, now_ms)
        return [reading for _, reading in found], onward

    def bids_of(
        self, account_id: AccountId, now_ms: int, after: After | None, limit: int
    ) -> tuple[list[Participation], After | None]:
        found, onward = self._page(bids_statement(account_id, after, limit + 1), limit, now_ms)
        taken = [
            Participation(
                replace(reading, reader_number=row.number), row.number, row.best_cents, row.value
            )
            for row, reading in found
        ]
        return taken, onward

    def auctions_of(
        self, account_id: AccountId, now_ms: int, after: After | None, limit: int
    ) -> tuple[list[Reading], After | None]:
        found, onward = self._page(auctions_statement(account_id, after, limit + 1), limit, now_ms)
        return [reading for _, reading in found], onward

    def count_open(self, seller_id: AccountId) -> int:
        columns = tables.auction.c
        counted = select(func.count()).where(
            columns.seller_id == seller_id, columns.status == Status.OPEN.value
        )
        with self._transaction() as connection:
            return connection.scalar(counted) or 0

    def ended_since(
        self, since_ms: int, after: After | None, limit: int
    ) -> tuple[list[Reading], After | None]:
        """Return what ended since then, the earliest first."""
        found, onward = self._page(ends_statement(since_ms, after, limit + 1), limit, 0)
        return [reading for _, reading in found], onward

    def _page(
        self, statement: Select[Any], limit: int, now_ms: int
    ) -> tuple[list[tuple[Row[Any], Reading]], After | None]:
        """Return `limit` rows of a statement for one more, which shows whether a page follows."""
        with self._transaction() as connection:
            rows = connection.execute(statement).all()
            auctions = [auction_of(row) for row in rows[:limit]]
            names = read_names(connection, {each.id: {*shown_numbers(each)} for each in auctions})
        found = [
            (row, Reading(each, max(now_ms, each.at_ms), 0, (), names=names[each.id]))
            for row, each in zip(rows, auctions, strict=False)
        ]
        if len(rows) <= limit:
            return found, None
        last = rows[limit - 1]
        return found, After(last.value, AuctionId(last.id))

    @contextmanager
    def _transaction(self) -> Iterator[Connection]:
        try:
            with named_faults(), self._engine.begin() as connection:
                yield connection
        except DatabaseUnavailable as error:
            raise RecordUnavailable(str(error)) from error


def read_names(
    connection: Connection, numbers: Mapping[AuctionId, AbstractSet[int]]
) -> dict[AuctionId, dict[int, str]]:
    """Return the names of those of `numbers` that have one, lot by lot."""
    found: dict[AuctionId, dict[int, str]] = {auction_id: {} for auction_id in numbers}
    wanted = [(lot, number) for lot, each in numbers.items() for number in sorted(each)]
    if not wanted:
        return found
    columns = tables.person_name.c
    selected = select(columns.auction_id, columns.number, columns.name)
    rows = connection.execute(
        selected.where(tuple_(columns.auction_id, columns.number).in_(wanted))
    )
    for row in rows:
        found[AuctionId(row.auction_id)][row.number] = row.name
    return found


def _bids(
    connection: Connection, auction_id: AuctionId, before_seq: int | None, limit: int
) -> list[PublicBid]:
    columns = tables.ledger_entry.c
    selected = select(columns.public).where(columns.auction_id == auction_id, columns.type == BID)
    if before_seq is not None:
        selected = selected.where(columns.seq < before_seq)
    rows = connection.scalars(selected.order_by(desc(columns.seq)).limit(limit))
    decoded = (DECODER.decode(public) for public in rows if public)
    return [bid for bid in decoded if isinstance(bid, PublicBid)]


def _number(connection: Connection, auction_id: AuctionId, reader: AccountId) -> int | None:
    columns = tables.bidder.c
    selected = select(columns.number).where(columns.auction_id == auction_id)
    return connection.scalar(selected.where(columns.account_id == reader))
