"""The tables of the record; the migrations create them.

Amounts are centavos; instants are Unix milliseconds of the live store's clock (`…_at_ms`), so
that no millisecond is lost and none is compared with the database's own clock.
"""

from sqlalchemy import (
    BigInteger,
    Column,
    Integer,
    MetaData,
    Named,
    SmallInteger,
    Table,
    Text,
    TypedColumns,
)
from sqlalchemy.dialects.postgresql import ARRAY, TSVECTOR
from sqlalchemy.schema import Computed

from martelo.runtime.postgresql.json_text import JsonText

metadata = MetaData()


class AuctionColumns(TypedColumns):
    """One auction as its ledger adds up to, and how far that ledger is archived."""

    id: Named[str] = Column(Text, primary_key=True)
    title: Named[str] = Column(Text)
    description: Named[str] = Column(Text)
    category: Named[str | None] = Column(Text)
    image_ids: Named[list[str]] = Column(ARRAY(Text))
    seller_id: Named[str] = Column(Text)
    product_id: Named[str | None] = Column(Text)
    starting_cents: Named[int] = Column(BigInteger)
    bands: Named[list[int]] = Column(ARRAY(BigInteger))
    min_increment_cents: Named[int | None] = Column(BigInteger)
    reserve_cents: Named[int | None] = Column(BigInteger)
    buy_now_cents: Named[int | None] = Column(BigInteger)
    window_ms: Named[int] = Column(BigInteger)
    cap_ms: Named[int] = Column(BigInteger)
    created_at_ms: Named[int] = Column(BigInteger)
    starts_at_ms: Named[int] = Column(BigInteger)
    first_ends_at_ms: Named[int] = Column(BigInteger)
    ends_at_ms: Named[int] = Column(BigInteger)
    status: Named[str] = Column(Text)
    pending_marks: Named[list[int]] = Column(ARRAY(Integer))
    leader_id: Named[str | None] = Column(Text)
    leader_number: Named[int | None] = Column(Integer)
    price_cents: Named[int | None] = Column(BigInteger)
    ceiling_cents: Named[int | None] = Column(BigInteger)
    line_seq: Named[int | None] = Column(BigInteger)
    bid_count: Named[int] = Column(BigInteger)
    bidder_count: Named[int] = Column(Integer)
    voided: Named[list[int]] = Column(ARRAY(Integer))
    closed_at_ms: Named[int | None] = Column(BigInteger)
    sold_by: Named[str | None] = Column(Text)
    reason: Named[str | None] = Column(Text)
    cancelled_by: Named[str | None] = Column(Text)
    seq: Named[int] = Column(BigInteger)
    sub: Named[int] = Column(Integer)
    at_ms: Named[int] = Column(BigInteger)
    live: Named[bool]
    asked_cents: Named[int] = Column(BigInteger, Computed("coalesce(price_cents, starting_cents)"))
    search: Named[str] = Column(TSVECTOR, Computed(""))


class LedgerEntryColumns(TypedColumns):
    """One ledger entry as it was in the live store; `account_id` is who caused it."""

    auction_id: Named[str] = Column(Text, primary_key=True)
    seq: Named[int] = Column(BigInteger, primary_key=True)
    sub: Named[int] = Column(Integer, primary_key=True)
    type: Named[str] = Column(Text)
    at_ms: Named[int] = Column(BigInteger)
    account_id: Named[str | None] = Column(Text)
    public: Named[str | None] = Column(JsonText)
    private: Named[str] = Column(JsonText)


class BidderColumns(TypedColumns):
    """Who took part in which auction; `best_cents` is the highest amount or ceiling named."""

    auction_id: Named[str] = Column(Text, primary_key=True)
    account_id: Named[str] = Column(Text, primary_key=True)
    number: Named[int] = Column(Integer)
    best_cents: Named[int] = Column(BigInteger)
    last_at_ms: Named[int] = Column(BigInteger)


class PersonNameColumns(TypedColumns):
    """The full name of a lot's bidder, or of its seller under number 0; the only names here."""

    auction_id: Named[str] = Column(Text, primary_key=True)
    number: Named[int] = Column(Integer, primary_key=True)
    account_id: Named[str] = Column(Text)
    name: Named[str] = Column(Text)


class ClosedAccountColumns(TypedColumns):
    """An account whose names were erased, and are not to be stored again."""

    account_id: Named[str] = Column(Text, primary_key=True)


class FinishedPositionColumns(TypedColumns):
    """How far each partition's stream of ends has been archived."""

    partition: Named[int] = Column(SmallInteger, primary_key=True)
    stream_id: Named[str] = Column(Text)


class ParkedLedgerColumns(TypedColumns):
    """A ledger that could not be archived for its content, and why."""

    auction_id: Named[str] = Column(Text, primary_key=True)
    reason: Named[str] = Column(Text)


auction = Table("auction", metadata, AuctionColumns)
ledger_entry = Table("ledger_entry", metadata, LedgerEntryColumns)
ledger_discarded = Table("ledger_discarded", metadata, LedgerEntryColumns)
bidder = Table("bidder", metadata, BidderColumns)
person_name = Table("person_name", metadata, PersonNameColumns)
closed_account = Table("closed_account", metadata, ClosedAccountColumns)
finished_position = Table("finished_position", metadata, FinishedPositionColumns)
parked_ledger = Table("parked_ledger", metadata, ParkedLedgerColumns)
