"""What the accounts' views are given."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from martelo.accounts.closing.contexts import OtherContexts
from martelo.accounts.passwords.hashing import Passwords
from martelo.accounts.roles import may_sell
from martelo.accounts.security_events import SecurityEvents
from martelo.accounts.sessions import AccountSessions
from martelo.accounts.tokens.secrets import LinkTokens
from martelo.accounts.tokens.signing import Signer, Subject
from martelo.runtime.buckets import TokenBuckets
from martelo.runtime.identity.service_keys import ServiceCaller

if TYPE_CHECKING:
    from martelo.accounts.models import Account, HouseSettings


@dataclass(frozen=True)
class Dependencies:
    """The dependencies of the accounts' views.

    `sign_in_limits` counts by address, `guess_limits` wrong passwords by account; both are `None`
    where rate limits are off. `now` returns an aware UTC instant, `house` the settings of a few
    seconds ago at the most. Without `sends_mail` the house has no mail server; `confirms_emails`
    says whether people have to confirm their addresses.
    """

    signer: Signer
    passwords: Passwords
    sign_in_limits: TokenBuckets | None
    guess_limits: TokenBuckets | None
    service_callers: Mapping[str, ServiceCaller]
    sessions: AccountSessions
    link_tokens: LinkTokens
    sends_mail: bool
    confirms_emails: bool
    house: Callable[[], "HouseSettings"]
    events: SecurityEvents
    contexts: OtherContexts
    now: Callable[[], datetime]

    def writes_to(self, account: "Account") -> bool:
        """Return whether notices go to an account; an unconfirmed address gets none."""
        is_confirmed = account.email_confirmed_at is not None
        return self.sends_mail and (is_confirmed or not self.confirms_emails)

    def subject(
        self, account_id: str, name: str, roles: tuple[str, ...], *, is_confirmed: bool
    ) -> Subject:
        """Return what the token of a person says of them."""
        return Subject(
            account_id,
            name,
            roles,
            email_verified=is_confirmed or not self.confirms_emails,
            may_sell=may_sell(roles, self.house().who_may_sell),
        )
