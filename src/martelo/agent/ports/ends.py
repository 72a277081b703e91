"""Where ended auctions are announced."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Protocol

from martelo.contracts.finished import AuctionFinished


class EndsUnavailable(Exception):  # noqa: N818 - a state
    """The live store cannot be read now."""


@dataclass(frozen=True, slots=True)
class StreamEntry:
    """One entry of a finished stream; `end` is `None` if it cannot be decoded."""

    id: str
    end: AuctionFinished | None


class EndSource(Protocol):
    """Announcements of ended auctions; every method may raise `EndsUnavailable`."""

    def fresh(self, partition: int, limit: int) -> list[StreamEntry]:
        """Return entries of a partition that no worker has read yet."""

    def abandoned(self, partition: int, limit: int, idle_ms: int) -> list[StreamEntry]:
        """Return entries that were read at least `idle_ms` ago and not acknowledged."""

    def acknowledge(self, partition: int, entry_ids: Sequence[str]) -> None:
        """Acknowledge entries, which need not be read again."""

    def lag(self, partition: int) -> int:
        """Return how many entries of a partition are not acknowledged."""

    def hints(self, timeout_s: float) -> Iterator[AuctionFinished | None]:
        """Yield ends as they are announced, and `None` after each silence; some may be lost."""
