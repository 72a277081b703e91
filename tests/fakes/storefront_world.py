"""Django, set up once for the unit tests of pages and accounts, with nothing behind it."""

from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import cache
from itertools import count
from typing import TYPE_CHECKING

import orjson
import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from django.test import Client
from prometheus_client import CollectorRegistry
from pydantic import SecretStr

from fakes.auctions_api import FakeHttp
from fakes.memory_sessions import MemoryKeyValues
from martelo.accounts import dependencies as accounts
from martelo.accounts.closing.contexts import NoContexts
from martelo.accounts.passwords.hashing import Passwords, argon2id
from martelo.accounts.security_events import SecurityEvents
from martelo.accounts.tokens.secrets import LinkTokens
from martelo.accounts.tokens.signing import Signer, SigningKey
from martelo.auctions.main.asyncapi import load_asyncapi
from martelo.auctions.wire.problems import PROBLEMS
from martelo.runtime.http.client import HttpFailed, HttpResponse
from martelo.runtime.http.metrics import HttpMetrics
from martelo.storefront.clients.agent import AgentClient
from martelo.storefront.clients.auctions import AuctionsClient
from martelo.storefront.clients.documents import ApiDocuments
from martelo.storefront.clients.house_numbers import HouseNumbers
from martelo.storefront.clients.images import ImagesClient
from martelo.storefront.clients.reports import Reports
from martelo.storefront.clients.service_health import ServiceHealth
from martelo.storefront.dependencies import Dependencies
from martelo.storefront.django_setup import configure_django
from martelo.storefront.sessions.sessions import Origin, Person, Sessions

if TYPE_CHECKING:
    from martelo.accounts.models import HouseSettings


@dataclass
class World:
    """The services around the storefront; a test may change them."""

    is_database_up: bool = True
    is_auctions_up: bool = True
    is_feed_ready: bool = True
    http: FakeHttp = field(default_factory=FakeHttp)
    store: MemoryKeyValues = field(default_factory=MemoryKeyValues)

    def sign_in(
        self, client: Client, name: str = "Ana Souza", roles: tuple[str, ...] = ("buyer",)
    ) -> Person:
        """Give the client a session, as signing in does."""
        person = Person("11111111-1111-4111-8111-111111111111", name, roles)
        session = Sessions(self.store, utc_now).begin(
            person, Origin("Firefox, Linux", "192.0.2.1"), instead_of=None
        )
        client.cookies["martelo-session"] = session.id
        return person

    def send(
        self,
        method: str,
        url: str,
        *,
        headers: Mapping[str, str] | None = None,
        content: bytes | None = None,
    ) -> HttpResponse:
        """Answer for auctions and its live feed; images has lost its store, and agent is gone."""
        assert (method, headers, content) == ("GET", None, None)
        if url == "http://live-2/readyz":
            return HttpResponse(200 if self.is_feed_ready else 503, {}, b"")
        if url == "http://images/readyz":
            return HttpResponse(200, {}, b'{"status": "ok", "store": "down"}')
        if not url.startswith("http://auctions/"):
            raise HttpFailed("refused")
        if not self.is_auctions_up:
            raise HttpFailed("refused")
        if url.endswith("/asyncapi.json"):
            return HttpResponse(200, {}, orjson.dumps(load_asyncapi()))
        if url.endswith("/problems.json"):
            return HttpResponse(200, {}, orjson.dumps(PROBLEMS.document()))
        return HttpResponse(200, {}, b'{"info": {"title": "Martelo auctions"}}')


def utc_now() -> datetime:
    """Return the time."""
    return datetime.now(UTC)


def _house() -> "HouseSettings":
    from martelo.accounts.models import HouseSettings  # noqa: PLC0415 - needs Django

    return HouseSettings()


@cache
def _world() -> World:
    """Set Django up, which can be done once in a process."""
    world = World()
    urls = {"auctions": "http://auctions"}
    processes = {
        "auctions": ["http://auctions"],
        "live": ["http://live", "http://live-2"],
        "images": ["http://images"],
        "agent": ["http://agent"],
    }
    agent = AgentClient("http://agent", world.http, world.http)
    sessions = Sessions(world.store, utc_now)
    dependencies = Dependencies(
        accounts=accounts.Dependencies(
            signer=Signer([SigningKey("k1", Ed25519PrivateKey.generate())]),
            passwords=Passwords(argon2id()),
            sign_in_limits=None,
            guess_limits=None,
            service_callers={},
            now=utc_now,
            sessions=sessions,
            link_tokens=LinkTokens("a secret of these tests alone"),
            sends_mail=False,
            confirms_emails=False,
            house=_house,
            contexts=NoContexts(),
            events=SecurityEvents(HttpMetrics(CollectorRegistry()), kept_days=0, now=utc_now),
        ),
        now=utc_now,
        public_url="https://martelo.example",
        is_database_up=lambda: world.is_database_up,
        neighbours=ServiceHealth(processes, world, ThreadPoolExecutor(5)),
        numbers=HouseNumbers(["http://worker"], world.http, ThreadPoolExecutor(2)),
        contracts=ApiDocuments(urls, world, lambda: 0.0),
        sessions=sessions,
        auctions=AuctionsClient("http://auctions", world.http),
        images=ImagesClient("http://images", world.http),
        agent=agent,
        # Each call is a minute later: nothing stays cached.
        reports=Reports(agent, count(step=60).__next__),
        is_demo=False,
        metrics=HttpMetrics(CollectorRegistry()),
    )
    # Nothing listens there, and no unit test asks.
    configure_django(SecretStr("postgresql://nobody@127.0.0.1:1/none"), DEPENDENCIES=dependencies)
    return world


@pytest.fixture
def world() -> World:
    """Return the surroundings, all well."""
    world = _world()
    world.is_database_up = world.is_auctions_up = world.is_feed_ready = True
    world.http.answers.clear()
    world.http.calls.clear()
    world.store.is_down = False
    return world


@pytest.fixture
def client(world: World) -> Client:
    """Return a client that calls the storefront without a socket."""
    assert world.is_database_up
    return Client(raise_request_exception=False)
