"""Who is signed in: a random cookie, and behind it a few facts in Valkey.

Only people who signed in have a session, so browsing anonymously needs no store. The cookie's
value is stored hashed, and each sign-in makes a new one.
"""

import hashlib
import secrets
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Protocol

import msgspec

LIFETIME = timedelta(days=30)
"""A session ends this long after signing in, even if it is in use."""

IDLE_LIFETIME = timedelta(days=14)
"""A session ends this long after its last use."""

USE_PRECISION = timedelta(minutes=5)
"""The last use is stored at most this often."""

MAX_ID_LENGTH = 128


class Person(msgspec.Struct, frozen=True):
    """Who is signed in; stored with the session, so that pages need no accounts' database."""

    account_id: str
    name: str
    roles: tuple[str, ...] = ()
    email_verified: bool = True
    terms_version: int = 0

    @property
    def is_administrator(self) -> bool:
        """Return whether this person looks after the house."""
        return "admin" in self.roles


class Origin(msgspec.Struct, frozen=True):
    """Where somebody signed in: the browser and system, and the network address."""

    device: str
    address: str


class _Stored(msgspec.Struct, frozen=True):
    """What is stored of a session."""

    person: Person
    origin: Origin
    began_at: datetime
    used_at: datetime


_STORED = msgspec.json.Decoder(_Stored)


@dataclass(frozen=True, slots=True)
class Session:
    """A person signed in, and the id their browser holds."""

    id: str
    person: Person


@dataclass(frozen=True, slots=True)
class ListedSession:
    """A session as its owner sees it in a list; `reference` does not open it."""

    reference: str
    origin: Origin
    began_at: datetime
    used_at: datetime
    is_current: bool


class KeyValues(Protocol):
    """What sessions need of a store; every call may raise `SessionsUnavailable`."""

    def read(self, key: str) -> bytes | None:
        """Return a value."""
        ...

    def write(self, key: str, value: bytes, lifetime: timedelta) -> None:
        """Store a value for `lifetime`."""
        ...

    def replace(self, key: str, value: bytes, lifetime: timedelta) -> None:
        """Store a value in place of the present one; without one nothing is stored."""
        ...

    def renew(self, key: str, lifetime: timedelta) -> None:
        """Keep a value for `lifetime` from now on."""
        ...

    def delete(self, key: str) -> None:
        """Forget a value."""
        ...

    def add(self, key: str, member: str, lifetime: timedelta) -> None:
        """Add a member to a set, which lives for `lifetime` from now on."""
        ...

    def members(self, key: str) -> Sequence[str]:
        """Return the members of a set."""
        ...

    def remove(self, key: str, member: str) -> None:
        """Take a member out of a set."""
        ...


class Sessions:
    """Begins, finds and ends sessions; every method may raise `SessionsUnavailable`.

    `now` returns an aware UTC instant.
    """

    def __init__(self, store: KeyValues, now: Callable[[], datetime]) -> None:
        self._store = store
        self._now = now

    def begin(self, person: Person, origin: Origin, *, instead_of: Session | None) -> Session:
        """Return a new session under a new id; the one the browser had so far ends."""
        session, now = Session(secrets.token_urlsafe(32), person), self._now()
        digest = _digest(session.id)
        stored = _Stored(person, origin, began_at=now, used_at=now)
        # The index lives as long as the longest session in it.
        self._store.add(_index(person.account_id), digest, LIFETIME)
        self._store.write(_key(digest), msgspec.json.encode(stored), self._lifetime(stored))
        if instead_of is not None:
            self.end(instead_of)
        return session

    def find(self, session_id: str) -> Session | None:
        """Return the session a browser says it has; `None` where it has none, or not any more."""
        if not 0 < len(session_id) <= MAX_ID_LENGTH or not session_id.isascii():
            return None
        key = _key(_digest(session_id))
        stored = self._read(key)
        if stored is None:
            return None
        self._note_use(key, stored)
        return Session(session_id, stored.person)

    def update_all(
        self,
        account_id: str,
        *,
        name: str,
        roles: tuple[str, ...],
        email_verified: bool,
        terms_version: int,
    ) -> None:
        """Let every session of an account show who the person is now."""
        person = Person(account_id, name, roles, email_verified, terms_version)
        for digest in self._store.members(_index(account_id)):
            stored = self._read(_key(digest))
            if stored is not None:
                self._replace(_key(digest), msgspec.structs.replace(stored, person=person))

    def list_of(self, session: Session) -> list[ListedSession]:
        """Return the sessions of a session's person, the last used first."""
        index, current = _index(session.person.account_id), _digest(session.id)
        listed = []
        for digest in self._store.members(index):
            stored = self._read(_key(digest))
            if stored is None:
                self._store.remove(index, digest)
            else:
                listed.append(_listed(digest, stored, is_current=digest == current))
        return sorted(listed, key=lambda each: (each.is_current, each.used_at), reverse=True)

    def end(self, session: Session) -> None:
        """End a session."""
        self._end(session.person.account_id, _digest(session.id))

    def end_listed(self, session: Session, reference: str) -> None:
        """End the session with this reference, if it is of the same person."""
        account_id = session.person.account_id
        if reference in self._store.members(_index(account_id)):
            self._end(account_id, reference)

    def end_all(self, account_id: str, *, but: str | None = None) -> None:
        """End every session of an account; `but` is the id of one that goes on."""
        spared = None if but is None else _digest(but)
        for digest in self._store.members(_index(account_id)):
            if digest != spared:
                self._end(account_id, digest)

    def _end(self, account_id: str, digest: str) -> None:
        self._store.delete(_key(digest))
        self._store.remove(_index(account_id), digest)

    def _read(self, key: str) -> _Stored | None:
        value = self._store.read(key)
        try:
            stored = None if value is None else _STORED.decode(value)
        except (msgspec.MsgspecError, UnicodeDecodeError):
            return None
        if stored is None or self._lifetime(stored) <= timedelta(0):
            return None
        return stored

    def _note_use(self, key: str, stored: _Stored) -> None:
        now = self._now()
        if now - stored.used_at < USE_PRECISION:
            self._store.renew(key, self._lifetime(stored))
        else:
            self._replace(key, msgspec.structs.replace(stored, used_at=now))

    def _replace(self, key: str, stored: _Stored) -> None:
        # Only in place of another: a session that has just ended must not come back.
        self._store.replace(key, msgspec.json.encode(stored), self._lifetime(stored))

    def _lifetime(self, stored: _Stored) -> timedelta:
        return min(IDLE_LIFETIME, stored.began_at + LIFETIME - self._now())


def _listed(digest: str, stored: _Stored, *, is_current: bool) -> ListedSession:
    return ListedSession(digest, stored.origin, stored.began_at, stored.used_at, is_current)


def _digest(session_id: str) -> str:
    return hashlib.sha256(session_id.encode()).hexdigest()


def _key(digest: str) -> str:
    return f"accounts:session:{digest}"


def _index(account_id: str) -> str:
    return f"accounts:sessions-of:{account_id}"
