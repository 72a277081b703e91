"""What `main.py` builds once and the views are given."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime

from martelo.runtime.buckets import TokenBuckets
from martelo.runtime.service_keys import ServiceCaller
from martelo.storefront.accounts.passwords import Passwords
from martelo.storefront.accounts.signing import Signer
from martelo.storefront.contracts import Contracts
from martelo.storefront.neighbours import Neighbours


@dataclass(frozen=True)
class Parts:
    """The dependencies of the storefront's views.

    `sign_in_limits` is `None` where rate limits are off; `now` returns an aware UTC instant.
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
