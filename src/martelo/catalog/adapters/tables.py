"""The tables of the catalog; the migrations create them. Amounts are centavos."""

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    Integer,
    MetaData,
    Named,
    Table,
    Text,
    TypedColumns,
)
from sqlalchemy.dialects.postgresql import ARRAY, TSVECTOR
from sqlalchemy.schema import Computed, Identity

from martelo.runtime.postgresql.json_text import JsonText

metadata = MetaData()


class CategoryColumns(TypedColumns):
    """A category."""

    slug: Named[str] = Column(Text, primary_key=True)
    name: Named[str] = Column(Text)
    food: Named[bool] = Column(Boolean)


class ProductColumns(TypedColumns):
    """A product; `declared_free` follows from `food`, which is the JSON of `FoodFacts`."""

    id: Named[int] = Column(BigInteger, Identity(), primary_key=True)
    seller_id: Named[str] = Column(Text)
    seller_name: Named[str] = Column(Text)
    name: Named[str] = Column(Text)
    description: Named[str] = Column(Text)
    price_cents: Named[int] = Column(BigInteger)
    category: Named[str | None] = Column(Text)
    sku: Named[str | None] = Column(Text)
    image_ids: Named[list[str]] = Column(ARRAY(Text))
    family: Named[str | None] = Column(Text)
    variant: Named[str | None] = Column(Text)
    made_to_order: Named[bool] = Column(Boolean)
    lead_days: Named[int] = Column(Integer)
    points: Named[int] = Column(Integer)
    low_stock_at: Named[int | None] = Column(Integer)
    food: Named[str] = Column(JsonText)
    declared_free: Named[list[str]] = Column(ARRAY(Text))
    status: Named[str] = Column(Text)
    version: Named[int] = Column(BigInteger)
    published_at_ms: Named[int | None] = Column(BigInteger)
    sort_name: Named[str] = Column(Text, Computed(""))
    search: Named[str] = Column(TSVECTOR, Computed(""))


class StockColumns(TypedColumns):
    """What can be reserved of one thing; the key of a product's is `product:<id>`."""

    key: Named[str] = Column(Text, primary_key=True)
    kind: Named[str] = Column(Text)
    quantity: Named[int] = Column(Integer)
    reserved: Named[int] = Column(Integer)
    is_open: Named[bool] = Column(Boolean)
    version: Named[int] = Column(BigInteger)


class MovementColumns(TypedColumns):
    """A change of a quantity; a stock's movements add up to its quantity."""

    id: Named[int] = Column(BigInteger, Identity(), primary_key=True)
    stock_key: Named[str] = Column(Text)
    delta: Named[int] = Column(Integer)
    reason: Named[str] = Column(Text)
    by_id: Named[str | None] = Column(Text)
    request_key: Named[str | None] = Column(Text)


class CreationColumns(TypedColumns):
    """What an idempotency key was used for; `sha256` is the digest of what was sent."""

    seller_id: Named[str] = Column(Text, primary_key=True)
    key: Named[str] = Column(Text, primary_key=True)
    sha256: Named[str] = Column(Text)
    product_id: Named[int] = Column(BigInteger)


category = Table("category", metadata, CategoryColumns)
product = Table("product", metadata, ProductColumns)
stock = Table("stock", metadata, StockColumns)
stock_movement = Table("stock_movement", metadata, MovementColumns)
creation = Table("creation", metadata, CreationColumns)
