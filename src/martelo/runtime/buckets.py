"""Token buckets: how often each caller may do a thing, held in this process only."""

import threading
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass


@dataclass(slots=True)
class _Bucket:
    tokens: float
    filled_at: float


class TokenBuckets:
    """One bucket a key, refilled at `rate_per_s` up to `burst`; safe to share between threads.

    `clock` counts seconds and never goes back. The `size` keys used last are remembered: a
    forgotten key starts full, so whoever floods the table gains what a new address gives anyway.
    """

    def __init__(
        self, *, rate_per_s: float, burst: float, clock: Callable[[], float], size: int = 20_000
    ) -> None:
        self._rate_per_s = rate_per_s
        self._burst = burst
        self._clock = clock
        self._size = size
        self._buckets: OrderedDict[str, _Bucket] = OrderedDict()
        self._lock = threading.Lock()

    def take(self, key: str) -> float:
        """Take one token from the bucket of `key`; return 0, or the seconds until there is one."""
        with self._lock:
            bucket = self._filled(key)
            if bucket.tokens >= 1:
                bucket.tokens -= 1
                return 0.0
            return (1 - bucket.tokens) / self._rate_per_s

    def _filled(self, key: str) -> _Bucket:
        now = self._clock()
        bucket = self._buckets.get(key)
        if bucket is None:
            bucket = self._buckets[key] = _Bucket(self._burst, now)
            if len(self._buckets) > self._size:
                self._buckets.popitem(last=False)
            return bucket
        self._buckets.move_to_end(key)
        gained = (now - bucket.filled_at) * self._rate_per_s
        bucket.tokens = min(self._burst, bucket.tokens + gained)
        bucket.filled_at = now
        return bucket
