"""Request ids: the caller's where it sent a sane one, a fresh one otherwise."""

import re
import secrets

HEADER = "X-Request-Id"

_SANE = re.compile(r"[A-Za-z0-9._-]{8,64}", re.ASCII)


def accept_request_id(sent: str | None) -> str:
    """Return `sent` if it can stand in logs and headers as it is, else a random id."""
    if sent is not None and _SANE.fullmatch(sent):
        return sent
    return secrets.token_hex(16)
