"""The streams of ended auctions."""

from typing import Protocol


class FinishedStreams(Protocol):
    """The finished streams, for their owner. Every method may raise `StoreUnavailable`."""

    def oldest(self) -> dict[int, str]:
        """Return where each partition's stream begins; absent where it holds nothing."""

    def needed(self, partition: int) -> list[str]:
        """Return, for each consumer group of a stream, the first entry that it may still need."""

    def trim(self, partition: int, before: str) -> int:
        """Remove the entries before a position; return how many there were."""
