"""The store of sessions in Valkey, with short timeouts, and one exception when it fails."""

import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from datetime import timedelta

import redis

from martelo.accounts.sessions import SessionsUnavailable
from martelo.runtime.valkey.client import Valkey, connect

TIMEOUT_S = 0.5


class ValkeyKeyValues:
    """Keys of the accounts in Valkey; connected to on first use."""

    def __init__(self, url: str) -> None:
        self._url = url
        self._lock = threading.Lock()
        self._valkey: Valkey | None = None

    def read(self, key: str) -> bytes | None:
        """Return a value."""
        with self._node(key) as node:
            value = node.get(key)
            return value.encode() if isinstance(value, str) else value

    def write(self, key: str, value: bytes, lifetime: timedelta) -> None:
        """Store a value for `lifetime`."""
        with self._node(key) as node:
            node.set(key, value, ex=lifetime)

    def replace(self, key: str, value: bytes, lifetime: timedelta) -> None:
        """Store a value in place of the present one; without one nothing is stored."""
        with self._node(key) as node:
            node.set(key, value, ex=lifetime, xx=True)

    def renew(self, key: str, lifetime: timedelta) -> None:
        """Keep a value for `lifetime` from now on."""
        with self._node(key) as node:
            node.expire(key, lifetime)

    def delete(self, key: str) -> None:
        """Forget a value."""
        with self._node(key) as node:
            node.delete(key)

    def add(self, key: str, member: str, lifetime: timedelta) -> None:
        """Add a member to a set, which lives for `lifetime` from now on."""
        with self._node(key) as node:
            node.sadd(key, member)
            node.expire(key, lifetime)

    def members(self, key: str) -> Sequence[str]:
        """Return the members of a set."""
        with self._node(key) as node:
            return [_text(member) for member in node.smembers(key)]

    def remove(self, key: str, member: str) -> None:
        """Take a member out of a set."""
        with self._node(key) as node:
            node.srem(key, member)

    @contextmanager
    def _node(self, key: str) -> "Iterator[redis.Redis]":
        try:
            with self._lock:
                if self._valkey is None:
                    self._valkey = connect(self._url, timeout_s=TIMEOUT_S)
                valkey = self._valkey
            try:
                yield valkey.node_of(key)
            except redis.exceptions.RedisError:
                # A Cluster may have moved the slot, or have another primary by now.
                with suppress(redis.exceptions.RedisError):
                    valkey.refresh()
                raise
        except redis.exceptions.RedisError as error:
            raise SessionsUnavailable from error


def _text(value: bytes | str) -> str:
    return value.decode() if isinstance(value, bytes) else value


class NoKeyValues:
    """Where no store is set: nobody can sign in, and browsing goes on."""

    def read(self, key: str) -> bytes | None:
        """Refuse."""
        raise SessionsUnavailable(key)

    def write(self, key: str, value: bytes, lifetime: timedelta) -> None:
        """Refuse."""
        raise SessionsUnavailable(key, value, lifetime)

    def replace(self, key: str, value: bytes, lifetime: timedelta) -> None:
        """Refuse."""
        raise SessionsUnavailable(key, value, lifetime)

    def renew(self, key: str, lifetime: timedelta) -> None:
        """Refuse."""
        raise SessionsUnavailable(key, lifetime)

    def delete(self, key: str) -> None:
        """Refuse."""
        raise SessionsUnavailable(key)

    def add(self, key: str, member: str, lifetime: timedelta) -> None:
        """Refuse."""
        raise SessionsUnavailable(key, member, lifetime)

    def members(self, _key: str) -> Sequence[str]:
        """Return nothing: nobody has a session to end."""
        return ()

    def remove(self, key: str, member: str) -> None:
        """Refuse."""
        raise SessionsUnavailable(key, member)
