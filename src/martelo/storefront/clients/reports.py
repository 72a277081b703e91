"""Reports of finished auctions, asked for once whoever looks.

Everybody who watched an end looks for its report at the same time, again and again, and all of
them may be told the same: so what the agent answers is kept for a moment, also that it does not.
"""

import threading
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass, field

from martelo.storefront.clients.agent import AgentClient
from martelo.storefront.clients.auctions import ApiResponse

KEPT_S = 1.0
MAX_REPORTS = 500
"""Auctions whose answers are kept; beyond, the one longest not looked at goes."""


@dataclass
class _Kept:
    """The last answer for one auction; whoever comes while it is asked for waits for it."""

    answer: ApiResponse | None = None
    good_until: float = 0.0
    lock: threading.Lock = field(default_factory=threading.Lock)


class Reports:
    """What the agent says of reports; `clock` counts seconds and never goes back."""

    def __init__(self, agent: AgentClient, clock: Callable[[], float]) -> None:
        self._agent = agent
        self._clock = clock
        self._kept: OrderedDict[str, _Kept] = OrderedDict()
        self._lock = threading.Lock()

    def read(self, auction_id: str) -> ApiResponse:
        """Return the agent's answer, at most a second old."""
        kept = self._place_of(auction_id)
        with kept.lock:
            if kept.answer is None or self._clock() >= kept.good_until:
                kept.answer = self._agent.read_report(auction_id)
                kept.good_until = self._clock() + KEPT_S
            return kept.answer

    def _place_of(self, auction_id: str) -> _Kept:
        with self._lock:
            kept = self._kept.setdefault(auction_id, _Kept())
            self._kept.move_to_end(auction_id)
            if len(self._kept) > MAX_REPORTS:
                self._kept.popitem(last=False)
            return kept
