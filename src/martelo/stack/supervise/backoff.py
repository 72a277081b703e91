"""How long to wait before a restart, and when to call it failing."""

from dataclasses import dataclass, field

FIRST_S = 0.2
MAX_DELAY_S = 10.0
HEALTHY_S = 30.0
FAILING_RESTARTS = 5
FAILING_WINDOW_S = 60.0


@dataclass
class Backoff:
    """0.2 s, doubling to 10 s, forgotten after 30 healthy seconds; never given up.

    Times are seconds of any one monotonic clock.
    """

    _delay_s: float = FIRST_S
    _ready_at: float | None = None
    _ended_at: list[float] = field(default_factory=list)

    def note_ready(self, now: float) -> None:
        """Count healthy seconds from `now`, unless they are being counted."""
        if self._ready_at is None:
            self._ready_at = now

    def note_unready(self, now: float) -> None:
        """Stop counting healthy seconds; what was counted so far still counts."""
        self._forget_if_healthy(now)
        self._ready_at = None

    def note_end(self, now: float) -> float:
        """Return how many seconds to wait after an end at `now`."""
        self._forget_if_healthy(now)
        self._ready_at = None
        self._ended_at = [at for at in self._ended_at if now - at < FAILING_WINDOW_S] + [now]
        delay_s = self._delay_s
        self._delay_s = min(self._delay_s * 2, MAX_DELAY_S)
        return delay_s

    def is_failing(self, now: float) -> bool:
        """Return whether it ended five times within the last minute."""
        recent = [at for at in self._ended_at if now - at < FAILING_WINDOW_S]
        return len(recent) >= FAILING_RESTARTS

    def _forget_if_healthy(self, now: float) -> None:
        if self._ready_at is not None and now - self._ready_at >= HEALTHY_S:
            self._delay_s = FIRST_S
            self._ended_at.clear()
