"""The record as the worker writes it, and where it reads what to write."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

from martelo.auctions.domain.entries import Entry, Raised
from martelo.kernel.ids import AuctionId


@dataclass(frozen=True, slots=True)
class LedgerLine:
    """A ledger entry, and the JSON by which it is archived.

    `public_json` is its public part (`None` of a raise), `private_json` the array of what is stored
    beside it. `name` is that of who sells, bids or buys by it, if the account is not closed.
    """

    entry: Entry
    public_json: str | None
    private_json: str
    name: str | None

    @property
    def position(self) -> tuple[int, int]:
        """`seq` and `sub`, which order a ledger."""
        return self.entry.seq, self.entry.sub if isinstance(self.entry, Raised) else 0


@dataclass(frozen=True, slots=True)
class ArchivedUpTo:
    """The last archived entry of an auction; `at_ms` identifies it among others so numbered."""

    seq: int
    sub: int
    at_ms: int


class Archive(Protocol):
    """The record as the worker writes it. Every method may raise `RecordUnavailable`."""

    def positions(self, auction_ids: Sequence[AuctionId]) -> dict[AuctionId, ArchivedUpTo]:
        """Return how far each ledger is archived; absent where it is not at all."""

    def archive(self, ledgers: Mapping[AuctionId, Sequence[LedgerLine]]) -> None:
        """Append lines to their ledgers and bring the states up to them, all or nothing.

        Lines that are archived already change nothing.

        Raises:
            LedgerGap: Some do not follow what is archived.
        """

    def discard(self, auction_id: AuctionId) -> None:
        """Set aside what is archived of an auction, since the live ledger says otherwise."""

    def park(self, auction_id: AuctionId, reason: str) -> None:
        """Remember a ledger that cannot be archived for its content."""

    def parked(self) -> list[AuctionId]:
        """Return the parked ledgers; archiving one removes it."""

    def finished_positions(self) -> dict[int, str]:
        """Return how far the finished stream of each partition was processed."""

    def save_finished_positions(self, positions: Mapping[int, str]) -> None:
        """Save how far the finished streams are processed."""

    def overdue(self, before_ms: int, limit: int) -> list[AuctionId]:
        """Return auctions still open here whose end was before `before_ms`."""

    def to_forget(self, before_ms: int, limit: int) -> list[AuctionId]:
        """Return auctions archived completely, ended before `before_ms` and not yet forgotten."""

    def forgotten(self, auction_ids: Sequence[AuctionId]) -> None:
        """Note that the live store no longer holds these auctions."""


class LedgerSource(Protocol):
    """The live store as the archive reads it. Every method may raise `StoreUnavailable`."""

    def lines(
        self, positions: Mapping[AuctionId, tuple[int, int]], limit: int
    ) -> dict[AuctionId, list[LedgerLine]]:
        """Return up to `limit` lines of each ledger from `(seq, sub)` on, that one included."""

    def last_positions(self, auction_ids: Sequence[AuctionId]) -> dict[AuctionId, tuple[int, int]]:
        """Return where each ledger ends; absent where there is none."""

    def open_auctions(self, partition: int, cursor: int, limit: int) -> tuple[list[AuctionId], int]:
        """Return some auctions of a partition's index and where to go on; 0 begins and ends."""

    def finished_after(
        self, positions: Mapping[int, str], limit: int
    ) -> dict[int, list[tuple[str, AuctionId]]]:
        """Return, by partition, ends after a stream position, with the position of each."""

    def overdue_ms(self) -> int:
        """Return for how long the oldest due auction has been waiting for its closing."""

    def changes(self, timeout_s: float) -> Iterator[AuctionId | None]:
        """Yield auctions as something public happens to them, and `None` after each silence.

        It is a hint: what happens while nobody listens is lost.
        """
