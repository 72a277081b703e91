"""Outages, as the store remembers them; every method may raise `StoreUnavailable`."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from martelo.auctions.domain.outages import Outage
from martelo.kernel.ids import AuctionId


@dataclass(frozen=True, slots=True)
class KnownOutages:
    """The outages that nobody has decided on, the newest first, and the store's clock.

    `current` is the one that still goes on.
    """

    now_ms: int
    past: Sequence[Outage]
    current: Outage | None


@dataclass(frozen=True, slots=True)
class OutageHits:
    """An outage, the auctions that it hit and that are not closed, and the minutes lost so far."""

    outage: Outage
    auction_ids: Sequence[AuctionId]
    minutes: int


class Outages(Protocol):
    """What is known of outages."""

    def beat(self) -> None:
        """Note that bids can be placed now; a long time since the last note was an outage."""

    def known(self) -> KnownOutages:
        """Return the recent outages."""

    def auctions_ending(self, first_ms: int, last_ms: int) -> list[AuctionId]:
        """Return the auctions, not closed, whose end is in these bounds, the first end first."""

    def forget(self, from_ms: int) -> bool:
        """Forget the outage that began then; return whether it was known."""
