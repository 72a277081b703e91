"""Texts in PostgreSQL by person: who sold or won the auction that they are about."""

from collections.abc import Sequence
from datetime import timedelta
from typing import Any

from sqlalchemy import Connection, Engine, select, text, update
from sqlalchemy.sql import func

from martelo.agent.adapters.effects.frozen_codec import decode_frozen, encode_frozen
from martelo.agent.adapters.effects.tables import effect, report
from martelo.agent.domain.facts import Language, Status
from martelo.agent.domain.nameless import nameless_report
from martelo.agent.domain.texts import Kind, Report
from martelo.agent.ports.people import StoredText
from martelo.agent.ports.writing import TextSource
from martelo.contracts.finished import DECODER
from martelo.kernel.ids import AccountId, AuctionId
from martelo.kernel.instants import EPOCH, parse_instant
from martelo.kernel.money import parse_amount
from martelo.runtime.postgresql.connections import named_faults

LABEL = "modelo fixo (sem IA)"
_IS_OF = text(
    "(report.event -> 'seller' ->> 'id' = :account_id"
    " OR report.event -> 'winner' ->> 'id' = :account_id)"
)


class SqlPeople:
    """`People` on PostgreSQL."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def texts(self, account_id: AccountId) -> Sequence[StoredText]:
        """Return the texts about what a person sold or won."""
        statement = (
            select(effect)
            .join(report, report.c.event_id == effect.c.event_id)
            .where(_IS_OF.bindparams(account_id=account_id), effect.c.frozen.is_not(None))
            .order_by(effect.c.id)
        )
        with named_faults(), self._engine.connect() as connection:
            return [_stored(row) for row in connection.execute(statement)]

    def erase(self, account_id: AccountId) -> None:
        """Erase e-mails and posts about what a person sold or won; make its reports nameless."""
        selected = select(report).where(_IS_OF.bindparams(account_id=account_id))
        with named_faults(), self._engine.begin() as connection:
            rows = connection.execute(selected.order_by(report.c.event_id).with_for_update()).all()
            _erase_messages(connection, [row.event_id for row in rows])
            for row in rows:
                if row.written_at is not None:
                    _make_nameless(connection, row)


def _erase_messages(connection: Connection, event_ids: list[str]) -> None:
    columns = effect.c
    connection.execute(
        update(effect)
        .where(
            columns.event_id.in_(event_ids),
            columns.kind != Kind.REPORT,
            columns.frozen.is_not(None),
        )
        .values(frozen=None, forgotten_at=func.now())
    )


def _make_nameless(connection: Connection, row: Any) -> None:  # noqa: ANN401 - a row
    written = _report_of(row)
    connection.execute(
        update(report)
        .where(report.c.event_id == row.event_id)
        .values(
            title=written.title,
            summary=written.summary,
            source=TextSource.TEMPLATE,
            model=None,
            label=LABEL,
        )
    )
    connection.execute(
        update(effect)
        .where(effect.c.event_id == row.event_id, effect.c.kind == Kind.REPORT)
        .values(frozen=encode_frozen(written), source=TextSource.TEMPLATE, model=None, label=LABEL)
    )


def _report_of(row: Any) -> Report:  # noqa: ANN401 - a row
    end = DECODER.decode(row.event)
    return nameless_report(
        status=Status(end.status),
        title=end.title,
        final_cents=None if end.final_price is None else parse_amount(end.final_price),
        bid_count=end.bid_count,
        closed_at_ms=parse_instant(end.closed_at) or 0,
        language=Language(row.language),
    )


def _stored(row: Any) -> StoredText:  # noqa: ANN401 - a row
    kind = Kind(row.kind)
    frozen = decode_frozen(kind, row.frozen)
    created_at_ms = (row.created_at - EPOCH) // timedelta(milliseconds=1)
    return StoredText(AuctionId(row.auction_id), kind, created_at_ms, frozen)
