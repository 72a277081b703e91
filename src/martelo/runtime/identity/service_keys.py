"""Service keys: which process calls, and what it may ask for."""

import hashlib
import hmac
from collections.abc import Mapping

from pydantic import BaseModel, ConfigDict, Field


class ServiceCaller(BaseModel):
    """One entry of `SERVICE_CALLERS`: the hash of the caller's key, and its scopes."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    sha256: str = Field(pattern=r"^[0-9a-f]{64}$")
    scopes: frozenset[str]


class NotAService(Exception):  # noqa: N818 - says what the caller is
    """The key belongs to no known service."""


class ScopeMissing(Exception):  # noqa: N818 - the same
    """The service is known, but this is not among what it may ask for."""


def check_service_key(key: str, scope: str, callers: Mapping[str, ServiceCaller]) -> str:
    """Return the name of the service whose `svc_<caller>_<secret>` this is.

    Raises:
        NotAService: no such caller, or another secret.
        ScopeMissing: the caller has no `scope`.
    """
    prefix, _, rest = key.partition("_")
    name = rest.partition("_")[0]
    caller = callers.get(name)
    sha256 = hashlib.sha256(key.encode()).hexdigest()
    if prefix != "svc" or caller is None or not hmac.compare_digest(sha256, caller.sha256):
        raise NotAService
    if scope not in caller.scopes:
        raise ScopeMissing(scope)
    return name
