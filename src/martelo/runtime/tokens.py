"""Access tokens and API keys: who is calling, checked against the keys accounts publishes.

Tokens are EdDSA (Ed25519) JWTs of type `at+jwt` (RFC 9068, RFC 8725): algorithm, type, audience
and issuer are fixed here, whatever the token says of itself.
"""

import hashlib
from collections.abc import Callable
from dataclasses import dataclass
from http import HTTPStatus

import jwt
import msgspec
import structlog

from martelo.kernel.ids import AccountId
from martelo.runtime.bounded import BoundedCache
from martelo.runtime.http import Http, HttpFailed
from martelo.runtime.jwks import ALGORITHM, KeySet, PublicKeys

ISSUER = "martelo"
AUDIENCE = "martelo"
TOKEN_TYPE = "at+jwt"  # noqa: S105 - a media type

CACHE_SIZE = 4096
LONGEST_TOKEN = 4096
EXCHANGE_MARGIN_S = 10.0
"""A key's token is given up this long before it expires."""

log = structlog.get_logger(__name__)


class Unauthenticated(Exception):  # noqa: N818 - says what the caller is
    """The token or key proves nothing: forged, expired, revoked, or for someone else."""


class AccountsUnavailable(Exception):  # noqa: N818 - says what happened
    """Whether the token or key is good cannot be said now; the caller may try again."""


@dataclass(frozen=True, slots=True)
class Identity:
    """Who calls. `scopes` is `None` for a person who signed in, else what their key may do."""

    account_id: AccountId
    name: str
    roles: frozenset[str]
    scopes: frozenset[str] | None = None

    def may(self, scope: str) -> bool:
        """Return whether the key in use covers `scope`; a sign-in covers everything."""
        return self.scopes is None or scope in self.scopes


class _Claims(msgspec.Struct, frozen=True):
    sub: str
    name: str
    roles: list[str]
    exp: int
    scope: str | None = None


class _Exchanged(msgspec.Struct, frozen=True):
    access_token: str
    expires_in: int


def read_token(token: str, keys: PublicKeys) -> tuple[Identity, int]:
    """Return whom a token names and when it expires (Unix seconds); `exp` is not judged here.

    Raises:
        KeyError: its `kid` is not among `keys`.
        Unauthenticated: it is no access token of ours.
    """
    kid = _key_id(token)
    key = keys[kid]
    try:
        payload = jwt.decode(
            token,
            key,
            algorithms=[ALGORITHM],
            audience=AUDIENCE,
            issuer=ISSUER,
            options={
                "require": ["exp", "iat", "iss", "aud", "sub", "jti"],
                "strict_aud": True,
                # Judged by the caller, by its own clock, each time a cached token is used.
                "verify_exp": False,
                "verify_iat": False,
            },
        )
        claims = msgspec.convert(payload, _Claims)
    except (jwt.PyJWTError, msgspec.ValidationError, RecursionError) as error:
        raise Unauthenticated from error
    scopes = None if claims.scope is None else frozenset(claims.scope.split())
    identity = Identity(AccountId(claims.sub), claims.name, frozenset(claims.roles), scopes)
    return identity, claims.exp


def _key_id(token: str) -> str:
    if len(token) > LONGEST_TOKEN or not token.isascii():
        raise Unauthenticated
    try:
        header = jwt.get_unverified_header(token)
    except (jwt.PyJWTError, RecursionError) as error:  # the latter: brackets within brackets
        raise Unauthenticated from error
    kid = header.get("kid")
    fixed = (header.get("alg"), header.get("typ"))
    if fixed != (ALGORITHM, TOKEN_TYPE) or not isinstance(kid, str) or "crit" in header:
        raise Unauthenticated
    return kid


class TokenVerifier:
    """Says who calls; one per process, shared by its threads.

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
        self._exchanged: BoundedCache[tuple[Identity, float]] = BoundedCache(CACHE_SIZE)

    def verify(self, token: str) -> Identity:
        """Return whom an access token names.

        Raises:
            Unauthenticated: it is forged, expired, or no access token of ours.
            AccountsUnavailable: the keys to tell are not to be had.
        """
        if self._key_set.is_stale():
            self._refetch()
        kept = self._verified.get(token)
        identity, expires_at = kept if kept is not None else self._read(token)
        if expires_at <= self._clock():
            self._verified.drop(token)
            raise Unauthenticated
        if kept is None:
            self._verified.put(token, (identity, expires_at))
        return identity

    def exchange(self, api_key: str) -> Identity:
        """Return whom an `X-API-Key` of the form `mk_<prefix>_<secret>` belongs to.

        Raises:
            Unauthenticated: there is no such key, or it was revoked.
            AccountsUnavailable: accounts does not answer, or refuses this process.
        """
        if not api_key.startswith("mk_") or len(api_key) > 128 or not api_key.isascii():
            raise Unauthenticated
        digest = hashlib.sha256(api_key.encode()).hexdigest()
        kept = self._exchanged.get(digest)
        if kept is not None and kept[1] > self._clock():
            return kept[0]
        exchanged = self._ask_exchange(api_key)
        identity = self.verify(exchanged.access_token)
        good_until = self._clock() + exchanged.expires_in - EXCHANGE_MARGIN_S
        self._exchanged.put(digest, (identity, good_until))
        return identity

    def _read(self, token: str) -> tuple[Identity, int]:
        try:
            return read_token(token, self._key_set.current)
        except KeyError:
            self._refetch()
        try:
            return read_token(token, self._key_set.current)
        except KeyError as error:
            if self._key_set.is_fresh:
                raise Unauthenticated from error
            raise AccountsUnavailable from error

    def _refetch(self) -> None:
        if self._key_set.refetch():
            # A key may have been withdrawn, and with it every token it signed.
            self._verified.clear()

    def _ask_exchange(self, api_key: str) -> _Exchanged:
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
            return msgspec.json.decode(answer.body, type=_Exchanged)
        except msgspec.MsgspecError as error:
            raise AccountsUnavailable from error
