"""How long a stop kept people from bidding: noted at the stop, printed at the next start."""

import time
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

FILE = "stopped-at"
OUTAGE_S = 60.0
"""An interruption that is longer is an outage, whose ends wait for an administrator."""

BIDDING = frozenset({"gateway", "auctions-api", "valkey"})
"""The processes that an ordinary bid needs."""


class Interruption:
    """The time between a stop and the next start, by the machine's clock."""

    def __init__(self, folder: Path, clock: Callable[[], float] = time.time) -> None:
        self._file = folder / FILE
        self._clock = clock

    def begin(self) -> None:
        """Note that bids end now; a disk that cannot be written only costs the note."""
        with suppress(OSError):
            self._file.write_text(f"{self._clock():.3f}\n", encoding="utf-8")

    def end(self) -> float | None:
        """Return how many seconds there were no bids, once; `None` where no stop was noted."""
        try:
            stopped_at_s = float(self._file.read_text("utf-8"))
            self._file.unlink()
        except (OSError, ValueError):
            return None
        return max(0.0, self._clock() - stopped_at_s)


def describe_duration(seconds: float) -> str:
    """Return a duration in its two largest units."""
    if seconds < 100:
        return f"{seconds:.1f} s"
    minutes = round(seconds / 60)
    if minutes < 100:
        return f"{minutes} min"
    hours, minutes = divmod(minutes, 60)
    return f"{hours} h {minutes} min" if hours < 48 else f"{hours // 24} days"
