"""Who is signed in: a random cookie, and behind it a few facts in Valkey.

Only people who signed in have a session, so browsing anonymously needs no store. The cookie's
value is stored hashed, and each sign-in makes a new one.
"""

import hashlib
import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Protocol

import msgspec

LIFETIME = timedelta(days=14)
"""A session ends this long after its last use."""

MAX_ID_LENGTH = 128


class SessionsUnavailable(Exception):  # noqa: N818 - says what happened
    """The store does not answer; nothing is known of anybody's session."""


class Person(msgspec.Struct, frozen=True):
    """Who is signed in; stored with the session, so that pages need no accounts' database."""

    account_id: str
    name: str
    roles: tuple[str, ...] = ()

    @property
    def is_administrator(self) -> bool:
        """Return whether this person looks after the house."""
        return "admin" in self.roles


_PERSON = msgspec.json.Decoder(Person)


@dataclass(frozen=True, slots=True)
class Session:
    """A person signed in, and the id their browser holds."""

    id: str
    person: Person


class KeyValues(Protocol):
    """What sessions need of a store; every call may raise `SessionsUnavailable`."""

    def read(self, key: str) -> bytes | None:
        """Return a value."""
        ...

    def write(self, key: str, value: bytes, lifetime: timedelta) -> None:
        """Store a value for `lifetime`."""
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
    """Begins, finds and ends sessions; every method may raise `SessionsUnavailable`."""

    def __init__(self, store: KeyValues) -> None:
        self._store = store

    def begin(self, person: Person, *, instead_of: Session | None) -> Session:
        """Return a new session under a new id; the one the browser had so far ends."""
        session = Session(secrets.token_urlsafe(32), person)
        digest = _digest(session.id)
        self._store.add(_index(person.account_id), digest, LIFETIME)
        self._store.write(_key(digest), msgspec.json.encode(person), LIFETIME)
        if instead_of is not None:
            self.end(instead_of)
        return session

    def find(self, session_id: str) -> Session | None:
        """Return the session a browser says it has; `None` where it has none, or not any more."""
        if not 0 < len(session_id) <= MAX_ID_LENGTH or not session_id.isascii():
            return None
        key = _key(_digest(session_id))
        stored = self._store.read(key)
        if stored is None:
            return None
        try:
            person = _PERSON.decode(stored)
        except (msgspec.MsgspecError, UnicodeDecodeError):
            return None
        self._store.renew(key, LIFETIME)
        return Session(session_id, person)

    def rename(self, session: Session, name: str) -> Session:
        """Return the session with another name of the same person."""
        person = msgspec.structs.replace(session.person, name=name)
        self._store.write(_key(_digest(session.id)), msgspec.json.encode(person), LIFETIME)
        return Session(session.id, person)

    def end(self, session: Session) -> None:
        """End a session."""
        digest = _digest(session.id)
        self._store.delete(_key(digest))
        self._store.remove(_index(session.person.account_id), digest)

    def end_others(self, session: Session) -> None:
        """End every other session of a session's person, as when the password changed."""
        self._end_all_but(_digest(session.id), session.person.account_id)

    def end_all(self, account_id: str) -> None:
        """End every session of an account."""
        self._end_all_but(None, account_id)

    def _end_all_but(self, spared: str | None, account_id: str) -> None:
        index = _index(account_id)
        for digest in self._store.members(index):
            if digest != spared:
                self._store.delete(_key(digest))
                self._store.remove(index, digest)


def _digest(session_id: str) -> str:
    return hashlib.sha256(session_id.encode()).hexdigest()


def _key(digest: str) -> str:
    return f"accounts:session:{digest}"


def _index(account_id: str) -> str:
    return f"accounts:sessions-of:{account_id}"
