"""The store of sessions in memory, which a test can take down."""

from collections.abc import Sequence
from datetime import timedelta

from martelo.accounts.sessions import SessionsUnavailable


class MemoryKeyValues:
    """Values and sets; lifetimes are recorded, nothing expires."""

    def __init__(self) -> None:
        self.values: dict[str, bytes] = {}
        self.sets: dict[str, set[str]] = {}
        self.lifetimes: dict[str, timedelta] = {}
        self.is_down = False

    def read(self, key: str) -> bytes | None:
        self._check()
        return self.values.get(key)

    def write(self, key: str, value: bytes, lifetime: timedelta) -> None:
        self._check()
        self.values[key] = value
        self.lifetimes[key] = lifetime

    def replace(self, key: str, value: bytes, lifetime: timedelta) -> None:
        self._check()
        if key in self.values:
            self.write(key, value, lifetime)

    def renew(self, key: str, lifetime: timedelta) -> None:
        self._check()
        self.lifetimes[key] = lifetime

    def delete(self, key: str) -> None:
        self._check()
        self.values.pop(key, None)

    def add(self, key: str, member: str, lifetime: timedelta) -> None:
        self._check()
        self.sets.setdefault(key, set()).add(member)
        self.lifetimes[key] = lifetime

    def members(self, key: str) -> Sequence[str]:
        self._check()
        return sorted(self.sets.get(key, set()))

    def remove(self, key: str, member: str) -> None:
        self._check()
        self.sets.get(key, set()).discard(member)

    def _check(self) -> None:
        if self.is_down:
            raise SessionsUnavailable
