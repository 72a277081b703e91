"""Writing many rows in one statement: they go as one JSON text, read by the database as a table.

A statement a row costs both sides more than what it does; arrays of columns would do as well,
had not some columns arrays of their own.
"""

from collections.abc import Iterable, Sequence

import orjson
from sqlalchemy import Column, Update, bindparam, cast, select, tuple_, update
from sqlalchemy.dialects.postgresql import JSONB, Insert, insert
from sqlalchemy.sql import TableValuedAlias, func

from martelo.auctions.adapters.record import tables
from martelo.auctions.adapters.record.rows import STATE_COLUMNS, Values
from martelo.runtime.postgresql.json_text import JsonText

ROWS = "rows"
"""The parameter of every statement here."""

MOVING = (
    *("first_ends_at_ms", "ends_at_ms", "status", "pending_marks"),
    *("leader_id", "leader_number", "price_cents", "ceiling_cents", "line_seq"),
    *("bid_count", "bidder_count", "voided", "closed_at_ms", "sold_by", "reason", "cancelled_by"),
    *("seq", "sub", "at_ms", "live"),
)
"""The columns that entries other than a creation or an edit change."""


def _rows_of(columns: Iterable[Column[object]]) -> TableValuedAlias:
    """Return the rows of parameter `ROWS` as a table with these columns."""
    typed = (
        Column(column.name, JSONB if isinstance(column.type, JsonText) else column.type)
        for column in columns
    )
    text = cast(bindparam(ROWS), JSONB)
    return func.jsonb_to_recordset(text).table_valued(*typed).render_derived(with_types=True)


def parameter(rows: Sequence[Values]) -> dict[str, str]:
    """Return the parameter that carries `rows`."""
    return {ROWS: orjson.dumps(rows).decode()}


def _describe() -> Insert:
    """Return the statement that writes complete auctions.

    Nothing to lock stops two workers from archiving a first entry at once: the later one stays.
    """
    names = [column.name for column in STATE_COLUMNS]
    written = insert(tables.auction).from_select(names, select(_rows_of(STATE_COLUMNS)))
    row, stored = written.excluded, tables.auction.c
    return written.on_conflict_do_update(
        index_elements=["id"],
        set_={name: row[name] for name in names if name != "id"},
        where=tuple_(stored.seq, stored.sub) <= tuple_(row.seq, row.sub),
    )


def _move() -> Update:
    """Return what writes all of an auction but what is fixed, and its texts.

    What is searched for is made of the texts, and would be computed again if they were written.
    """
    rows, stored = _rows_of(STATE_COLUMNS), tables.auction.c
    return (
        update(tables.auction)
        .where(
            stored.id == rows.c.id,
            tuple_(stored.seq, stored.sub) <= tuple_(rows.c.seq, rows.c.sub),
        )
        .values({name: rows.c[name] for name in MOVING})
    )


def _append() -> Insert:
    columns = tables.ledger_entry.c
    names = [column.name for column in columns]
    written = insert(tables.ledger_entry).from_select(names, select(_rows_of(columns)))
    return written.on_conflict_do_nothing()


def _take_part() -> Insert:
    columns = tables.bidder.c
    names = [column.name for column in columns]
    written = insert(tables.bidder).from_select(names, select(_rows_of(columns)))
    row = written.excluded
    return written.on_conflict_do_update(
        index_elements=["auction_id", "account_id"],
        set_={
            "best_cents": func.greatest(columns.best_cents, row.best_cents),
            "last_at_ms": func.greatest(columns.last_at_ms, row.last_at_ms),
        },
    )


def _name() -> Insert:
    """Return what writes names, but for closed accounts."""
    columns, closed = tables.person_name.c, tables.closed_account.c
    names = [column.name for column in columns]
    rows = _rows_of(columns)
    is_closed = select(closed.account_id).where(closed.account_id == rows.c.account_id).exists()
    written = insert(tables.person_name).from_select(names, select(rows).where(~is_closed))
    return written.on_conflict_do_update(
        index_elements=["auction_id", "number"], set_={"name": written.excluded.name}
    )


DESCRIBE, MOVE, APPEND, TAKE_PART = _describe(), _move(), _append(), _take_part()
NAME = _name()
