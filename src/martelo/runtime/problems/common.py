"""What any transport may have to refuse, and the problem it answers with."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from martelo.kernel.refusal import InvalidInput
from martelo.runtime.identity.tokens import AccountsUnavailable, Unauthenticated
from martelo.runtime.problems import rendering


@dataclass(frozen=True, slots=True)
class Problem:
    """A problem before it is rendered; `fields` are its typed members."""

    slug: str
    status: int
    title: str
    detail: str
    fields: Mapping[str, Any] = field(default_factory=dict)
    retry_after_s: int | None = None

    def body(self, instance: str) -> dict[str, object]:
        """Return the members of RFC 9457; `instance` is the request id."""
        return rendering.problem_body(
            self.slug, self.title, self.status, self.detail, instance, **self.fields
        )


@dataclass
class RateLimited(Exception):  # noqa: N818 - says what happened to the caller
    """The caller has used up its rate; `retry_after_s` is in whole seconds."""

    retry_after_s: int


class ScopeMissing(Exception):  # noqa: N818 - says what the key lacks
    """The API key in use does not cover this."""


UNFORESEEN = Problem("internal-error", 500, "Internal error", "The fault is logged.")


def invalid_input(error: InvalidInput) -> Problem:
    """Return the problem of input that does not parse, naming every field."""
    errors = [{"field": fault.field, "message": fault.message} for fault in error.errors]
    detail = "; ".join(f"{fault.field}: {fault.message}" for fault in error.errors)
    return Problem(error.slug, 400, "Invalid request", detail, {"errors": errors})


def common_problem(error: Exception) -> Problem | None:
    """Return the problem of what any transport may meet, or `None` for anything else."""
    match error:
        case InvalidInput():
            return invalid_input(error)
        case Unauthenticated():
            detail = "Send a valid bearer token or API key."
            return Problem("not-signed-in", 401, "Not signed in", detail)
        case AccountsUnavailable():
            detail = "Accounts do not answer; try again."
            return Problem("accounts-unavailable", 503, "Unavailable", detail, retry_after_s=2)
        case ScopeMissing():
            detail = f"The API key in use lacks the scope {error}."
            return Problem("scope-missing", 403, "Scope missing", detail)
        case RateLimited():
            detail = "Too many requests; wait and try again."
            return Problem(
                "rate-limited", 429, "Too many requests", detail, retry_after_s=error.retry_after_s
            )
        case _:
            return None
