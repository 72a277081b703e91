"""The house's settings and people's addresses, as the accounts tell them."""

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


class _Contact(msgspec.Struct, frozen=True):
    name: str
    email: str


_HOUSE = msgspec.json.Decoder(_House)
_CONTACT = msgspec.json.Decoder(_Contact)


class HttpPeople:
    """`People` over HTTP; the house's settings are kept, an old copy being better than none."""

    def __init__(self, accounts: ContextClient, clock: Callable[[], float]) -> None:
        self._accounts = accounts
        self._clock = clock
        self._lock = threading.Lock()
        self._kept: HousePolicy | None = None
        self._fresh_until = 0.0

    def policy(self) -> HousePolicy:
        """Return the house's settings."""
        with self._lock:
            if self._kept is None or self._clock() >= self._fresh_until:
                self._renew()
            if self._kept is None:
                raise ContextUnavailable("the house's settings are not told")
            return self._kept

    def contact(self, account_id: AccountId) -> Contact | None:
        """Return how to reach somebody; `None` where the account is gone."""
        path = f"/internal/accounts/{quote(account_id, safe='')}/contact"
        found = self._accounts.ask(path, _CONTACT)
        return None if found is None else Contact(found.email, found.name)

    def _renew(self) -> None:
        try:
            told = self._accounts.ask("/internal/house", _HOUSE)
        except ContextUnavailable:
            if self._kept is None:
                raise
            return
        if told is not None:
            self._kept = _policy(told)
            self._fresh_until = self._clock() + FRESH_S


def _policy(told: _House) -> HousePolicy:
    house = House(told.name, Language(told.language), Tone(told.tone), Naming(told.winner_naming))
    return HousePolicy(house, told.sender_name, frozenset(Status(end) for end in told.posts))
