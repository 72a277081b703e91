"""Identification of callers by access token, API key or service key."""

import ipaddress
import math
from collections.abc import Iterator
from contextlib import contextmanager

from django.http import HttpRequest

from martelo.accounts.dependencies import Dependencies
from martelo.accounts.details import clean_email
from martelo.accounts.lookup import find_by_email
from martelo.accounts.refusals import (
    BadCredentials,
    KeyNotFound,
    SignInRequired,
    WrongPassword,
)
from martelo.accounts.roles import roles_by_key
from martelo.accounts.security_events import Event
from martelo.accounts.tokens.keys import find_key
from martelo.kernel.ids import AccountId
from martelo.runtime.identity.service_keys import check_service_key
from martelo.runtime.identity.tokens import Identity, Unauthenticated, read_token
from martelo.runtime.problems.refusals import RateLimited


def identify(request: HttpRequest, dependencies: Dependencies) -> Identity:
    """Return who calls, by access token or API key.

    Raises:
        Unauthenticated: Both are missing, or the one sent is invalid.
    """
    api_key = request.headers.get("X-API-Key")
    if api_key is not None:
        return _identify_key(api_key, dependencies)
    scheme, _, token = request.headers.get("Authorization", "").partition(" ")
    if scheme.lower() != "bearer":
        raise Unauthenticated(had_proof=False)
    try:
        identity, expires_at = read_token(token.strip(), dependencies.signer.public_keys)
    except KeyError as error:
        raise Unauthenticated from error
    if expires_at <= dependencies.now().timestamp():
        raise Unauthenticated
    return identity


def identify_person(request: HttpRequest, dependencies: Dependencies) -> Identity:
    """Return who calls, if they signed in themselves.

    Raises:
        Unauthenticated: As `identify`.
        SignInRequired: A program calls, with an API key.
    """
    identity = identify(request, dependencies)
    if identity.scopes is not None:
        raise SignInRequired
    return identity


def require_service(request: HttpRequest, dependencies: Dependencies, scope: str) -> None:
    """Require a service whose key has `scope`.

    Raises:
        NotAService: The service key is missing or wrong.
        ScopeMissing: The service lacks `scope`.
    """
    check_service_key(request.headers.get("X-API-Key", ""), scope, dependencies.service_callers)


def limit_sign_ins(request: HttpRequest, dependencies: Dependencies) -> None:
    """Count a sign-in or registration against its address.

    Raises:
        RateLimited: There were too many recently.
    """
    if dependencies.sign_in_limits is None:
        return
    wait_s = dependencies.sign_in_limits.take(address_of(request))
    if wait_s > 0:
        raise RateLimited(retry_after_s=math.ceil(wait_s))


@contextmanager
def count_guesses(email: str, dependencies: Dependencies) -> Iterator[None]:
    """Count a wrong password in the block against the account of `email`, known or not.

    The token is taken before the password is checked, so that guesses at once count, too.

    Raises:
        RateLimited: There were too many recently.
    """
    guesses, name = dependencies.guess_limits, clean_email(email).lower()
    if guesses is None:
        with _refusals_reported(email, dependencies):
            yield
        return
    wait_s = guesses.take(name)
    if wait_s > 0:
        raise RateLimited(retry_after_s=math.ceil(wait_s))
    is_wrong = False
    try:
        with _refusals_reported(email, dependencies):
            yield
    except (BadCredentials, WrongPassword):
        is_wrong = True
        raise
    finally:
        if not is_wrong:
            guesses.give_back(name)


@contextmanager
def _refusals_reported(email: str, dependencies: Dependencies) -> Iterator[None]:
    try:
        yield
    except (BadCredentials, WrongPassword):
        account = find_by_email(email)
        account_id = str(account.id) if account else None
        dependencies.events.report(Event.SIGN_IN_REFUSED, account_id)
        raise


def address_of(request: HttpRequest) -> str:
    """Return what a caller is counted by: its IPv4 address or its IPv6 network of 64 bits.

    One hop is trusted: the gateway overwrites `X-Forwarded-For`, so its last entry is the
    gateway's own; anything before it comes from the caller.
    """
    forwarded = request.headers.get("X-Forwarded-For", "").rpartition(",")[2].strip()
    try:
        address = ipaddress.ip_address(forwarded or request.META.get("REMOTE_ADDR", ""))
    except ValueError:
        return "unknown"
    if isinstance(address, ipaddress.IPv6Address):
        mapped = address.ipv4_mapped
        return str(mapped or ipaddress.ip_network((address.packed[:8] + bytes(8), 64)))
    return str(address)


def _identify_key(api_key: str, dependencies: Dependencies) -> Identity:
    try:
        key = find_key(api_key, dependencies.now())
    except KeyNotFound as error:
        raise Unauthenticated from error
    owner = key.account
    roles = frozenset(roles_by_key(owner))
    return Identity(AccountId(str(owner.id)), owner.name, roles, frozenset(key.scopes))
