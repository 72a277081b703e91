"""Token buckets: how often each caller may do a thing, counted in memory that processes may share.

A bucket is one number: the instant at which it will be full again. Each token taken moves it on by
the time one takes to come back, and nobody gets one who would move it further ahead than an empty
bucket is. A number is written in one piece, so processes that share a table need no lock, and none
waits for another that was killed or stopped. Two that serve one caller within the same microsecond
may count one token for both.
"""

import mmap
import os
import secrets
import struct
import tempfile
import threading
import time
from collections.abc import Callable
from contextlib import suppress
from hashlib import blake2b
from pathlib import Path

from martelo.runtime.process.settings import ProcessSettings

BUCKETS = 65_536
PLACES = struct.Struct("<4H")
"""The indices of a caller's four buckets, each shared with other callers."""

SECRET_BYTES = 32
SIZE_BYTES = SECRET_BYTES + 8 * BUCKETS
SLACK_S = 1e-6
"""What adding up fractions of a second may be wrong by."""


class Table:
    """The numbers, and the secret by which callers are spread over them.

    A caller is judged by the best of four numbers, so only one who meets busy callers in all four
    is hindered by them; without the secret a caller cannot arrange that.
    """

    def __init__(self, memory: mmap.mmap) -> None:
        view = memoryview(memory)
        self.full_at = view[SECRET_BYTES:].cast("d")
        self._secret = bytes(view[:SECRET_BYTES])

    def places(self, key: str) -> tuple[int, ...]:
        """Return the indices of the numbers of `key`."""
        digest = blake2b(key.encode(), digest_size=PLACES.size, key=self._secret).digest()
        return PLACES.unpack(digest)


def private_table() -> Table:
    """Return a table of this process alone."""
    memory = mmap.mmap(-1, SIZE_BYTES)
    memory[:SECRET_BYTES] = secrets.token_bytes(SECRET_BYTES)
    return Table(memory)


def shared_table(path: Path) -> Table:
    """Return the table in the file at `path`, which the first that comes makes."""
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    with tempfile.NamedTemporaryFile(dir=path.parent) as new:
        new.write(secrets.token_bytes(SECRET_BYTES))
        new.truncate(SIZE_BYTES)
        new.flush()
        with suppress(FileExistsError):
            os.link(new.name, path)
    with path.open("r+b") as file:
        return Table(mmap.mmap(file.fileno(), SIZE_BYTES))


class TokenBuckets:
    """One bucket a key, refilled at `rate_per_s` up to `burst`; safe to share between threads.

    `clock` counts seconds and never goes back; processes that share a table share it too.
    """

    def __init__(
        self,
        *,
        rate_per_s: float,
        burst: float,
        clock: Callable[[], float],
        table: Table | None = None,
    ) -> None:
        self._interval_s = 1 / rate_per_s
        self._empty_s = burst / rate_per_s + SLACK_S
        self._clock = clock
        self._table = table or private_table()
        self._lock = threading.Lock()

    def take(self, key: str) -> float:
        """Take one token from the bucket of `key`; return 0, or the seconds until there is one."""
        places = self._table.places(key)
        full_at = self._table.full_at
        with self._lock:
            now = self._clock()
            found = [self._read(full_at[place], now) for place in places]
            taken = min(found) + self._interval_s
            if taken > now + self._empty_s:
                return taken - now - self._empty_s
            for place, other in zip(places, found, strict=True):
                full_at[place] = max(other, taken)
            return 0.0

    def give_back(self, key: str) -> None:
        """Return one token to the bucket of `key`, taken for what need not be counted."""
        places = self._table.places(key)
        full_at = self._table.full_at
        with self._lock:
            now = self._clock()
            taken = min(self._read(full_at[place], now) for place in places)
            for place in places:
                # The others are further ahead because of other callers.
                if full_at[place] <= taken:
                    full_at[place] = taken - self._interval_s

    def _read(self, full_at: float, now: float) -> float:
        """Return when a bucket is full; a number no clock of ours can have left means nothing."""
        return full_at if now < full_at <= now + self._empty_s else now


def open_buckets(
    name: str, settings: ProcessSettings, *, rate_per_s: float, burst: float
) -> TokenBuckets | None:
    """Return the buckets of the limit `name`, or `None` where limits are off.

    With a folder of limits every process on this machine counts in the same ones.
    """
    if settings.rate_limits == "off":
        return None
    folder = settings.limits_folder
    return TokenBuckets(
        rate_per_s=rate_per_s,
        burst=burst,
        clock=time.monotonic,
        table=shared_table(folder / name) if folder else None,
    )
