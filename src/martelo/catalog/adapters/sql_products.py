"""Changes of products in PostgreSQL: what was decided under a lock, in one transaction."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import Any

from sqlalchemy import Connection, Engine, delete, exists, literal_column, select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.exc import IntegrityError
from sqlalchemy.sql import ColumnElement, func

from martelo.catalog.adapters import tables
from martelo.catalog.adapters.rows import product_of, select_products, stock_key, values_of
from martelo.catalog.domain.products import (
    Category,
    Details,
    NewProduct,
    Product,
    ProductId,
    Seller,
    Status,
)
from martelo.catalog.domain.refusals import (
    IdempotencyKeyReused,
    NoStockKept,
    ProductNotFound,
    SkuTaken,
)
from martelo.catalog.domain.stock import Adjustment, Change
from martelo.catalog.ports import Counted, Created, Request
from martelo.kernel.field_codes import FieldCode
from martelo.kernel.ids import AccountId
from martelo.kernel.refusal import FieldError, InvalidInput
from martelo.runtime.postgresql.connections import named_faults

KEYS_KEPT_FOR = timedelta(hours=48)
SKU_CONSTRAINT = "product_seller_id_sku_key"

_NOW_MS: ColumnElement[int] = literal_column(
    "(extract(epoch FROM clock_timestamp()) * 1000)::bigint"
)


class SqlProducts:
    """`ProductStore` on PostgreSQL."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def create(self, seller: Seller, new: NewProduct, request: Request | None) -> Created:
        """Create a product.

        Raises:
            SkuTaken: The seller has one with this code.
            InvalidInput: Unknown category.
            IdempotencyKeyReused: The key was used with another product.
        """
        with self._transaction() as connection:
            if request is not None:
                _lock_key(connection, seller.id, request.key)
                earlier = _find_creation(connection, seller.id, request)
                if earlier is not None:
                    return Created(earlier, replayed=True)
            product_id = _insert(connection, seller, new)
            if request is not None:
                _remember(connection, seller.id, request, product_id)
            return Created(_read(connection, product_id))

    def edit(self, product_id: ProductId, decide: Callable[[Product], Details]) -> Product:
        """Replace the details of a product.

        Raises:
            ProductNotFound: There is none.
            SkuTaken: The seller has another one with this code.
            InvalidInput: Unknown category.
        """
        columns = tables.product.c
        with self._transaction() as connection:
            connection.execute(select(columns.id).where(columns.id == product_id).with_for_update())
            before = _read(connection, product_id)
            details = decide(before)
            if details != before.details:
                _require_category(connection, details.category)
                changed = update(tables.product).where(columns.id == product_id)
                values = {**values_of(details), "version": columns.version + 1}
                if details.status is Status.PUBLISHED:
                    values["published_at_ms"] = func.coalesce(columns.published_at_ms, _NOW_MS)
                connection.execute(changed.values(**values))
            return _read(connection, product_id)

    def change_stock(
        self,
        product_id: ProductId,
        by: AccountId,
        decide: Callable[[Product], Change],
        *,
        key: str | None = None,
    ) -> Counted:
        """Change the quantity of a product; a change that was made with this key is not repeated.

        Raises:
            ProductNotFound: There is none.
            NoStockKept: It is made to order.
            IdempotencyKeyReused: The key was used with another change.
        """
        stocked, columns = stock_key(product_id), tables.stock.c
        with self._transaction() as connection:
            connection.execute(select(columns.key).where(columns.key == stocked).with_for_update())
            product = _read(connection, product_id)
            change = decide(product)
            if product.stock is None:
                raise NoStockKept
            if key is not None and _was_moved(connection, stocked, by, key, change):
                return Counted(product.stock, replayed=True)
            after = change(product.stock)
            delta = after.quantity - product.stock.quantity
            if delta or key is not None:
                connection.execute(
                    update(tables.stock)
                    .where(columns.key == stocked)
                    .values(quantity=after.quantity, version=after.version)
                )
                _move(connection, stocked, delta, "changed", by, request_key=key)
            return Counted(after)

    def put_category(self, category: Category) -> bool:
        """Create or replace a category; return whether it is new."""
        values = {"name": category.name, "food": category.food}
        columns = tables.category.c
        row = insert(tables.category).values(slug=category.slug, **values)
        with self._transaction() as connection:
            added = row.on_conflict_do_nothing().returning(columns.slug)
            is_new = connection.execute(added).first() is not None
            if not is_new:
                connection.execute(
                    update(tables.category).where(columns.slug == category.slug).values(**values)
                )
            return is_new

    @contextmanager
    def _transaction(self) -> Iterator[Connection]:
        try:
            with named_faults(), self._engine.begin() as connection:
                yield connection
        except IntegrityError as error:
            if SKU_CONSTRAINT in str(error.orig):
                raise SkuTaken from error
            raise


def _lock_key(connection: Connection, seller_id: AccountId, key: str) -> None:
    """Let one request with a key pass at a time, until its transaction ends."""
    connection.execute(
        select(func.pg_advisory_xact_lock(func.hashtextextended(seller_id + key, 0)))
    )


def _find_creation(
    connection: Connection, seller_id: AccountId, request: Request
) -> Product | None:
    columns = tables.creation.c
    row = connection.execute(
        select(columns.sha256, columns.product_id).where(
            columns.seller_id == seller_id, columns.key == request.key
        )
    ).one_or_none()
    if row is None:
        return None
    if row.sha256 != request.sha256:
        raise IdempotencyKeyReused
    return _read(connection, ProductId(row.product_id))


def _insert(connection: Connection, seller: Seller, new: NewProduct) -> ProductId:
    _require_category(connection, new.details.category)
    values: dict[str, Any] = {
        **values_of(new.details),
        "seller_id": seller.id,
        "seller_name": seller.name,
        "made_to_order": new.made_to_order,
    }
    if new.details.status is Status.PUBLISHED:
        values["published_at_ms"] = _NOW_MS
    added = insert(tables.product).values(**values).returning(tables.product.c.id)
    product_id = ProductId(connection.execute(added).scalar_one())
    if new.quantity is not None:
        key = stock_key(product_id)
        row = {"key": key, "kind": "product", "quantity": new.quantity, "reserved": 0}
        connection.execute(insert(tables.stock).values(**row))
        _move(connection, key, new.quantity, "created", seller.id)
    return product_id


def _remember(
    connection: Connection, seller_id: AccountId, request: Request, product_id: ProductId
) -> None:
    too_old = literal_column("created_at") < func.now() - KEYS_KEPT_FOR
    connection.execute(delete(tables.creation).where(too_old))
    connection.execute(
        insert(tables.creation).values(
            seller_id=seller_id, key=request.key, sha256=request.sha256, product_id=product_id
        )
    )


def _was_moved(
    connection: Connection, stocked: str, by: AccountId, key: str, change: Change
) -> bool:
    """Return whether this change was made with this key before."""
    columns = tables.stock_movement.c
    delta = connection.scalar(
        select(columns.delta).where(
            columns.stock_key == stocked, columns.by_id == by, columns.request_key == key
        )
    )
    if delta is None:
        return False
    # What a replacement changed depends on what there was; its version protects it.
    if isinstance(change, Adjustment) and change.delta != delta:
        raise IdempotencyKeyReused
    return True


def _move(  # noqa: PLR0913 - the columns of a movement
    connection: Connection,
    stocked: str,
    delta: int,
    reason: str,
    by: AccountId,
    *,
    request_key: str | None = None,
) -> None:
    row = insert(tables.stock_movement).values(
        stock_key=stocked, delta=delta, reason=reason, by_id=by, request_key=request_key
    )
    connection.execute(row)


def _require_category(connection: Connection, slug: str | None) -> None:
    if slug is None:
        return
    found = select(exists().where(tables.category.c.slug == slug))
    if not connection.execute(found).scalar_one():
        raise InvalidInput((FieldError("category", FieldCode.INVALID),))


def _read(connection: Connection, product_id: ProductId) -> Product:
    statement = select_products().where(tables.product.c.id == product_id)
    row = connection.execute(statement).one_or_none()
    if row is None:
        raise ProductNotFound
    return product_of(row)
