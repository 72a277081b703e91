"""What becomes of an effect: one table of outcomes, and when it is tried again.

An effect is one thing that a finished auction brings about: a report, an e-mail, a post. Whether
something left the house is *sure* or *maybe*; a mail that maybe arrived is sent again with the
same Message-ID, which mailboxes drop, but nothing drops a second post, so that one is parked.
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
    """Where an effect stands."""

    PENDING = "pending"
    """Nobody has begun; a seller's e-mail that is never due waits for its report."""
    LEASED = "leased"
    """A worker has it, and nobody else until its lease is over."""
    DONE = "done"
    SKIPPED = "skipped"
    """There is nothing to do, by the house's settings or for want of a recipient."""
    RETRY = "retry"
    """It surely did not happen, or may be repeated, and is tried again."""
    UNKNOWN = "unknown"
    """It may have happened and must not be repeated: parked for a person to look."""
    DEAD = "dead"
    """It did not happen and is not tried any more: parked."""


PARKED = frozenset({State.UNKNOWN, State.DEAD})
FINAL = frozenset({State.DONE, State.SKIPPED})
"""What no one changes any more."""

OVER = FINAL | PARKED


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
    """It was not tried, since something it needs is not to be had now: no attempt."""


@dataclass(frozen=True, slots=True)
class Next:
    """Where an effect goes: `wait_s` is when it is due again, `None` never."""

    state: State
    wait_s: float | None = None
    counts: bool = True
    """Whether the attempt counts."""


def kinds_of(status: Status) -> tuple[Kind, ...]:
    """Return what an auction that ended so brings about, in the order it is begun."""
    if status is Status.SOLD:
        return (Kind.REPORT, Kind.EMAIL_WINNER, Kind.EMAIL_SELLER, Kind.DISCORD)
    return (Kind.REPORT, Kind.EMAIL_SELLER, Kind.DISCORD)


def waits_for_report(kind: Kind) -> bool:
    """Tell whether an effect begins once the report is there: the seller's e-mail carries it."""
    return kind is Kind.EMAIL_SELLER


def may_repeat(kind: Kind) -> bool:
    """Tell whether an effect that maybe happened may be tried again."""
    return kind is not Kind.DISCORD


def after(
    kind: Kind,
    outcome: DeliveryOutcome,
    attempts: int,
    *,
    chance: float,
    wait_s: float | None = None,
) -> Next:
    """Return where an effect goes after its attempt number `attempts`.

    `chance` (0 to 1) spreads the next attempts; `wait_s` is what the other side asked for.
    """
    match outcome:
        case DeliveryOutcome.DONE:
            return Next(State.DONE)
        case DeliveryOutcome.SKIPPED:
            return Next(State.SKIPPED)
        case DeliveryOutcome.NEVER:
            return Next(State.DEAD)
        case DeliveryOutcome.POSTPONED:
            asked_s = POSTPONED_S if wait_s is None else wait_s
            return Next(State.RETRY, asked_s * (1 + chance / 4), counts=False)
        case DeliveryOutcome.MAYBE if not may_repeat(kind):
            return Next(State.UNKNOWN)
        case DeliveryOutcome.NOT_SENT | DeliveryOutcome.MAYBE:
            if attempts >= MAX_ATTEMPTS:
                return Next(State.DEAD)
            return Next(State.RETRY, max(backoff_s(attempts, chance), wait_s or 0.0))


def backoff_s(attempts: int, chance: float) -> float:
    """Return the pause after a failed attempt: doubled each time, and cut by up to a half."""
    whole: float = min(FIRST_BACKOFF_S * 2.0 ** (attempts - 1), MAX_BACKOFF_S)
    return whole * (1 - chance / 2)


def may_settle(kind: Kind, state: State) -> bool:
    """Tell whether a person may say of a parked effect that it is there already."""
    return state in PARKED and kind is not Kind.REPORT


def may_resend(state: State) -> bool:
    """Tell whether a person may have an effect tried again."""
    return state in PARKED
