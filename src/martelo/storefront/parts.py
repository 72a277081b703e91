"""What `main.py` builds once and the views are given."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime

from martelo.runtime.buckets import TokenBuckets
from martelo.runtime.service_keys import ServiceCaller
from martelo.storefront.accounts.passwords import Passwords
from martelo.storefront.accounts.signing import Signer
from martelo.storefront.agent_client import AgentClient
from martelo.storefront.auctions_client import AuctionsClient
from martelo.storefront.contracts import Contracts
from martelo.storefront.images_client import ImagesClient
from martelo.storefront.neighbours import Neighbours
from martelo.storefront.reports import Reports
from martelo.storefront.sessions import Sessions


@dataclass(frozen=True)
class Parts:
    """The dependencies of the storefront's views.

    `sign_in_limits` is `None` where rate limits are off; `now` returns an aware UTC instant;
    `images` is `None` where lots have no pictures; `is_demo` says whether the sign-in page may
    offer the demo's accounts.
    """

    signer: Signer
    passwords: Passwords
    sign_in_limits: TokenBuckets | None
    service_callers: Mapping[str, ServiceCaller]
    now: Callable[[], datetime]
    public_url: str
    is_database_up: Callable[[], bool]
    neighbours: Neighbours
    contracts: Contracts
    sessions: Sessions
    auctions: AuctionsClient
    images: ImagesClient | None
    agent: AgentClient
    reports: Reports
    is_demo: bool
