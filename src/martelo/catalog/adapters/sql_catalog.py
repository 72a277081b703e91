"""Lists and single products out of PostgreSQL; each page is read by an index."""

from typing import Any

from sqlalchemy import Engine, Select, and_, asc, desc, exists, select, text, tuple_
from sqlalchemy.sql import ColumnElement, func

from martelo.catalog.adapters.rows import product_of, select_products
from martelo.catalog.adapters.tables import category, product, stock
from martelo.catalog.domain.products import Category, Product, ProductId, Status
from martelo.catalog.ports import After, CountedCategory, Order, OwnQuery, Page, ProductQuery
from martelo.kernel.ids import AccountId
from martelo.runtime.postgresql.connections import DatabaseUnavailable, named_faults

MAX_RANKED = 2_000
"""Matches that a search ranks, the newest: a common word would have it rank every product."""

MAX_FAMILY_LISTED = 50
RANK_SCALE = 1_000_000
"""A rank is a fraction; its millionths are compared, so that a cursor holds a whole number."""

_BY: dict[Order, tuple[ColumnElement[Any], bool]] = {
    Order.NEWEST: (product.c.published_at_ms, True),
    Order.CHEAPEST: (product.c.price_cents, False),
    Order.DEAREST: (product.c.price_cents, True),
    Order.NAME: (product.c.sort_name, False),
}
"""The column of each order, and whether it descends."""

_IS_PUBLISHED = product.c.status == Status.PUBLISHED.value


class SqlCatalog:
    """`Catalog` on PostgreSQL."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def is_up(self) -> bool:
        """Return whether it answers."""
        try:
            with named_faults(), self._engine.connect() as connection:
                connection.execute(text("SELECT 1"))
        except DatabaseUnavailable:
            return False
        return True

    def find(self, product_id: ProductId) -> Product | None:
        """Return a product of any status."""
        found = self._read(select_products().where(product.c.id == product_id))
        return found[0] if found else None

    def find_family(self, product_: Product) -> list[Product]:
        """Return the published products of its family, itself among them; none without one."""
        if product_.details.family is None:
            return []
        statement = select_products().where(
            _IS_PUBLISHED,
            product.c.seller_id == product_.seller.id,
            product.c.family == product_.details.family,
        )
        return self._read(statement.order_by(product.c.id).limit(MAX_FAMILY_LISTED))

    def search(self, query: ProductQuery, after: After | None, limit: int) -> Page:
        """Return a page of published products."""
        if query.order is Order.RELEVANCE:
            return self._page(_ranked(query), after, limit)
        column, descends = _BY[query.order]
        statement = select_products().add_columns(column.label("value")).where(*_filters(query))
        return self._page((statement, column, product.c.id, descends), after, limit)

    def find_own(
        self, seller_id: AccountId, query: OwnQuery, after: After | None, limit: int
    ) -> Page:
        """Return a page of a seller's products, the newest first."""
        column = product.c.id
        statement = select_products().add_columns(column.label("value"))
        statement = statement.where(product.c.seller_id == seller_id)
        if query.status is not None:
            statement = statement.where(product.c.status == query.status.value)
        if query.low_stock:
            available = stock.c.quantity - stock.c.reserved
            statement = statement.where(available <= product.c.low_stock_at)
        return self._page((statement, column, column, True), after, limit)

    def find_category(self, slug: str) -> Category | None:
        """Return a category."""
        with named_faults(), self._engine.connect() as connection:
            row = connection.execute(select(category).where(category.c.slug == slug)).one_or_none()
        return None if row is None else Category(row.slug, row.name, row.food)

    def list_categories(self) -> list[CountedCategory]:
        """Return all categories, by name."""
        counted = (
            select(product.c.category, func.count().label("product_count"))
            .where(_IS_PUBLISHED)
            .group_by(product.c.category)
            .subquery()
        )
        count = func.coalesce(counted.c.product_count, 0).label("product_count")
        statement = (
            select(category, count)
            .select_from(category.outerjoin(counted, counted.c.category == category.c.slug))
            .order_by(func.fold(category.c.name), category.c.slug)
        )
        with named_faults(), self._engine.connect() as connection:
            rows = connection.execute(statement).all()
        return [
            CountedCategory(Category(row.slug, row.name, row.food), row.product_count)
            for row in rows
        ]

    def _read(self, statement: Select[Any]) -> list[Product]:
        with named_faults(), self._engine.connect() as connection:
            return [product_of(row) for row in connection.execute(statement)]

    def _page(self, listed: "_Listed", after: After | None, limit: int) -> Page:
        statement, value, product_id, descends = listed
        if after is not None:
            stand, end = tuple_(value, product_id), tuple_(after.value, after.product_id)
            statement = statement.where(stand < end if descends else stand > end)
        towards = desc if descends else asc
        # One more than the page holds says whether another follows.
        statement = statement.order_by(towards(value), towards(product_id)).limit(limit + 1)
        with named_faults(), self._engine.connect() as connection:
            rows = connection.execute(statement).all()
        products = [product_of(row) for row in rows[:limit]]
        if len(rows) <= limit:
            return products, None
        return products, After(rows[limit - 1].value, products[-1].id)


_Listed = tuple[Select[Any], ColumnElement[Any], ColumnElement[int], bool]
"""A statement that has `value`, what it is sorted by, first and then, and whether it descends."""


def _ranked(query: ProductQuery) -> _Listed:
    """Return the newest matches, to be sorted by how well they match."""
    newest = (
        select(product.c.id)
        .where(*_filters(query))
        .order_by(desc(product.c.published_at_ms), desc(product.c.id))
        .limit(MAX_RANKED)
        .subquery()
    )
    rank = func.ts_rank_cd(product.c.search, _wanted(query.text or ""))
    value = func.floor(rank * RANK_SCALE).cast(product.c.price_cents.type)
    statement = select_products().add_columns(value.label("value"))
    return statement.where(product.c.id.in_(select(newest.c.id))), value, product.c.id, True


def _filters(query: ProductQuery) -> list[ColumnElement[bool]]:
    columns = product.c
    found: list[ColumnElement[bool]] = [_IS_PUBLISHED]
    if query.category is not None:
        found.append(columns.category == query.category)
    if query.seller_id is not None:
        found.append(columns.seller_id == query.seller_id)
    if query.ids is not None:
        found.append(columns.id.in_(query.ids))
    if query.family is not None:
        found.append(columns.family == query.family)
    if query.without:
        found.append(columns.declared_free.contains(list(query.without)))
    if query.text is not None:
        found.append(columns.search.bool_op("@@")(_wanted(query.text)))
    if query.leads_only:
        found.append(~_has_elder())
    return found


def _has_elder() -> ColumnElement[bool]:
    """Return whether a published product of the same family comes before."""
    elder = product.alias("elder")
    return exists().where(
        and_(
            elder.c.seller_id == product.c.seller_id,
            elder.c.family == product.c.family,
            elder.c.status == Status.PUBLISHED.value,
            elder.c.id < product.c.id,
        )
    )


def _wanted(typed: str) -> ColumnElement[Any]:
    return func.websearch_to_tsquery("portuguese", func.fold(typed))
