"""Lists of the record: each page is read by an index, never in proportion to all auctions."""

from typing import Any

from sqlalchemy import Select, Subquery, asc, desc, select, tuple_, union_all
from sqlalchemy.sql import ColumnElement, func

from martelo.auctions.adapters.record.rows import STATE_COLUMNS
from martelo.auctions.adapters.record.tables import auction, bidder
from martelo.auctions.domain.auction import Status
from martelo.auctions.ports.readings import After
from martelo.auctions.ports.record import AuctionQuery, Listed, Order
from martelo.kernel.ids import AccountId

_BY: dict[Order, tuple[ColumnElement[int], bool]] = {
    Order.ENDS_AT: (auction.c.ends_at_ms, False),
    Order.NEWEST: (auction.c.created_at_ms, True),
    Order.BID_COUNT: (auction.c.bid_count, True),
    Order.CHEAPEST: (auction.c.asked_cents, False),
    Order.DEAREST: (auction.c.asked_cents, True),
}
"""The column of each order, and whether it descends."""

_STATUSES: dict[Listed, tuple[Status, ...]] = {
    Listed.OPEN: (Status.OPEN,),
    Listed.SCHEDULED: (Status.OPEN,),
    Listed.SOLD: (Status.SOLD,),
    Listed.UNSOLD: (Status.UNSOLD,),
    Listed.CANCELLED: (Status.CANCELLED,),
    Listed.ALL: tuple(Status),
}


def search_statement(
    query: AuctionQuery, now_ms: int, after: After | None, limit: int
) -> Select[Any]:
    """Return the statement for `limit` rows: `STATE_COLUMNS` and `value`, what orders them.

    One statement a status, merged: each status then has its index, and one more over all
    statuses, to be written at every bid, is not needed.
    """
    column, descends = _BY[query.order]
    conditions = [
        *_filters(query, now_ms),
        *_beyond(column, auction.c.id, after, descends=descends),
    ]
    towards = desc if descends else asc
    parts = [
        select(*STATE_COLUMNS, column.label("value"))
        .where(auction.c.status == status.value, *conditions)
        .order_by(towards(column), towards(auction.c.id))
        .limit(limit)
        .subquery()
        for status in _STATUSES[query.listed]
    ]
    merged: Subquery = union_all(*(select(part) for part in parts)).subquery()
    value, auction_id = merged.c.value, merged.c.id
    return select(merged).order_by(towards(value), towards(auction_id)).limit(limit)


def bids_statement(account_id: AccountId, after: After | None, limit: int) -> Select[Any]:
    """Return the statement for the lots an account has bid on, its latest bid first."""
    last = bidder.c.last_at_ms
    return (
        select(*STATE_COLUMNS, last.label("value"), bidder.c.number, bidder.c.best_cents)
        .join_from(bidder, auction, auction.c.id == bidder.c.auction_id)
        .where(
            bidder.c.account_id == account_id,
            *_beyond(last, bidder.c.auction_id, after, descends=True),
        )
        .order_by(desc(last), desc(bidder.c.auction_id))
        .limit(limit)
    )


def auctions_statement(account_id: AccountId, after: After | None, limit: int) -> Select[Any]:
    """Return the statement for what an account sells, the newest first."""
    created = auction.c.created_at_ms
    return (
        select(*STATE_COLUMNS, created.label("value"))
        .where(
            auction.c.seller_id == account_id,
            *_beyond(created, auction.c.id, after, descends=True),
        )
        .order_by(desc(created), desc(auction.c.id))
        .limit(limit)
    )


def ends_statement(since_ms: int, after: After | None, limit: int) -> Select[Any]:
    """Return the statement for what ended since then, the earliest first."""
    closed = auction.c.closed_at_ms
    return (
        select(*STATE_COLUMNS, closed.label("value"))
        .where(
            closed >= since_ms,
            *_beyond(closed, auction.c.id, after, descends=False),
        )
        .order_by(closed, auction.c.id)
        .limit(limit)
    )


def _filters(query: AuctionQuery, now_ms: int) -> list[ColumnElement[bool]]:
    columns = auction.c
    found: list[ColumnElement[bool]] = []
    if query.listed is Listed.OPEN:
        # Between its end and its closing an auction takes no bids, and is in no list but `all`.
        found += [columns.starts_at_ms <= now_ms, columns.ends_at_ms > now_ms]
    if query.listed is Listed.SCHEDULED:
        found.append(columns.starts_at_ms > now_ms)
    if query.category is not None:
        found.append(columns.category == query.category)
    if query.seller_id is not None:
        found.append(columns.seller_id == query.seller_id)
    if query.price_min_cents is not None:
        found.append(columns.asked_cents >= query.price_min_cents)
    if query.price_max_cents is not None:
        found.append(columns.asked_cents <= query.price_max_cents)
    if query.ends_before_ms is not None:
        found.append(columns.ends_at_ms < query.ends_before_ms)
    if query.text is not None:
        wanted = func.websearch_to_tsquery("portuguese", func.fold(query.text))
        found.append(columns.search.bool_op("@@")(wanted))
    return found


def _beyond(
    value: ColumnElement[int] | ColumnElement[int | None],
    auction_id: ColumnElement[str],
    after: After | None,
    *,
    descends: bool,
) -> list[ColumnElement[bool]]:
    """Return the condition of what follows a page: a comparison of rows, which an index answers."""
    if after is None:
        return []
    stand, end = tuple_(value, auction_id), tuple_(after.value, after.auction_id)
    return [stand < end if descends else stand > end]
