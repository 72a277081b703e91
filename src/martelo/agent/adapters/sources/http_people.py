"""The house's settings and people's addresses, from the accounts API."""

import threading
from collections.abc import Callable
from typing import Literal
from urllib.parse import quote

import msgspec

from martelo.agent.adapters.sources.context_client import ContextClient
from martelo.agent.domain.facts import House, Language, Naming, Status, Tone
from martelo.agent.domain.policy import HousePolicy
from martelo.agent.ports.contexts import Contact, ContextUnavailable
from martelo.kernel.ids import AccountId

FRESH_S = 30.0


class _House(msgspec.Struct, frozen=True):
    name: str
    sender_name: str
    language: Literal["pt-BR", "en"]
    tone: Literal["warm", "plain"]
    winner_naming: Literal["first_and_initial", "masked", "whole"]
    posts: list[Literal["sold", "unsold", "cancelled"]]
    imprint: list[str] = []


class _Contact(msgspec.Struct, frozen=True):
    name: str
    email: str


_HOUSE = msgspec.json.Decoder(_House)
_CONTACT = msgspec.json.Decoder(_Contact)


class HttpPeople:
    """`People` over HTTP; the settings are cached, and an old copy is used during a failure."""

    def __init__(self, accounts: ContextClient, clock: Callable[[], float]) -> None:
        self._accounts = accounts
        self._clock = clock
        self._lock = threading.Lock()
        self._policy: HousePolicy | None = None
        self._fresh_until = 0.0

    def policy(self) -> HousePolicy:
        """Return the house's settings."""
        with self._lock:
            if self._policy is None or self._clock() >= self._fresh_until:
                self._refresh()
            if self._policy is None:
                raise ContextUnavailable("no settings of the house")
            return self._policy

    def contact(self, account_id: AccountId) -> Contact | None:
        """Return a person's address and name; `None` if the account no longer exists."""
        path = f"/internal/accounts/{quote(account_id, safe='')}/contact"
        found = self._accounts.get(path, _CONTACT)
        return None if found is None else Contact(found.email, found.name)

    def _refresh(self) -> None:
        try:
            settings = self._accounts.get("/internal/house", _HOUSE)
        except ContextUnavailable:
            if self._policy is None:
                raise
            return
        if settings is not None:
            self._policy = _policy_of(settings)
            self._fresh_until = self._clock() + FRESH_S


def _policy_of(settings: _House) -> HousePolicy:
    house = House(
        settings.name,
        Language(settings.language),
        Tone(settings.tone),
        Naming(settings.winner_naming),
        tuple(settings.imprint),
    )
    return HousePolicy(
        house, settings.sender_name, frozenset(Status(end) for end in settings.posts)
    )
