"""Tokens, live tickets and API keys: who is calling, checked against the keys accounts publishes.

Tokens and tickets are EdDSA (Ed25519) JWTs (RFC 7519, RFC 8725): algorithm, type, audience and
issuer are fixed here, never read from the token. An access token (RFC 9068) is valid everywhere;
a live ticket, which a page's script uses, only for the live feed and bids on it.
"""

import hashlib
from collections.abc import Callable
from dataclasses import dataclass
from http import HTTPStatus
from typing import Any, ClassVar

import jwt
import msgspec
import structlog

from martelo.kernel.ids import AccountId
from martelo.kernel.refusal import Refusal
from martelo.runtime.bounded_cache import BoundedCache
from martelo.runtime.http.client import Http, HttpFailed
from martelo.runtime.identity.jwks import ALGORITHM, KeySet, PublicKeys
from martelo.runtime.process.decoders import converter

ISSUER = "martelo"
AUDIENCE = "martelo"
TOKEN_TYPE = "at+jwt"  # noqa: S105 - a media type

TICKET_AUDIENCE = "live"
TICKET_TYPE = "live+jwt"
MAX_TICKET_S = 120
TICKET_SCOPES = frozenset({"bid"})
"""The scopes of a ticket; watching needs none."""

CACHE_SIZE = 4096
MAX_TOKEN_LENGTH = 4096
EXCHANGE_MARGIN_S = 10.0
"""The token of an API key is replaced this long before it expires."""

KEY_CHECK_S = 2.0
"""Accounts is asked again whether an API key serves after this long, so that revoking it counts."""

Reader = Callable[[str, PublicKeys], tuple["Identity", int]]

log = structlog.get_logger(__name__)


@dataclass(eq=False)
class Unauthenticated(Refusal):
    """No token or key, or an invalid one: forged, expired, revoked, or for another audience."""

    slug: ClassVar[str] = "not-signed-in"
    had_proof: bool = True


class AccountsUnavailable(Exception):  # noqa: N818 - says what happened
    """The token or key cannot be checked now; the caller may try again."""


@dataclass(frozen=True, slots=True)
class Identity:
    """Who calls. `scopes` is `None` for a person who signed in, else what their key may do.

    `email_verified` is false while they have to confirm their e-mail address.
    """

    account_id: AccountId
    name: str
    roles: frozenset[str]
    scopes: frozenset[str] | None = None
    email_verified: bool = True
    may_sell: bool = True

    def may(self, scope: str) -> bool:
        """Return whether the key in use covers `scope`; a sign-in covers everything."""
        return self.scopes is None or scope in self.scopes


@dataclass(frozen=True, slots=True)
class Admission:
    """Who acts on a connection, and until when (Unix seconds) without a new proof."""

    identity: Identity
    expires_at_s: float


class _Claims(msgspec.Struct, frozen=True):
    sub: str
    name: str
    roles: list[str]
    exp: int
    scope: str | None = None
    email_verified: bool = True
    may_sell: bool = True


class _TicketClaims(msgspec.Struct, frozen=True):
    sub: str
    name: str
    iat: int
    exp: int
    email_verified: bool = True


class _Exchanged(msgspec.Struct, frozen=True):
    access_token: str
    expires_in: int


@dataclass(frozen=True, slots=True)
class _CheckedKey:
    identity: Identity
    check_at: float
    good_until: float


_read_claims = converter(_Claims)
_read_ticket_claims = converter(_TicketClaims)
_EXCHANGED = msgspec.json.Decoder(_Exchanged)


def read_token(token: str, keys: PublicKeys) -> tuple[Identity, int]:
    """Return whom a token names and when it expires (Unix seconds); `exp` is not checked here.

    Raises:
        KeyError: Its `kid` is not among `keys`.
        Unauthenticated: It is not a valid access token.
    """
    try:
        claims = _read_claims(_payload(token, keys, TOKEN_TYPE, AUDIENCE))
    except msgspec.ValidationError as error:
        raise Unauthenticated from error
    scopes = None if claims.scope is None else frozenset(claims.scope.split())
    identity = Identity(
        AccountId(claims.sub),
        claims.name,
        frozenset(claims.roles),
        scopes,
        claims.email_verified,
        claims.may_sell,
    )
    return identity, claims.exp


def read_ticket(ticket: str, keys: PublicKeys) -> tuple[Identity, int]:
    """Return whom a live ticket names and when it expires; `exp` is not checked here.

    Raises:
        KeyError: Its `kid` is not among `keys`.
        Unauthenticated: It is not a valid live ticket, or its lifetime is too long.
    """
    try:
        claims = _read_ticket_claims(_payload(ticket, keys, TICKET_TYPE, TICKET_AUDIENCE))
    except msgspec.ValidationError as error:
        raise Unauthenticated from error
    if claims.exp - claims.iat > MAX_TICKET_S:
        raise Unauthenticated
    identity = Identity(
        AccountId(claims.sub), claims.name, frozenset(), TICKET_SCOPES, claims.email_verified
    )
    return identity, claims.exp


def _payload(token: str, keys: PublicKeys, media_type: str, audience: str) -> dict[str, Any]:
    kid = _key_id(token, media_type)
    key = keys[kid]
    try:
        return jwt.decode(
            token,
            key,
            algorithms=[ALGORITHM],
            audience=audience,
            issuer=ISSUER,
            options={
                "require": ["exp", "iat", "iss", "aud", "sub", "jti"],
                "strict_aud": True,
                # The caller checks it by its own clock, each time a cached token is used.
                "verify_exp": False,
                "verify_iat": False,
            },
        )
    except (jwt.PyJWTError, RecursionError) as error:
        raise Unauthenticated from error


def _key_id(token: str, media_type: str) -> str:
    header = _header(token)
    kid = header.get("kid")
    fixed = (header.get("alg"), header.get("typ"))
    if fixed != (ALGORITHM, media_type) or not isinstance(kid, str) or "crit" in header:
        raise Unauthenticated
    return kid


def _header(token: str) -> dict[str, Any]:
    if len(token) > MAX_TOKEN_LENGTH or not token.isascii():
        raise Unauthenticated
    try:
        return jwt.get_unverified_header(token)
    except (jwt.PyJWTError, RecursionError) as error:  # the latter: nested brackets
        raise Unauthenticated from error


class TokenVerifier:
    """Identifies callers; one per process, shared by its threads.

    `accounts_url` is the storefront's own address, `clock` the Unix time in seconds, and
    `service_key` this process's own `svc_<caller>_<secret>` (without it no API key is accepted).
    """

    def __init__(
        self,
        accounts_url: str,
        http: Http,
        clock: Callable[[], float],
        service_key: str | None = None,
    ) -> None:
        self._exchange_url = f"{accounts_url.rstrip('/')}/internal/keys/exchange"
        self._http = http
        self._clock = clock
        self._service_key = service_key
        self._key_set = KeySet(accounts_url, http, clock)
        self._verified: BoundedCache[tuple[Identity, int]] = BoundedCache(CACHE_SIZE)
        self._exchanged: BoundedCache[_CheckedKey] = BoundedCache(CACHE_SIZE)

    def verify(self, token: str) -> Identity:
        """Return whom an access token names.

        Raises:
            Unauthenticated: It is forged, expired, or not an access token.
            AccountsUnavailable: The keys that could verify it are not available.
        """
        return self._verify(token)[0]

    def exchange(self, api_key: str) -> Identity:
        """Return whom an `X-API-Key` of the form `mk_<prefix>_<secret>` belongs to.

        Raises:
            Unauthenticated: The key is unknown or revoked.
            AccountsUnavailable: Accounts does not answer, or refuses this process.
        """
        return self._exchange(api_key)[0]

    def admit(self, proof: str) -> Admission:
        """Return for whom a live connection acts, by access token, live ticket or API key.

        Raises:
            Unauthenticated: It is invalid or has expired.
            AccountsUnavailable: It cannot be checked now.
        """
        if proof.startswith("mk_"):
            return Admission(*self._exchange(proof))
        if _header(proof).get("typ") != TICKET_TYPE:
            return Admission(*self._verify(proof))
        if self._key_set.is_stale():
            self._refetch()
        # Tickets are not cached: each is used once or twice, and among cached tokens one would
        # pass for an access token.
        identity, expires_at = self._read(proof, read_ticket)
        if expires_at <= self._clock():
            raise Unauthenticated
        return Admission(identity, expires_at)

    def _verify(self, token: str) -> tuple[Identity, int]:
        if self._key_set.is_stale():
            self._refetch()
        cached = self._verified.get(token)
        verified = cached if cached is not None else self._read(token, read_token)
        if verified[1] <= self._clock():
            self._verified.drop(token)
            raise Unauthenticated
        if cached is None:
            self._verified.put(token, verified)
        return verified

    def _exchange(self, api_key: str) -> tuple[Identity, float]:
        if not api_key.startswith("mk_") or len(api_key) > 128 or not api_key.isascii():
            raise Unauthenticated
        digest = hashlib.sha256(api_key.encode()).hexdigest()
        cached = self._exchanged.get(digest)
        if cached is None or cached.check_at <= self._clock():
            cached = self._check_key(api_key, digest, cached)
        return cached.identity, cached.good_until

    def _check_key(self, api_key: str, digest: str, cached: _CheckedKey | None) -> _CheckedKey:
        try:
            exchanged = self._request_exchange(api_key)
        except Unauthenticated:
            self._exchanged.drop(digest)
            raise
        except AccountsUnavailable:
            if cached is None or cached.good_until <= self._clock():
                raise
            return cached
        identity, now = self.verify(exchanged.access_token), self._clock()
        good_until = now + exchanged.expires_in - EXCHANGE_MARGIN_S
        checked = _CheckedKey(identity, min(now + KEY_CHECK_S, good_until), good_until)
        self._exchanged.put(digest, checked)
        return checked

    def _read(self, token: str, reader: Reader) -> tuple[Identity, int]:
        try:
            return reader(token, self._key_set.current)
        except KeyError:
            self._refetch()
        try:
            return reader(token, self._key_set.current)
        except KeyError as error:
            if self._key_set.is_fresh:
                raise Unauthenticated from error
            raise AccountsUnavailable from error

    def _refetch(self) -> None:
        if self._key_set.refetch():
            # A key may have been withdrawn, and with it every token it signed.
            self._verified.clear()

    def _request_exchange(self, api_key: str) -> _Exchanged:
        if self._service_key is None:
            raise Unauthenticated
        try:
            answer = self._http.send(
                "POST",
                self._exchange_url,
                headers={"X-API-Key": self._service_key, "Content-Type": "application/json"},
                content=msgspec.json.encode({"key": api_key}),
            )
        except HttpFailed as error:
            raise AccountsUnavailable from error
        if answer.status == HTTPStatus.NOT_FOUND:
            raise Unauthenticated
        if answer.status != HTTPStatus.OK:
            log.warning("key-exchange-refused", status=answer.status)
            raise AccountsUnavailable
        try:
            return _EXCHANGED.decode(answer.body)
        except msgspec.MsgspecError as error:
            raise AccountsUnavailable from error
