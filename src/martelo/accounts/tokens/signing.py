"""Access tokens: signed with a mounted key, so that minting needs no database."""

import secrets
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

import jwt
import msgspec
from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import load_pem_private_key
from jwt.algorithms import OKPAlgorithm

from martelo.runtime.identity.jwks import ALGORITHM, PublicKeys, parse_jwks
from martelo.runtime.identity.tokens import (
    AUDIENCE,
    ISSUER,
    MAX_TICKET_S,
    TICKET_AUDIENCE,
    TICKET_TYPE,
    TOKEN_TYPE,
)

ACCESS_LIFETIME = timedelta(minutes=10)
EXCHANGED_LIFETIME = timedelta(minutes=2)
TICKET_LIFETIME = timedelta(seconds=MAX_TICKET_S)


class BadSigningKeys(Exception):  # noqa: N818 - says what the file holds
    """The file of signing keys is missing or malformed; the text says which, no key."""


class _Key(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    kid: str
    private_pem: str


class _File(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    keys: list[_Key]


_FILE = msgspec.json.Decoder(_File)


@dataclass(frozen=True, slots=True)
class SigningKey:
    """A private key and the id it is published under."""

    kid: str
    private: Ed25519PrivateKey


@dataclass(frozen=True, slots=True)
class Subject:
    """Whom a token is about.

    `email_verified` is false while the person has to confirm their address; `may_sell` says if the
    house lets them sell.
    """

    account_id: str
    name: str
    roles: tuple[str, ...]
    email_verified: bool
    may_sell: bool


def read_signing_keys(path: Path) -> list[SigningKey]:
    """Return the keys of `SIGNING_KEYS_FILE`, `{"keys": [{"kid", "private_pem"}]}`, in order.

    Raises:
        BadSigningKeys: the file is missing, malformed, empty, or holds another kind of key.
    """
    try:
        file = _FILE.decode(path.read_bytes())
    except (OSError, ValueError) as error:
        raise BadSigningKeys(f"not readable as signing keys ({type(error).__name__})") from error
    keys = [SigningKey(key.kid, _read_pem(key)) for key in file.keys]
    if not keys or len({key.kid for key in keys}) != len(keys):
        raise BadSigningKeys("at least one key is needed, and every kid once")
    return keys


def _read_pem(key: _Key) -> Ed25519PrivateKey:
    try:
        private = load_pem_private_key(key.private_pem.encode(), password=None)
    except (ValueError, TypeError, UnsupportedAlgorithm) as error:
        raise BadSigningKeys(f"{key.kid}: private_pem is not a private key") from error
    if not isinstance(private, Ed25519PrivateKey):
        raise BadSigningKeys(f"{key.kid}: not an Ed25519 key")
    return private


class Signer:
    """Mints access tokens; the first key signs, all are published."""

    def __init__(self, keys: list[SigningKey]) -> None:
        self._key = keys[0]
        self.jwks = msgspec.json.encode({"keys": [_published(key) for key in keys]})
        self.public_keys: PublicKeys = parse_jwks(self.jwks)

    def mint(
        self,
        subject: Subject,
        *,
        now: datetime,
        lifetime: timedelta,
        scopes: Iterable[str] | None = None,
    ) -> str:
        """Return an access token; `scopes` limit what an API key's token may do."""
        claims: dict[str, object] = {
            "aud": AUDIENCE,
            "roles": list(subject.roles),
            "may_sell": subject.may_sell,
        }
        if scopes is not None:
            claims["scope"] = " ".join(scopes)
        return self._sign(TOKEN_TYPE, subject, claims, now, lifetime)

    def mint_ticket(self, subject: Subject, *, now: datetime) -> str:
        """Return a live ticket, good for the live feed and bids on it only."""
        return self._sign(TICKET_TYPE, subject, {"aud": TICKET_AUDIENCE}, now, TICKET_LIFETIME)

    def _sign(
        self,
        media_type: str,
        subject: Subject,
        claims: dict[str, object],
        now: datetime,
        lifetime: timedelta,
    ) -> str:
        issued_at = int(now.timestamp())
        common = {
            "iss": ISSUER,
            "sub": subject.account_id,
            "name": subject.name,
            "email_verified": subject.email_verified,
            "iat": issued_at,
            "exp": issued_at + int(lifetime.total_seconds()),
            "jti": secrets.token_hex(16),
        }
        headers = {"kid": self._key.kid, "typ": media_type}
        return jwt.encode(common | claims, self._key.private, algorithm=ALGORITHM, headers=headers)


def _published(key: SigningKey) -> dict[str, str]:
    jwk = OKPAlgorithm.to_jwk(key.private.public_key(), as_dict=True)
    return {
        "kty": "OKP",
        "crv": "Ed25519",
        "x": jwk["x"],
        "kid": key.kid,
        "use": "sig",
        "alg": ALGORITHM,
    }
