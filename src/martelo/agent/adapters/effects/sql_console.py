"""Reports and effects in PostgreSQL, as the site and administrators use them."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, Engine, select, text, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.sql import func

from martelo.agent.adapters.effects.frozen_codec import decode_frozen
from martelo.agent.adapters.effects.tables import effect, intervention, report
from martelo.agent.domain.effects import State, may_resend, may_settle
from martelo.agent.domain.facts import Language
from martelo.agent.domain.recipients import recipient_of
from martelo.agent.domain.refusals import EffectNotFound, EffectNotParked
from martelo.agent.domain.texts import Kind, Report
from martelo.agent.ports.console import (
    Authorship,
    EffectQuery,
    EffectView,
    Intervention,
    PublishedReport,
)
from martelo.agent.ports.effects import DeliveryChannel
from martelo.agent.ports.writing import TextSource
from martelo.contracts.finished import DECODER
from martelo.kernel.ids import AccountId, AuctionId, EventId
from martelo.kernel.instants import EPOCH
from martelo.runtime.postgresql.connections import DatabaseUnavailable, named_faults


class SqlConsole:
    """`EffectConsole` on PostgreSQL."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def is_up(self) -> bool:
        """Return whether the store answers."""
        try:
            with named_faults(), self._engine.connect() as connection:
                connection.execute(text("SELECT 1"))
        except DatabaseUnavailable:
            return False
        return True

    def report_of(self, auction_id: AuctionId) -> PublishedReport | None:
        """Return the report of an auction; `None` if there is none yet."""
        columns = report.c
        statement = select(report).where(
            columns.auction_id == auction_id, columns.written_at.is_not(None)
        )
        with named_faults(), self._engine.connect() as connection:
            row = connection.execute(statement).first()
        return None if row is None else _published(row)

    def effects(self, query: EffectQuery) -> list[EffectView]:
        """Return the effects that match `query`."""
        columns = effect.c
        statement = _views().order_by(columns.id.desc()).limit(query.limit)
        if query.effect_id is not None:
            statement = statement.where(columns.id == query.effect_id)
        if query.auction_id is not None:
            statement = statement.where(columns.auction_id == query.auction_id)
        if query.states:
            statement = statement.where(columns.state.in_(query.states))
        if query.channel is not None:
            statement = statement.where(columns.channel == query.channel)
        if query.before_id is not None:
            statement = statement.where(columns.id < query.before_id)
        with named_faults(), self._engine.connect() as connection:
            return _read(connection, connection.execute(statement).all())

    def resend(self, effect_id: int, by: AccountId) -> EffectView:
        """Schedule a parked effect for another attempt with the same frozen text."""
        with named_faults(), self._engine.begin() as connection:
            _, state = _locked(connection, effect_id)
            if not may_resend(state):
                raise EffectNotParked(state)
            pending = {"state": State.PENDING, "due_at": func.now(), "attempts": 0}
            return _intervene(connection, effect_id, "resend", by, pending)

    def settle(self, effect_id: int, by: AccountId) -> EffectView:
        """Record that a parked effect has happened."""
        with named_faults(), self._engine.begin() as connection:
            kind, state = _locked(connection, effect_id)
            if not may_settle(kind, state):
                raise EffectNotParked(state)
            return _intervene(connection, effect_id, "settle", by, {"state": State.DONE})


def _published(row: Any) -> PublishedReport:  # noqa: ANN401 - a row
    return PublishedReport(
        auction_id=AuctionId(row.auction_id),
        report=Report(row.title, row.summary),
        source=TextSource(row.source),
        model=row.model,
        label=row.label,
        language=Language(row.language),
        written_at_ms=_ms(row.written_at),
    )


def _views() -> Any:  # noqa: ANN401 - the statement's row type is as long as the table
    return select(effect, report.c.event).join(report, report.c.event_id == effect.c.event_id)


def _locked(connection: Connection, effect_id: int) -> tuple[Kind, State]:
    columns = effect.c
    statement = select(columns.kind, columns.state).where(columns.id == effect_id).with_for_update()
    row = connection.execute(statement).one_or_none()
    if row is None:
        raise EffectNotFound
    return Kind(row.kind), State(row.state)


def _intervene(
    connection: Connection, effect_id: int, action: str, by: AccountId, changed: dict[str, object]
) -> EffectView:
    changing = update(effect).where(effect.c.id == effect_id)
    connection.execute(changing.values(changed_at=func.now(), **changed))
    connection.execute(
        insert(intervention).values(effect_id=effect_id, action=action, account_id=by)
    )
    rows = connection.execute(_views().where(effect.c.id == effect_id)).all()
    return _read(connection, rows)[0]


def _read(connection: Connection, rows: Sequence[Any]) -> list[EffectView]:
    columns = intervention.c
    statement = select(intervention).where(columns.effect_id.in_([row.id for row in rows]))
    by_effect: dict[int, list[Intervention]] = {}
    for row in connection.execute(statement.order_by(columns.id)):
        done = Intervention(row.action, AccountId(row.account_id), _ms(row.at))
        by_effect.setdefault(row.effect_id, []).append(done)
    return [_view(row, tuple(by_effect.get(row.id, ()))) for row in rows]


def _view(row: Any, interventions: tuple[Intervention, ...]) -> EffectView:  # noqa: ANN401 - a row
    kind = Kind(row.kind)
    end = DECODER.decode(row.event)
    return EffectView(
        id=row.id,
        event_id=EventId(row.event_id),
        auction_id=AuctionId(row.auction_id),
        lot_title=end.title,
        kind=kind,
        recipient=recipient_of(kind, seller=end.seller, winner=end.winner),
        state=State(row.state),
        attempts=row.attempts,
        in_flight=row.in_flight,
        due_at_ms=None if row.due_at is None else _ms(row.due_at),
        frozen=decode_frozen(kind, row.frozen),
        forgotten_at_ms=None if row.forgotten_at is None else _ms(row.forgotten_at),
        channel=None if row.channel is None else DeliveryChannel(row.channel),
        note=row.note,
        label=row.label,
        authorship=None if row.source is None else _authorship(row),
        interventions=interventions,
        created_at_ms=_ms(row.created_at),
        changed_at_ms=_ms(row.changed_at),
    )


def _authorship(row: Any) -> Authorship:  # noqa: ANN401 - a row
    return Authorship(
        source=TextSource(row.source),
        language=None if row.language is None else Language(row.language),
        provider=row.provider,
        model=row.model,
        failure=row.failure,
        input_tokens=row.input_tokens,
        output_tokens=row.output_tokens,
        cost_micro_usd=row.cost_micro_usd,
        seconds=row.write_seconds,
        refusals=tuple(row.refusals),
    )


def _ms(instant: datetime) -> int:
    return (instant - EPOCH) // timedelta(milliseconds=1)
