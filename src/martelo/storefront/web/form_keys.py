"""Keys of forms: what is sent twice under one key is done once."""

import re
import secrets

from django.http import QueryDict

_KEY = re.compile(r"[A-Za-z0-9_-]{16,64}", re.ASCII)


def new_key() -> str:
    """Return a key for a form that is shown for the first time."""
    return secrets.token_urlsafe(24)


def read_key(sent: QueryDict) -> str:
    """Return the key that a form was sent with; a new one where it has none of the right shape."""
    key = str(sent.get("key", ""))
    return key if _KEY.fullmatch(key) else new_key()
