"""The circuit: a provider that keeps failing is left alone for a while."""

from collections.abc import Callable

FAILURES = 5
OPEN_S = 60.0


class Circuit:
    """Opens after 5 failures in a row, for 60 s; then one more failure opens it again."""

    def __init__(self, clock: Callable[[], float]) -> None:
        self._clock = clock
        self._failures = 0
        self._open_until_s = 0.0

    @property
    def is_open(self) -> bool:
        """Whether the provider is to be left alone now."""
        return self._clock() < self._open_until_s

    def succeed(self) -> None:
        """Note that the provider answered."""
        self._failures = 0

    def fail(self) -> None:
        """Note that the provider failed."""
        self._failures += 1
        if self._failures >= FAILURES:
            self._open_until_s = self._clock() + OPEN_S
