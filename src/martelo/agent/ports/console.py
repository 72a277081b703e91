"""The store of effects, as the site and administrators read it and act on it."""

from dataclasses import dataclass
from typing import Protocol

from martelo.agent.domain.effects import State
from martelo.agent.domain.facts import Language
from martelo.agent.domain.frozen import Frozen
from martelo.agent.domain.recipients import Recipient
from martelo.agent.domain.texts import Kind, Report
from martelo.agent.ports.effects import DeliveryChannel
from martelo.agent.ports.writing import TextSource
from martelo.kernel.ids import AccountId, AuctionId, EventId


@dataclass(frozen=True, slots=True)
class PublishedReport:
    """A report as the lot's page shows it."""

    auction_id: AuctionId
    report: Report
    source: TextSource
    model: str | None
    """The model that was called, if one was."""
    label: str
    language: Language
    written_at_ms: int


@dataclass(frozen=True, slots=True)
class Intervention:
    """What an administrator did about an effect."""

    action: str
    account_id: AccountId
    at_ms: int


@dataclass(frozen=True, slots=True)
class Authorship:
    """Who wrote a text and at what cost: `Written` without the text."""

    source: TextSource
    language: Language | None
    """`None` for texts written before the column existed."""
    provider: str | None
    """`None` for texts written before the column existed."""
    model: str | None
    failure: str | None
    input_tokens: int
    output_tokens: int
    cost_micro_usd: int | None
    seconds: float
    refusals: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class EffectView:
    """An effect as administrators see it."""

    id: int
    event_id: EventId
    auction_id: AuctionId
    lot_title: str
    kind: Kind
    recipient: Recipient | None
    """The addressee of an e-mail; `None` for other kinds."""
    state: State
    attempts: int
    in_flight: bool
    due_at_ms: int | None
    frozen: Frozen | None
    forgotten_at_ms: int | None
    """When its text was erased."""
    channel: DeliveryChannel | None
    note: str | None
    label: str | None
    authorship: Authorship | None
    """`None` before the text is written."""
    interventions: tuple[Intervention, ...]
    created_at_ms: int
    changed_at_ms: int


@dataclass(frozen=True, slots=True)
class EffectQuery:
    """Which effects to return: newest first, older than `before_id`."""

    effect_id: int | None = None
    auction_id: AuctionId | None = None
    states: tuple[State, ...] = ()
    """Empty: all."""
    channel: DeliveryChannel | None = None
    before_id: int | None = None
    limit: int = 20


class EffectConsole(Protocol):
    """Reports and effects, as the site and administrators see them.

    Every method may raise `DatabaseUnavailable`.
    """

    def is_up(self) -> bool:
        """Return whether the store answers."""

    def report_of(self, auction_id: AuctionId) -> PublishedReport | None:
        """Return the report of an auction; `None` if there is none yet."""

    def effects(self, query: EffectQuery) -> list[EffectView]:
        """Return the effects that match `query`."""

    def resend(self, effect_id: int, by: AccountId) -> EffectView:
        """Schedule a parked effect for another attempt with the same frozen text.

        Raises:
            EffectNotFound: There is no such effect.
            EffectNotParked: It is in progress or final.
        """

    def settle(self, effect_id: int, by: AccountId) -> EffectView:
        """Record that a parked effect has happened.

        Raises:
            EffectNotFound: There is no such effect.
            EffectNotParked: It is in progress or final, or a report, which only the agent writes.
        """
