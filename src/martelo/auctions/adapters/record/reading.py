"""Reading the record: an archived auction as the live one reads, its history, and lists."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any

from sqlalchemy import Connection, Engine, Row, Select, desc, select, tuple_

from martelo.auctions.adapters.record import tables
from martelo.auctions.adapters.record.rows import STATE_COLUMNS, auction_of, entry_of
from martelo.auctions.adapters.record.searching import (
    auctions_statement,
    bids_statement,
    ends_statement,
    search_statement,
)
from martelo.auctions.domain.auction import Auction
from martelo.auctions.domain.entries import Entry
from martelo.auctions.ports.failures import RecordUnavailable
from martelo.auctions.ports.readings import After, Participation, Reading
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
        return _reading(row, now_ms, newest, number)

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
        rows, onward = self._page(search_statement(query, now_ms, after, limit + 1), limit)
        return [_reading(row, now_ms) for row in rows], onward

    def bids_of(
        self, account_id: AccountId, now_ms: int, after: After | None, limit: int
    ) -> tuple[list[Participation], After | None]:
        rows, onward = self._page(bids_statement(account_id, after, limit + 1), limit)
        taken = [
            Participation(
                _reading(row, now_ms, (), row.number), row.number, row.best_cents, row.value
            )
            for row in rows
        ]
        return taken, onward

    def auctions_of(
        self, account_id: AccountId, now_ms: int, after: After | None, limit: int
    ) -> tuple[list[Reading], After | None]:
        rows, onward = self._page(auctions_statement(account_id, after, limit + 1), limit)
        return [_reading(row, now_ms) for row in rows], onward

    def ended_since(
        self, since_ms: int, after: After | None, limit: int
    ) -> tuple[list[Auction], After | None]:
        """Return what ended since then, the earliest first."""
        rows, onward = self._page(ends_statement(since_ms, after, limit + 1), limit)
        return [auction_of(row) for row in rows], onward

    def _page(self, statement: Select[Any], limit: int) -> tuple[Sequence[Row[Any]], After | None]:
        """Return `limit` rows of a statement for one more, which shows whether a page follows."""
        with self._transaction() as connection:
            rows = connection.execute(statement).all()
        if len(rows) <= limit:
            return rows, None
        last = rows[limit - 1]
        return rows[:limit], After(last.value, AuctionId(last.id))

    @contextmanager
    def _transaction(self) -> Iterator[Connection]:
        try:
            with named_faults(), self._engine.begin() as connection:
                yield connection
        except DatabaseUnavailable as error:
            raise RecordUnavailable(str(error)) from error


def _reading(
    row: Row[Any], now_ms: int, bids: Sequence[PublicBid] = (), number: int | None = None
) -> Reading:
    auction = auction_of(row)
    return Reading(auction, max(now_ms, auction.at_ms), 0, bids, number)


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
