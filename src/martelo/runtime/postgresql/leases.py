"""Work in rows of PostgreSQL: claimed by one worker until its lease expires.

A row is due from `due_at` on, and never where that is null. Who claims it gets a token and moves
`due_at` to the end of the lease, so the row of a worker that died is due again by itself.
Every statement that writes a claimed row demands the token, so a worker that outlived its lease
writes nothing. `SKIP LOCKED` lets any number of workers claim side by side. Only the database's
clock counts.

A table of work has the columns of `WorkColumns` and an index on `due_at` where it is not null.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import (
    BigInteger,
    Column,
    ColumnElement,
    DateTime,
    Identity,
    Named,
    Table,
    TypedColumns,
    Update,
    Uuid,
    and_,
    select,
    update,
)
from sqlalchemy.sql import func


class WorkColumns(TypedColumns):
    """What a table of work has; `attempts` counts the claims that were not given back."""

    id: Named[int] = Column(BigInteger, Identity(), primary_key=True)
    due_at: Named[datetime | None] = Column(DateTime(timezone=True))
    token: Named[UUID | None] = Column(Uuid)
    attempts: Named[int] = Column(BigInteger)


@dataclass(frozen=True, slots=True)
class Claim:
    """One worker's hold on a row, good until its lease is over."""

    id: int
    token: UUID


def claim(table: Table[Any], *, limit: int, lease: timedelta) -> Update:
    """Return the statement that claims up to `limit` due rows, the longest due first.

    The caller adds `.values()` of its own and `.returning()`.
    """
    columns = table.c
    due = (
        select(columns.id)
        .where(columns.due_at <= func.now())
        .order_by(columns.due_at, columns.id)
        .limit(limit)
        .with_for_update(skip_locked=True)
        # Apart, since a planner may run a subquery of the update more than once.
        .cte("due")
    )
    return (
        update(table)
        .where(columns.id == due.c.id)
        .values(
            token=func.gen_random_uuid(),
            due_at=func.now() + lease,
            attempts=columns.attempts + 1,
        )
    )


def held(table: Table[Any], claim: Claim) -> ColumnElement[bool]:
    """Return the condition that a row is still this claim's: nobody claimed it since."""
    return and_(table.c.id == claim.id, table.c.token == claim.token)


def held_for(table: Table[Any], claim: Claim, left: timedelta) -> ColumnElement[bool]:
    """Return the condition that a row is still this claim's, and will be for `left`."""
    return and_(held(table, claim), table.c.due_at > func.now() + left)
