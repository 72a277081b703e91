"""Refusals that any API can answer with."""

from dataclasses import dataclass
from typing import ClassVar

from martelo.kernel.refusal import Refusal


class BadRequest(Refusal):
    """The request is not valid HTTP."""

    slug = "bad-request"


class NotFound(Refusal):
    """Nothing has this address."""

    slug = "not-found"


@dataclass(eq=False)
class MethodNotAllowed(Refusal):
    """The address does not allow this method."""

    slug: ClassVar[str] = "method-not-allowed"
    allowed: tuple[str, ...]


class LengthRequired(Refusal):
    """The request has a body without `Content-Length`."""

    slug = "length-required"


class BodyTooLarge(Refusal):
    """The body is larger than this address allows."""

    slug = "too-large"


class NotJson(Refusal):
    """The body's content type is not `application/json`."""

    slug = "not-json"


@dataclass(eq=False)
class RateLimited(Refusal):
    """The caller has used up its rate."""

    slug: ClassVar[str] = "rate-limited"
    retry_after_s: int


class AdministratorsOnly(Refusal):
    """The caller is not an administrator who signed in."""

    slug = "administrators-only"


class Unforeseen(Refusal):
    """An exception that no table has; it is logged, and callers learn nothing of it."""

    slug = "internal-error"
