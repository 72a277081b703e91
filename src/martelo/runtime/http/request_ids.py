"""Request ids: the caller's where it sent a sane one, a fresh one otherwise."""

import os
import random
import re

HEADER = "X-Request-Id"

_SANE = re.compile(r"[A-Za-z0-9._-]{8,64}", re.ASCII)


def accept_request_id(sent: str | None) -> str:
    """Return `sent` if it can stand in logs and headers as it is, else a random id."""
    if sent is not None and _SANE.fullmatch(sent):
        return sent
    return f"{_RANDOM.getrandbits(128):032x}"


_RANDOM = random.Random()  # noqa: S311 - ids need to differ, not to be secret
"""Without a system call, during which another thread would take the interpreter."""

os.register_at_fork(after_in_child=_RANDOM.seed)
