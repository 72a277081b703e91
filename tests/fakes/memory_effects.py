"""`EffectStore` in memory, with a clock that the test moves."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import timedelta
from threading import Lock
from typing import Any
from uuid import UUID, uuid4

from martelo.agent.domain.effects import (
    FINAL,
    PARKED,
    State,
    Transition,
    kinds_of,
    waits_for_report,
)
from martelo.agent.domain.facts import Status
from martelo.agent.domain.frozen import Frozen
from martelo.agent.domain.texts import Kind, Report
from martelo.agent.ports.effects import Claimed, DeliveryChannel, EffectCounts
from martelo.agent.ports.writing import Written
from martelo.contracts.finished import AuctionFinished, nameless
from martelo.runtime.postgresql.leases import Claim


@dataclass(frozen=True)
class EffectRow:
    """One effect."""

    id: int
    end: AuctionFinished
    kind: Kind
    created_s: float
    due_s: float | None
    state: State = State.PENDING
    token: UUID | None = None
    attempts: int = 0
    in_flight: bool = False
    frozen: Frozen | None = None
    label: str | None = None
    channel: DeliveryChannel | None = None
    note: str | None = None
    changed_s: float = 0.0


class MemoryEffects:
    """The effects of ended auctions, in memory."""

    def __init__(self, *, lease_s: float = 300, send_budget_s: float = 120) -> None:
        self.now_s = 1_000_000.0
        self.rows: dict[int, EffectRow] = {}
        self.reports: dict[str, Report | None] = {}
        self._lock = Lock()
        self._lease_s = lease_s
        self._send_budget_s = send_budget_s

    def add_ends(self, ends: Sequence[AuctionFinished]) -> int:
        with self._lock:
            return sum(self._add(nameless(end)) for end in ends)

    def claim(self, limit: int) -> list[Claimed]:
        with self._lock:
            due = [(row.due_s, row.id) for row in self.rows.values() if row.due_s is not None]
            first = [number for due_s, number in sorted(due) if due_s <= self.now_s][:limit]
            return [self._claim(self.rows[number]) for number in sorted(first)]

    def freeze(self, claim: Claim, frozen: Frozen, written: Written, label: str) -> bool:
        assert written.text is not None
        return self._change(claim, frozen=frozen, label=label)

    def begin(self, claim: Claim) -> bool:
        row = self.rows[claim.id]
        left_s = (row.due_s or 0) - self.now_s
        return left_s > self._send_budget_s and self._change(claim, in_flight=True)

    def publish(self, claim: Claim, report: Report, written: Written, label: str) -> bool:
        if not self.freeze(claim, report, written, label):
            return False
        event_id = self.rows[claim.id].end.event_id
        self.reports[event_id] = report
        self.finish(claim, Transition(State.DONE), "", DeliveryChannel.SITE)
        for row in list(self.rows.values()):
            if row.end.event_id == event_id and row.state is State.PENDING and row.due_s is None:
                self.rows[row.id] = replace(row, due_s=self.now_s)
        return True

    def finish(
        self, claim: Claim, following: Transition, note: str, channel: DeliveryChannel | None
    ) -> bool:
        attempts = self.rows[claim.id].attempts
        return self._change(
            claim,
            state=following.state,
            due_s=None if following.wait_s is None else self.now_s + following.wait_s,
            token=None,
            in_flight=False,
            attempts=attempts if following.counts else attempts - 1,
            channel=channel,
            note=note or None,
        )

    def give_back(self, claim: Claim) -> bool:
        attempts = self.rows[claim.id].attempts - 1
        state = State.RETRY if attempts else State.PENDING
        return self._change(claim, state=state, due_s=self.now_s, token=None, attempts=attempts)

    def count_open(self) -> EffectCounts:
        rows = [row for row in self.rows.values() if row.state not in FINAL]
        opened = [row.created_s for row in rows if row.state not in PARKED]
        return EffectCounts(_count(rows), self.now_s - min(opened) if opened else 0.0)

    def count_final(self) -> Mapping[tuple[Kind, State], int]:
        return _count([row for row in self.rows.values() if row.state in FINAL])

    def forget(self, after: timedelta, limit: int) -> int:
        before_s = self.now_s - after.total_seconds()
        old = [
            row
            for row in self.rows.values()
            if row.state in FINAL
            and row.kind is not Kind.REPORT
            and row.frozen is not None
            and row.changed_s < before_s
        ]
        for row in old[:limit]:
            self.rows[row.id] = replace(row, frozen=None)
        return len(old[:limit])

    def _add(self, end: AuctionFinished) -> bool:
        if end.event_id in self.reports:
            return False
        self.reports[end.event_id] = None
        for kind in kinds_of(Status(end.status)):
            number = len(self.rows) + 1
            due_s = None if waits_for_report(kind) else self.now_s
            self.rows[number] = EffectRow(number, end, kind, self.now_s, due_s)
        return True

    def _claim(self, row: EffectRow) -> Claimed:
        token = uuid4()
        self.rows[row.id] = replace(
            row,
            state=State.LEASED,
            token=token,
            due_s=self.now_s + self._lease_s,
            attempts=row.attempts + 1,
        )
        return Claimed(
            claim=Claim(row.id, token),
            kind=row.kind,
            attempts=row.attempts + 1,
            was_in_flight=row.in_flight,
            frozen=row.frozen,
            end=row.end,
            report=self.reports[row.end.event_id],
        )

    def _change(self, claim: Claim, **changed: Any) -> bool:  # noqa: ANN401 - fields of a row
        row = self.rows[claim.id]
        if row.token != claim.token:
            return False
        self.rows[claim.id] = replace(row, **changed, changed_s=self.now_s)
        return True


def _count(rows: Sequence[EffectRow]) -> dict[tuple[Kind, State], int]:
    return dict(Counter((row.kind, row.state) for row in rows))
