"""Service keys: which process calls, and what it may do."""

import hashlib
import hmac
from collections.abc import Mapping
from dataclasses import dataclass
from typing import ClassVar

from pydantic import BaseModel, ConfigDict, Field

from martelo.kernel.refusal import Refusal


class ServiceCaller(BaseModel):
    """One entry of `SERVICE_CALLERS`: the hash of the caller's key, and its scopes."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    sha256: str = Field(pattern=r"^[0-9a-f]{64}$")
    scopes: frozenset[str]


class NotAService(Refusal):
    """The key does not belong to a known service."""

    slug = "not-a-service"


@dataclass(eq=False)
class ScopeMissing(Refusal):
    """The key in use, of a service or a program, lacks a scope."""

    slug: ClassVar[str] = "scope-missing"
    scope: str


def check_service_key(key: str, scope: str, callers: Mapping[str, ServiceCaller]) -> str:
    """Return the name of the service whose `svc_<caller>_<secret>` this is.

    Raises:
        NotAService: Unknown caller, or another secret.
        ScopeMissing: The caller lacks `scope`.
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
