"""Effects in PostgreSQL: stored once per end, claimed by lease and token."""

from collections.abc import Mapping, Sequence
from datetime import timedelta
from typing import Any

import msgspec
from sqlalchemy import (
    Boolean,
    ColumnElement,
    Connection,
    Engine,
    case,
    literal_column,
    not_,
    select,
    update,
)
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.sql import func

from martelo.agent.adapters.effects.frozen_codec import decode_frozen, encode_frozen
from martelo.agent.adapters.effects.tables import effect, report
from martelo.agent.domain.effects import PARKED, State, Transition, kinds_of, waits_for_report
from martelo.agent.domain.facts import Status
from martelo.agent.domain.frozen import Frozen
from martelo.agent.domain.texts import Kind, Report
from martelo.agent.ports.effects import Claimed, DeliveryChannel, EffectCounts
from martelo.agent.ports.writing import Written
from martelo.contracts.finished import DECODER, AuctionFinished, nameless
from martelo.runtime.postgresql import leases
from martelo.runtime.postgresql.connections import named_faults
from martelo.runtime.postgresql.leases import Claim

# Spelled as in the indices: with parameters the planner could not use these.
_IS_FINAL: ColumnElement[bool] = literal_column("effect.state IN ('done', 'skipped')", Boolean)
_HAS_TEXT: ColumnElement[bool] = literal_column(
    "effect.frozen IS NOT NULL AND effect.kind <> 'report'", Boolean
)


class SqlEffects:
    """`EffectStore` on PostgreSQL; `send_budget` is the maximum duration of a send."""

    def __init__(self, engine: Engine, *, lease: timedelta, send_budget: timedelta) -> None:
        self._engine = engine
        self._lease = lease
        self._send_budget = send_budget

    def add_ends(self, ends: Sequence[AuctionFinished]) -> int:
        """Store the effects of ends that are not known yet; return how many ends were new."""
        if not ends:
            return 0
        by_event = {end.event_id: end for end in ends}
        with named_faults(), self._engine.begin() as connection:
            # All writers use one order, so that two that add the same ends do not deadlock.
            rows = [_report_row(by_event[event_id]) for event_id in sorted(by_event)]
            added = connection.scalars(
                insert(report).values(rows).on_conflict_do_nothing().returning(report.c.event_id)
            ).all()
            effects = [row for event_id in added for row in _effect_rows(by_event[event_id])]
            if effects:
                connection.execute(insert(effect).values(effects))
        return len(added)

    def claim(self, limit: int) -> list[Claimed]:
        """Lease up to `limit` due effects, the longest due first."""
        claiming = (
            leases.claim(effect, limit=limit, lease=self._lease)
            .values(state=State.LEASED, changed_at=func.now())
            .returning(effect)
        )
        with named_faults(), self._engine.begin() as connection:
            rows = sorted(connection.execute(claiming).all(), key=lambda row: row.id)
            reports = _reports(connection, {row.event_id for row in rows})
        return [_claimed(row, reports[row.event_id]) for row in rows]

    def freeze(self, claim: Claim, frozen: Frozen, written: Written, label: str) -> bool:
        """Store what will be sent, and who wrote it, before it is first sent."""
        with named_faults(), self._engine.begin() as connection:
            changed = {"frozen": encode_frozen(frozen), **_authorship(written, label)}
            return _change(connection, claim, changed)

    def begin(self, claim: Claim) -> bool:
        """Mark that sending begins; the remaining lease must cover the send budget."""
        marking = (
            update(effect)
            .where(leases.held_for(effect, claim, self._send_budget))
            .values(in_flight=True, changed_at=func.now())
        )
        with named_faults(), self._engine.begin() as connection:
            return bool(connection.execute(marking).rowcount)

    def publish(self, claim: Claim, report_text: Report, written: Written, label: str) -> bool:
        """Publish the report on the lot's page, and make the effects that wait for it due."""
        result = _result_columns(Transition(State.DONE), DeliveryChannel.SITE, "")
        changed = {"frozen": encode_frozen(report_text), **_authorship(written, label), **result}
        with named_faults(), self._engine.begin() as connection:
            if not _change(connection, claim, changed):
                return False
            event_id = connection.scalar(select(effect.c.event_id).where(effect.c.id == claim.id))
            connection.execute(
                update(report)
                .where(report.c.event_id == event_id)
                .values(
                    title=report_text.title,
                    summary=report_text.summary,
                    source=written.source,
                    model=written.model,
                    label=label,
                    language=written.language,
                    written_at=func.now(),
                )
            )
            connection.execute(
                update(effect)
                .where(
                    effect.c.event_id == event_id,
                    effect.c.state == State.PENDING,
                    effect.c.due_at.is_(None),
                )
                .values(due_at=func.now())
            )
        return True

    def finish(
        self, claim: Claim, following: Transition, note: str, channel: DeliveryChannel | None
    ) -> bool:
        """Record the result of an attempt."""
        with named_faults(), self._engine.begin() as connection:
            return _change(connection, claim, _result_columns(following, channel, note))

    def give_back(self, claim: Claim) -> bool:
        """Release an effect at once, as if it had not been claimed."""
        state = case((effect.c.attempts > 1, State.RETRY), else_=State.PENDING)
        returned = {
            "state": state,
            "due_at": func.now(),
            "token": None,
            "attempts": effect.c.attempts - 1,
        }
        with named_faults(), self._engine.begin() as connection:
            return _change(connection, claim, returned)

    def count_open(self) -> EffectCounts:
        """Count the effects that are not final; there are few of them at any time."""
        columns = effect.c
        # Due times change with every attempt; the age counts from the end of the auction.
        age_s = func.extract("epoch", func.now() - func.min(columns.created_at))
        counting = (
            select(columns.kind, columns.state, func.count().label("number"), age_s.label("age_s"))
            .where(not_(_IS_FINAL))
            .group_by(columns.kind, columns.state)
        )
        with named_faults(), self._engine.connect() as connection:
            rows = connection.execute(counting).all()
        counts = {(Kind(row.kind), State(row.state)): row.number for row in rows}
        ages_s = [float(row.age_s) for row in rows if row.state not in PARKED]
        return EffectCounts(counts, max(ages_s, default=0.0))

    def count_final(self) -> Mapping[tuple[Kind, State], int]:
        """Count the final effects: all there ever were, so not too often."""
        columns = effect.c
        counting = (
            select(columns.kind, columns.state, func.count().label("number"))
            .where(_IS_FINAL)
            .group_by(columns.kind, columns.state)
        )
        with named_faults(), self._engine.connect() as connection:
            rows = connection.execute(counting).all()
        return {(Kind(row.kind), State(row.state)): row.number for row in rows}

    def forget(self, after: timedelta, limit: int) -> int:
        """Erase up to `limit` texts of e-mails and posts that have been final for `after`."""
        columns = effect.c
        old = (
            select(columns.id)
            .where(_IS_FINAL, _HAS_TEXT, columns.changed_at < func.now() - after)
            .limit(limit)
            # Workers that erase at once share the rows, and none waits.
            .with_for_update(skip_locked=True)
            .cte("old")
        )
        erasing = update(effect).where(columns.id == old.c.id)
        with named_faults(), self._engine.begin() as connection:
            changed = erasing.values(frozen=None, forgotten_at=func.now())
            return connection.execute(changed).rowcount


def _report_row(end: AuctionFinished) -> dict[str, object]:
    event = msgspec.json.encode(nameless(end)).decode()
    return {"event_id": end.event_id, "auction_id": end.auction_id, "event": event}


def _effect_rows(end: AuctionFinished) -> list[dict[str, object]]:
    return [
        {
            "event_id": end.event_id,
            "auction_id": end.auction_id,
            "kind": kind,
            "due_at": None if waits_for_report(kind) else func.now(),
        }
        for kind in kinds_of(Status(end.status))
    ]


def _reports(connection: Connection, event_ids: set[str]) -> dict[str, Any]:
    columns = report.c
    statement = select(columns.event_id, columns.event, columns.title, columns.summary)
    rows = connection.execute(statement.where(columns.event_id.in_(event_ids)))
    return {row.event_id: row for row in rows}


def _claimed(row: Any, end: Any) -> Claimed:  # noqa: ANN401 - rows know their columns at run time
    kind = Kind(row.kind)
    return Claimed(
        claim=Claim(row.id, row.token),
        kind=kind,
        attempts=row.attempts,
        was_in_flight=row.in_flight,
        frozen=decode_frozen(kind, row.frozen),
        end=DECODER.decode(end.event),
        report=None if end.title is None else Report(end.title, end.summary),
    )


def _change(connection: Connection, claim: Claim, changed: Mapping[str, object]) -> bool:
    changing = update(effect).where(leases.held(effect, claim))
    return bool(connection.execute(changing.values(changed_at=func.now(), **changed)).rowcount)


def _result_columns(
    following: Transition, channel: DeliveryChannel | None, note: str
) -> dict[str, object]:
    wait_s = following.wait_s
    return {
        "state": following.state,
        "due_at": None if wait_s is None else func.now() + timedelta(seconds=wait_s),
        "token": None,
        "in_flight": False,
        "attempts": effect.c.attempts if following.counts else effect.c.attempts - 1,
        "channel": channel,
        "note": note or None,
    }


def _authorship(written: Written, label: str) -> dict[str, object]:
    return {
        "label": label,
        "source": written.source,
        "language": written.language,
        "provider": written.provider,
        "model": written.model,
        "failure": written.failure,
        "input_tokens": written.input_tokens,
        "output_tokens": written.output_tokens,
        "cost_micro_usd": written.cost_micro_usd,
        "write_seconds": written.seconds,
        "refusals": list(written.refusals),
    }
