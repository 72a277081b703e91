"""The store of effects, as the worker uses it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum
from typing import Protocol

from martelo.agent.domain.effects import State, Transition
from martelo.agent.domain.frozen import Frozen
from martelo.agent.domain.texts import Kind, Report
from martelo.agent.ports.writing import Written
from martelo.contracts.finished import AuctionFinished
from martelo.runtime.postgresql.leases import Claim


class DeliveryChannel(StrEnum):
    """Where a completed effect was delivered."""

    SITE = "site"
    MAIL = "mail"
    DISCORD = "discord"
    OUTBOX = "outbox"
    """Not sent: stored for reading here, because no server is configured."""


@dataclass(frozen=True, slots=True)
class Claimed:
    """An effect that this worker has leased; `attempts` includes the current one."""

    claim: Claim
    kind: Kind
    attempts: int
    was_in_flight: bool
    """The previous worker died, or lost its lease, while sending."""
    frozen: Frozen | None
    end: AuctionFinished
    report: Report | None
    """The auction's report, once it is written."""


@dataclass(frozen=True, slots=True)
class EffectCounts:
    """How many effects are not final, by kind and state, and the age of the oldest open one."""

    counts: Mapping[tuple[Kind, State], int]
    oldest_open_s: float


class EffectStore(Protocol):
    """The effects of ended auctions, and which worker has leased which.

    A method that writes about a claimed effect returns `False`, and writes nothing, if another
    worker has claimed it since. Every method may raise `DatabaseUnavailable`.
    """

    def add_ends(self, ends: Sequence[AuctionFinished]) -> int:
        """Store the effects of ends that are not known yet; return how many ends were new."""

    def claim(self, limit: int) -> list[Claimed]:
        """Lease up to `limit` due effects, the longest due first."""

    def freeze(self, claim: Claim, frozen: Frozen, written: Written, label: str) -> bool:
        """Store what will be sent, and who wrote it, before it is first sent."""

    def begin(self, claim: Claim) -> bool:
        """Mark that sending begins; the remaining lease must cover the send budget."""

    def publish(self, claim: Claim, report: Report, written: Written, label: str) -> bool:
        """Publish the report on the lot's page, and make the effects that wait for it due."""

    def finish(
        self, claim: Claim, following: Transition, note: str, channel: DeliveryChannel | None
    ) -> bool:
        """Record the result of an attempt."""

    def give_back(self, claim: Claim) -> bool:
        """Release an effect at once, as if it had not been claimed."""

    def count_open(self) -> EffectCounts:
        """Count the effects that are not final; there are few of them at any time."""

    def count_final(self) -> Mapping[tuple[Kind, State], int]:
        """Count the final effects: all there ever were, so not too often."""

    def forget(self, after: timedelta, limit: int) -> int:
        """Erase up to `limit` texts of e-mails and posts that have been final for `after`.

        The effects stay, and so do reports. Return how many texts were erased.
        """
