"""Loops of a worker: each a thread that takes steps until it is stopped, and reports its health."""

import threading
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager

import structlog
from prometheus_client import CollectorRegistry, Metric
from prometheus_client.core import CounterMetricFamily
from prometheus_client.registry import Collector

FIRST_BACKOFF_S = 0.2
SILENT_S = 30.0
"""After so long without a finished step a loop is not ready."""

STUCK_S = 120.0
"""After so long it is dead, and its process is to be started again."""

JOIN_S = 10.0

log = structlog.get_logger(__name__)


class Loop:
    """Takes `step` repeatedly; a step returns how many seconds to pause after it.

    An exception of a step is logged once in a row of failures, and the loop goes on after a
    pause that doubles up to `backoff_s`.
    """

    def __init__(
        self,
        name: str,
        step: Callable[[], float],
        *,
        backoff_s: float = 2.0,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self.name = name
        self.errors = 0
        self._clock = clock
        self._step = step
        self._backoff_s = backoff_s
        self._failures = 0
        self._stepped = False
        self._beat = clock()

    def run(self, stopping: threading.Event) -> None:
        """Take steps until `stopping` is set; the step at hand is finished."""
        while not stopping.is_set():
            stopping.wait(self.take_step())

    def take_step(self) -> float:
        """Take one step, catch what it raises, and return the pause after it in seconds."""
        try:
            pause_s = self._step()
        except Exception as error:  # noqa: BLE001 - the edge of a worker: it goes on
            pause_s = self._failed(error)
        else:
            if self._failures:
                log.info("loop-recovered", loop=self.name, failures=self._failures)
            self._failures = 0
            self._stepped = True
        # The pause that a step asks for is not silence.
        self._beat = self._clock() + pause_s
        return pause_s

    def is_ready(self) -> bool:
        """Return whether the last step succeeded, and not long ago."""
        return self._stepped and not self._failures and self._silence_s() < SILENT_S

    def is_stuck(self) -> bool:
        """Return whether a step has run for so long that it never will end."""
        return self._silence_s() > STUCK_S

    def _silence_s(self) -> float:
        return self._clock() - self._beat

    def _failed(self, error: Exception) -> float:
        self.errors += 1
        if not self._failures:
            log.error("loop-failed", loop=self.name, exc_info=error)
        self._failures += 1
        return min(FIRST_BACKOFF_S * 2.0 ** min(self._failures - 1, 10), self._backoff_s)


class Loops(Collector):
    """The loops of a process, which report their errors as a metric."""

    def __init__(self, loops: Sequence[Loop]) -> None:
        self._loops = loops

    def collect(self) -> Iterable[Metric]:
        """Return how many steps of each loop have failed."""
        errors = CounterMetricFamily(
            "martelo_loop_errors", "Steps of a worker's loop that failed.", labels=["loop"]
        )
        for loop in self._loops:
            errors.add_metric([loop.name], loop.errors)
        return [errors]

    def not_ready(self) -> list[str]:
        """Return the names of the loops that are not doing their work."""
        return [loop.name for loop in self._loops if not loop.is_ready()]

    def stuck(self) -> list[str]:
        """Return the names of the loops that will not come back."""
        return [loop.name for loop in self._loops if loop.is_stuck()]

    def run(self, stopping: threading.Event) -> None:
        """Run all until `stopping` is set and each has finished its step."""
        threads = [
            threading.Thread(target=loop.run, args=(stopping,), name=loop.name, daemon=True)
            for loop in self._loops
        ]
        for thread in threads:
            thread.start()
        stopping.wait()
        deadline = time.monotonic() + JOIN_S
        for thread in threads:
            thread.join(max(0.0, deadline - time.monotonic()))
            if thread.is_alive():
                log.warning("loop-left-behind", loop=thread.name)


@contextmanager
def counted(loops: Loops, registry: CollectorRegistry) -> Iterator[None]:
    """Have the errors of `loops` among the metrics of `registry` meanwhile."""
    registry.register(loops)
    try:
        yield
    finally:
        registry.unregister(loops)
