"""What the accounts' views are given."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime

from martelo.accounts.passwords.hashing import Passwords
from martelo.accounts.sessions import EndsSessions
from martelo.accounts.tokens.secrets import LinkTokens
from martelo.accounts.tokens.signing import Signer
from martelo.runtime.buckets import TokenBuckets
from martelo.runtime.identity.service_keys import ServiceCaller


@dataclass(frozen=True)
class Dependencies:
    """The dependencies of the accounts' views.

    `sign_in_limits` counts by address, `guess_limits` wrong passwords by account; both are `None`
    where rate limits are off. `now` returns an aware UTC instant;
    without `sends_mail` the house has no mail server.
    """

    signer: Signer
    passwords: Passwords
    sign_in_limits: TokenBuckets | None
    guess_limits: TokenBuckets | None
    service_callers: Mapping[str, ServiceCaller]
    sessions: EndsSessions
    link_tokens: LinkTokens
    sends_mail: bool
    now: Callable[[], datetime]
