"""Outages in which nobody could bid, and the auctions they hit (auction rules, section 8)."""

from dataclasses import dataclass

from martelo.auctions.domain.auction import Auction, Status

MINUTE_MS = 60_000
MIN_OUTAGE_MS = MINUTE_MS
LAST_MINUTES_MS = 10 * MINUTE_MS
"""An outage hits an auction if it falls into its last ten minutes."""

HOLD_MS = 5 * MINUTE_MS
"""So long an auction whose end fell into an outage waits for an administrator's decision."""


@dataclass(frozen=True, slots=True)
class Outage:
    """A time in which no bid could be placed, in Unix milliseconds."""

    from_ms: int
    to_ms: int

    @property
    def ends_hit_ms(self) -> tuple[int, int]:
        """The first and the last end of auctions that it hit."""
        return self.from_ms + 1, self.to_ms + LAST_MINUTES_MS

    def has_hit(self, auction: Auction) -> bool:
        """Return whether an auction that is not closed lost time of its last minutes to it."""
        first_ms, last_ms = self.ends_hit_ms
        is_hit = first_ms <= auction.ends_at_ms <= last_ms
        return is_hit and auction.status is Status.OPEN and auction.terms.starts_at_ms < self.to_ms

    def minutes_until(self, now_ms: int) -> int:
        """Return the extension that gives back what was lost, up to `now_ms`."""
        return max(1, -(-(now_ms - self.from_ms) // MINUTE_MS))
