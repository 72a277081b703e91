"""Request ids: the caller's if it is well formed, else a random one."""

import os
import random
import re

HEADER = "X-Request-Id"

_WELL_FORMED = re.compile(r"[A-Za-z0-9._-]{8,64}", re.ASCII)


def accept_request_id(sent: str | None) -> str:
    """Return `sent` if it is safe in logs and headers, else a random id."""
    if sent is not None and _WELL_FORMED.fullmatch(sent):
        return sent
    return f"{_RANDOM.getrandbits(128):032x}"


_RANDOM = random.Random()  # noqa: S311 - ids need to differ, not to be secret
"""Needs no system call, during which another thread could take the interpreter lock."""

os.register_at_fork(after_in_child=_RANDOM.seed)
