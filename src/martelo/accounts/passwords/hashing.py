"""Passwords: Argon2id, a bounded number at a time, at one cost for known and unknown people."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Protocol

import argon2

from martelo.accounts.refusals import PasswordsBusy

AT_ONCE = 2
"""Hashings at once per process: each takes 19 MiB and a core."""
MAX_WAIT_S = 1.0
"""Of those beyond; a thread that waits serves nobody else."""


class Hasher(Protocol):
    """What is needed of `argon2.PasswordHasher`."""

    def hash(self, password: str) -> str:
        """Return a salted hash."""
        ...

    def verify(self, hash: str, password: str) -> bool:  # noqa: A002 - the library's name
        """Return true, or raise `argon2.exceptions.VerificationError`."""
        ...

    def check_needs_rehash(self, hash: str) -> bool:  # noqa: A002 - the same
        """Return whether a hash was made with other parameters."""
        ...


def argon2id() -> argon2.PasswordHasher:
    """Return the hasher OWASP's least setting describes: 19 MiB, two passes, one lane."""
    return argon2.PasswordHasher(time_cost=2, memory_cost=19 * 1024, parallelism=1)


class Passwords:
    """Hashes and checks passwords; one per process, shared by its threads."""

    def __init__(self, hasher: Hasher, max_wait_s: float = MAX_WAIT_S) -> None:
        self._hasher = hasher
        self._max_wait_s = max_wait_s
        self._places = threading.BoundedSemaphore(AT_ONCE)
        self._nobody = hasher.hash("nobody signs in with this")

    def hash(self, password: str) -> str:
        """Return a salted hash to keep.

        Raises:
            PasswordsBusy: There was no place within `MAX_WAIT_S`.
        """
        with self._place():
            return self._hasher.hash(password)

    def matches(self, stored: str | None, password: str) -> bool:
        """Return whether `password` is the one hashed as `stored`.

        Where nothing is stored (an unknown person) the same work is done, in vain, so that the
        time taken does not show whether somebody has an account.

        Raises:
            PasswordsBusy: There was no place within `MAX_WAIT_S`.
        """
        with self._place():
            try:
                matched = self._hasher.verify(stored or self._nobody, password)
            except argon2.exceptions.VerificationError:
                return False
        return matched and stored is not None

    def is_outdated(self, stored: str) -> bool:
        """Return whether a stored hash was made with other parameters than those of today."""
        return self._hasher.check_needs_rehash(stored)

    @contextmanager
    def _place(self) -> Iterator[None]:
        if not self._places.acquire(timeout=self._max_wait_s):
            raise PasswordsBusy
        try:
            yield
        finally:
            self._places.release()
