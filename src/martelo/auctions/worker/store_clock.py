"""The store's clock, compared with this process's own: a jump forward must not end auctions.

An end cannot be taken back. So where a server's clock runs ahead of `time.monotonic` by more than
`MAX_JUMP_S` at once, its partitions are held: nothing there is closed or announced until the clock
has been steady for `STEADY_S`, or somebody asks to resume.
"""

import time
from collections.abc import Callable
from dataclasses import dataclass

import structlog

from martelo.auctions.ports.failures import StoreUnavailable
from martelo.auctions.ports.readings import Upcoming
from martelo.auctions.worker.metrics import WorkerMetrics

MAX_JUMP_S = 30.0
STEADY_S = 60.0

log = structlog.get_logger(__name__)


class StoreClockJumped(Exception):  # noqa: N818 - says what was found
    """Partitions are held since the store's clock jumped."""


@dataclass(frozen=True, slots=True)
class _Seen:
    """What a clock showed, and when it was asked."""

    store_ms: int
    asked_s: float


class StoreClock:
    """Watches the clock of every partition's server.

    `resumption` returns a token that changes each time somebody asks to resume.
    """

    def __init__(
        self,
        resumption: Callable[[], str | None],
        metrics: WorkerMetrics,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._resumption = resumption
        self._metrics = metrics
        self._clock = clock
        self._seen: dict[int, _Seen] = {}
        self._steady_at_s: dict[int, float] = {}
        self._token: str | None = None

    @property
    def held(self) -> list[int]:
        """The partitions that are held."""
        return sorted(self._steady_at_s)

    def read(self, upcoming: Callable[[], Upcoming]) -> Upcoming:
        """Return what `upcoming` returns, without what is due in held partitions."""
        asked_s = self._clock()
        found = upcoming()
        self._release()
        jumped = [part for part, ms in found.clocks_ms.items() if self._has_jumped(part, ms)]
        self._seen |= {part: _Seen(ms, asked_s) for part, ms in found.clocks_ms.items()}
        if jumped:
            self._hold(jumped)
        self._metrics.clock_held.set(len(self._steady_at_s))
        return found.without(self._steady_at_s)

    def _has_jumped(self, partition: int, store_ms: int) -> bool:
        seen = self._seen.get(partition)
        if seen is None:
            return False
        # Never less than what has passed, even if this process was paused between the two.
        passed_s = self._clock() - seen.asked_s
        return (store_ms - seen.store_ms) / 1000 - passed_s > MAX_JUMP_S

    def _hold(self, partitions: list[int]) -> None:
        log.error("store-clock-jumped", partitions=partitions, held_s=STEADY_S)
        self._metrics.clock_jumps.inc()
        if not self._steady_at_s:
            self._token = self._read_token()
        self._steady_at_s |= dict.fromkeys(partitions, self._clock() + STEADY_S)

    def _release(self) -> None:
        if not self._steady_at_s:
            return
        now_s = self._clock()
        is_resumed = self._read_token() != self._token
        left = {} if is_resumed else {p: s for p, s in self._steady_at_s.items() if s > now_s}
        if not left:
            log.warning("store-clock-accepted", asked_to_resume=is_resumed)
        self._steady_at_s = left

    def _read_token(self) -> str | None:
        try:
            return self._resumption()
        except StoreUnavailable:
            return self._token
