"""The circuit breaker: a provider that keeps failing is not called for a while."""

from collections.abc import Callable

MAX_FAILURES = 5
OPEN_S = 60.0


class Circuit:
    """Opens after 5 failures in a row, for 60 s; then one more failure opens it again."""

    def __init__(self, clock: Callable[[], float]) -> None:
        self._clock = clock
        self._failures = 0
        self._open_until_s = 0.0

    @property
    def is_open(self) -> bool:
        """Whether the provider must not be called now."""
        return self._clock() < self._open_until_s

    def succeed(self) -> None:
        """Record that the provider answered."""
        self._failures = 0

    def fail(self) -> None:
        """Record that the provider failed."""
        self._failures += 1
        if self._failures >= MAX_FAILURES:
            self._open_until_s = self._clock() + OPEN_S
