"""The public keys of accounts (JWKS, RFC 7517): fetched, cached, refetched when due."""

import threading
from collections.abc import Callable, Mapping
from http import HTTPStatus

import jwt
import msgspec
import structlog

from martelo.runtime.http.client import Http, HttpFailed

ALGORITHM = "EdDSA"

REFETCH_INTERVAL_S = 30.0
"""An unknown key id causes a fetch at most this often, so that junk cannot flood accounts."""

RETRY_INTERVAL_S = 1.0
"""While accounts does not answer, fetches are tried this often instead."""

JWKS_MAX_AGE_S = 600.0
"""Keys are refetched after this time, so that a withdrawn one does not stay valid for ever."""

log = structlog.get_logger(__name__)

PublicKeys = Mapping[str, jwt.PyJWK]


class _Jwk(msgspec.Struct, frozen=True):
    kty: str
    crv: str
    kid: str
    x: str


class _Jwks(msgspec.Struct, frozen=True):
    keys: list[_Jwk]


_JWKS = msgspec.json.Decoder(_Jwks)


def parse_jwks(body: bytes) -> PublicKeys:
    """Return the Ed25519 keys of a JWKS by their `kid`.

    Raises:
        ValueError: It is not a JWKS, or has no usable key.
    """
    try:
        jwks = _JWKS.decode(body)
        keys = {
            key.kid: jwt.PyJWK(msgspec.to_builtins(key), ALGORITHM)
            for key in jwks.keys
            if (key.kty, key.crv) == ("OKP", "Ed25519")
        }
    except (msgspec.MsgspecError, jwt.PyJWTError) as error:
        raise ValueError("not a JWKS") from error
    if not keys:
        raise ValueError("a JWKS without a usable key")
    return keys


class KeySet:
    """The published keys: the last good ones, refetched when due."""

    def __init__(self, accounts_url: str, http: Http, clock: Callable[[], float]) -> None:
        self._url = f"{accounts_url.rstrip('/')}/.well-known/jwks.json"
        self._http = http
        self._clock = clock
        self._fetching = threading.Lock()
        self._keys: PublicKeys = {}
        self._tried_at: float | None = None
        self._answered = False

    @property
    def current(self) -> PublicKeys:
        """The keys known now; empty until accounts first answered."""
        return self._keys

    @property
    def is_fresh(self) -> bool:
        """Whether the last fetch succeeded."""
        return self._answered

    def is_stale(self) -> bool:
        """Return whether the last fetch is older than `JWKS_MAX_AGE_S`."""
        return self._since_last_try() >= JWKS_MAX_AGE_S

    def refetch(self) -> bool:
        """Fetch the keys unless that was just done; return whether they changed.

        Of many threads one fetches and the others wait for its answer.
        """
        known = self._keys
        with self._fetching:
            if self._keys is not known:
                return True
            interval_s = REFETCH_INTERVAL_S if self._answered else RETRY_INTERVAL_S
            if self._since_last_try() < interval_s:
                return False
            # Set before the call, so that no other thread finds the keys stale meanwhile, and
            # after it, so that threads that waited do not wait for the same time-out again.
            self._tried_at = self._clock()
            try:
                self._keys = self._fetch()
                self._answered = True
            except (HttpFailed, ValueError) as error:
                self._answered = False
                log.warning("jwks-unavailable", url=self._url, reason=str(error))
            self._tried_at = self._clock()
            return self._answered

    def _fetch(self) -> PublicKeys:
        answer = self._http.send("GET", self._url)
        if answer.status != HTTPStatus.OK:
            raise ValueError(f"status {answer.status}")
        return parse_jwks(answer.body)

    def _since_last_try(self) -> float:
        if self._tried_at is None:
            return float("inf")
        elapsed_s = self._clock() - self._tried_at
        # A clock that was set back must not prevent a fetch.
        return elapsed_s if elapsed_s >= 0 else float("inf")
