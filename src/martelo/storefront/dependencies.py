"""What `django_setup.py` builds once and the views are given."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from martelo.accounts import dependencies as accounts
from martelo.runtime.http.metrics import HttpMetrics
from martelo.storefront.clients.agent import AgentClient
from martelo.storefront.clients.auctions import AuctionsClient
from martelo.storefront.clients.documents import ApiDocuments
from martelo.storefront.clients.house_numbers import HouseNumbers
from martelo.storefront.clients.images import ImagesClient
from martelo.storefront.clients.reports import Reports
from martelo.storefront.clients.service_health import ServiceHealth
from martelo.storefront.sessions.sessions import Sessions


@dataclass(frozen=True)
class Dependencies:
    """The dependencies of the storefront's views.

    `accounts` are those of the accounts' views; `now` returns an aware UTC instant;
    `images` is `None` where lots have no pictures; `is_demo` lets the sign-in page offer the
    demo's accounts.
    """

    accounts: accounts.Dependencies
    now: Callable[[], datetime]
    public_url: str
    is_database_up: Callable[[], bool]
    neighbours: ServiceHealth
    numbers: HouseNumbers
    contracts: ApiDocuments
    sessions: Sessions
    auctions: AuctionsClient
    images: ImagesClient | None
    agent: AgentClient
    reports: Reports
    is_demo: bool
    metrics: HttpMetrics
