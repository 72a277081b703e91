"""Reports of finished auctions, read once for all who look at the same time.

Everybody who watched an end looks for its report, again and again: so what the agent answers is
cached for a moment, also that it does not answer.
"""

import threading
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass, field

from martelo.storefront.clients.agent import AgentClient
from martelo.storefront.clients.auctions import ApiResponse

CACHED_S = 1.0
MAX_REPORTS = 500
"""Auctions whose answers are cached; beyond, the least recently read one is dropped."""


@dataclass
class _CachedAnswer:
    """The last answer for one auction; callers wait while it is read."""

    answer: ApiResponse | None = None
    good_until: float = 0.0
    lock: threading.Lock = field(default_factory=threading.Lock)


class Reports:
    """What the agent says of reports; `clock` counts seconds and never goes back."""

    def __init__(self, agent: AgentClient, clock: Callable[[], float]) -> None:
        self._agent = agent
        self._clock = clock
        self._cache: OrderedDict[str, _CachedAnswer] = OrderedDict()
        self._lock = threading.Lock()

    def read(self, auction_id: str) -> ApiResponse:
        """Return the agent's answer, at most a second old."""
        cached = self._entry_of(auction_id)
        with cached.lock:
            if cached.answer is None or self._clock() >= cached.good_until:
                cached.answer = self._agent.read_report(auction_id)
                cached.good_until = self._clock() + CACHED_S
            return cached.answer

    def _entry_of(self, auction_id: str) -> _CachedAnswer:
        with self._lock:
            cached = self._cache.setdefault(auction_id, _CachedAnswer())
            self._cache.move_to_end(auction_id)
            if len(self._cache) > MAX_REPORTS:
                self._cache.popitem(last=False)
            return cached
