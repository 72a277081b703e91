"""The tables of reports and effects; the migrations create them."""

from datetime import datetime

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    DateTime,
    Double,
    Identity,
    Integer,
    MetaData,
    Named,
    Table,
    Text,
    TypedColumns,
)
from sqlalchemy.dialects.postgresql import ARRAY

from martelo.runtime.postgresql.json_text import JsonText
from martelo.runtime.postgresql.leases import WorkColumns

metadata = MetaData()


class ReportColumns(TypedColumns):
    """One ended auction: `event` as announced, and its report once written."""

    event_id: Named[str] = Column(Text, primary_key=True)
    auction_id: Named[str] = Column(Text)
    event: Named[str] = Column(JsonText)
    title: Named[str | None] = Column(Text)
    summary: Named[str | None] = Column(Text)
    source: Named[str | None] = Column(Text)
    model: Named[str | None] = Column(Text)
    label: Named[str | None] = Column(Text)
    language: Named[str | None] = Column(Text)
    written_at: Named[datetime | None] = Column(DateTime(timezone=True))


class EffectColumns(WorkColumns):
    """One effect; `frozen` is the message, `label` and the columns after it say who wrote it."""

    event_id: Named[str] = Column(Text)
    auction_id: Named[str] = Column(Text)
    kind: Named[str] = Column(Text)
    state: Named[str] = Column(Text)
    in_flight: Named[bool] = Column(Boolean)
    """Whether sending has begun and its result is not recorded."""
    frozen: Named[str | None] = Column(JsonText)
    forgotten_at: Named[datetime | None] = Column(DateTime(timezone=True))
    channel: Named[str | None] = Column(Text)
    note: Named[str | None] = Column(Text)
    """The result of the last attempt, in a few words."""
    label: Named[str | None] = Column(Text)
    source: Named[str | None] = Column(Text)
    language: Named[str | None] = Column(Text)
    provider: Named[str | None] = Column(Text)
    model: Named[str | None] = Column(Text)
    failure: Named[str | None] = Column(Text)
    input_tokens: Named[int] = Column(Integer)
    output_tokens: Named[int] = Column(Integer)
    cost_micro_usd: Named[int | None] = Column(BigInteger)
    write_seconds: Named[float] = Column(Double)
    refusals: Named[list[str]] = Column(ARRAY(Text))
    created_at: Named[datetime] = Column(DateTime(timezone=True))
    changed_at: Named[datetime] = Column(DateTime(timezone=True))


class InterventionColumns(TypedColumns):
    """What an administrator did about a parked effect."""

    id: Named[int] = Column(BigInteger, Identity(), primary_key=True)
    effect_id: Named[int] = Column(BigInteger)
    action: Named[str] = Column(Text)
    account_id: Named[str] = Column(Text)
    at: Named[datetime] = Column(DateTime(timezone=True))


report = Table("report", metadata, ReportColumns)
effect = Table("effect", metadata, EffectColumns)
intervention = Table("intervention", metadata, InterventionColumns)
