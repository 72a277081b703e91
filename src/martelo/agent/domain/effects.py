"""The states of an effect: the transition after each outcome, and when it is tried again.

An effect is one result of an ended auction: a report, an e-mail, a post. Whether a message was sent
is *sure* or *maybe*. An e-mail that may have arrived is sent again with the same Message-ID, which
mailboxes drop; nothing drops a second post, so that one is parked.
"""

from dataclasses import dataclass
from enum import StrEnum

from martelo.agent.domain.facts import Status
from martelo.agent.domain.texts import Kind

FIRST_BACKOFF_S = 5.0
MAX_BACKOFF_S = 300.0
MAX_ATTEMPTS = 8
POSTPONED_S = 10.0


class State(StrEnum):
    """The state of an effect."""

    PENDING = "pending"
    """Not begun; a seller's e-mail without a due time waits for its report."""
    LEASED = "leased"
    """One worker has it until its lease expires."""
    DONE = "done"
    SKIPPED = "skipped"
    """Nothing to do, because of the house's settings or a deleted account."""
    RETRY = "retry"
    """It did not happen, or may be repeated, and is tried again."""
    UNKNOWN = "unknown"
    """It may have happened and must not be repeated: parked for an administrator."""
    DEAD = "dead"
    """It did not happen and is not tried again: parked."""


PARKED = frozenset({State.UNKNOWN, State.DEAD})
FINAL = frozenset({State.DONE, State.SKIPPED})
"""States that never change again."""
INACTIVE = FINAL | PARKED
"""States in which no worker tries the effect."""


class DeliveryOutcome(StrEnum):
    """How an attempt ended."""

    DONE = "done"
    NOT_SENT = "not_sent"
    """Sure: it did not happen; another attempt may do better."""
    NEVER = "never"
    """Sure: it did not happen, and no attempt will do better."""
    MAYBE = "maybe"
    """It may have happened."""
    SKIPPED = "skipped"
    POSTPONED = "postponed"
    """Not tried, because something it needs is unavailable: does not count as an attempt."""


@dataclass(frozen=True, slots=True)
class Transition:
    """An effect's next state; due again after `wait_s`, or never if that is `None`."""

    state: State
    wait_s: float | None = None
    counts: bool = True
    """Whether the attempt counts."""


def kinds_of(status: Status) -> tuple[Kind, ...]:
    """Return the effects of an auction that ended so, in the order in which they begin."""
    if status is Status.SOLD:
        return (Kind.REPORT, Kind.EMAIL_WINNER, Kind.EMAIL_SELLER, Kind.DISCORD)
    return (Kind.REPORT, Kind.EMAIL_SELLER, Kind.DISCORD)


def waits_for_report(kind: Kind) -> bool:
    """Return whether an effect waits for the report: the seller's e-mail contains it."""
    return kind is Kind.EMAIL_SELLER


def may_repeat(kind: Kind) -> bool:
    """Return whether an effect that may have happened may be tried again."""
    return kind is not Kind.DISCORD


def transition_after(
    kind: Kind,
    outcome: DeliveryOutcome,
    attempts: int,
    *,
    chance: float,
    wait_s: float | None = None,
) -> Transition:
    """Return the transition after attempt number `attempts`.

    `chance` (0 to 1) spreads the next attempts; `wait_s` is the pause that the server asked for.
    """
    match outcome:
        case DeliveryOutcome.DONE:
            return Transition(State.DONE)
        case DeliveryOutcome.SKIPPED:
            return Transition(State.SKIPPED)
        case DeliveryOutcome.NEVER:
            return Transition(State.DEAD)
        case DeliveryOutcome.POSTPONED:
            pause_s = POSTPONED_S if wait_s is None else wait_s
            return Transition(State.RETRY, pause_s * (1 + chance / 4), counts=False)
        case DeliveryOutcome.MAYBE if not may_repeat(kind):
            return Transition(State.UNKNOWN)
        case DeliveryOutcome.NOT_SENT | DeliveryOutcome.MAYBE:
            if attempts >= MAX_ATTEMPTS:
                return Transition(State.DEAD)
            return Transition(State.RETRY, max(backoff_s(attempts, chance), wait_s or 0.0))


def backoff_s(attempts: int, chance: float) -> float:
    """Return the pause after a failed attempt: doubled each time, minus up to a half."""
    full: float = min(FIRST_BACKOFF_S * 2.0 ** (attempts - 1), MAX_BACKOFF_S)
    return full * (1 - chance / 2)


def may_settle(kind: Kind, state: State) -> bool:
    """Return whether an administrator may record that an effect has happened."""
    return state in PARKED and kind is not Kind.REPORT


def may_resend(state: State) -> bool:
    """Return whether an administrator may have an effect tried again."""
    return state in PARKED
