"""The secrets that accounts issues, and how they look: refresh tokens and API keys.

Each names its row, so that it is found without a search, and carries 256 random bits, of which
only a hash is stored. A fast hash is right here: there is nothing to guess.
"""

import base64
import hashlib
import hmac
import re
import secrets
import uuid
from dataclasses import dataclass
from enum import StrEnum

_REFRESH_TOKEN = re.compile(r"rt_([0-9a-f]{32})_[A-Za-z0-9_-]{43}", re.ASCII)
_LINK = re.compile(r"([0-9a-f]{32})\.[A-Za-z0-9_-]{43}", re.ASCII)
_API_KEY = re.compile(r"mk_([a-z0-9]{10})_[A-Za-z0-9_-]{43}", re.ASCII)


@dataclass(frozen=True, slots=True)
class IssuedKey:
    """A new API key: shown once as `text`, kept as the other two."""

    text: str
    prefix: str
    sha256: str


def new_refresh_token(family_id: uuid.UUID) -> str:
    """Return a refresh token of a family."""
    return f"rt_{family_id.hex}_{secrets.token_urlsafe(32)}"


def family_of(refresh_token: str) -> uuid.UUID | None:
    """Return the family a refresh token names, or `None` where it is malformed."""
    matched = _REFRESH_TOKEN.fullmatch(refresh_token)
    return uuid.UUID(matched[1]) if matched else None


def new_api_key() -> IssuedKey:
    """Return a new API key, `mk_<prefix>_<secret>`."""
    prefix = "".join(secrets.choice("abcdefghijklmnopqrstuvwxyz0123456789") for _ in range(10))
    text = f"mk_{prefix}_{secrets.token_urlsafe(32)}"
    return IssuedKey(text, prefix, sha256(text))


def prefix_of(api_key: str) -> str | None:
    """Return the prefix of an API key, or `None` where it is malformed."""
    matched = _API_KEY.fullmatch(api_key)
    return matched[1] if matched else None


class LinkKind(StrEnum):
    """What a link does: its secret serves for nothing else."""

    PASSWORD = "password"  # noqa: S105 - a kind
    EMAIL = "email"


class LinkTokens:
    """Makes and reads the secrets of links, `<id>.<HMAC>`; computed, so that none is stored."""

    def __init__(self, key: str) -> None:
        self._key = key.encode()

    def make(self, kind: LinkKind, link_id: uuid.UUID) -> str:
        """Return the secret of a link; the same link has the same."""
        digest = hmac.digest(self._key, f"martelo {kind} link ".encode() + link_id.bytes, "sha256")
        return f"{link_id.hex}.{base64.urlsafe_b64encode(digest).decode().rstrip('=')}"

    def read(self, kind: LinkKind, token: str) -> uuid.UUID | None:
        """Return the link of a secret, or `None` where it is malformed or forged."""
        matched = _LINK.fullmatch(token)
        link_id = uuid.UUID(matched[1]) if matched else None
        if link_id is None or not hmac.compare_digest(self.make(kind, link_id), token):
            return None
        return link_id


def sha256(secret: str) -> str:
    """Return the hash under which a secret is stored."""
    return hashlib.sha256(secret.encode()).hexdigest()


def is_hash_of(stored_sha256: str, secret: str) -> bool:
    """Return whether `secret` has the stored hash, in constant time."""
    return hmac.compare_digest(stored_sha256, sha256(secret))
