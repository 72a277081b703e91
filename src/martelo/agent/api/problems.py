"""The one table from refusal to problem; `docs/api/problems.md` lists them."""

from martelo.agent.domain.refusals import (
    AdministratorsOnly,
    EffectNotFound,
    EffectNotParked,
    MessageNotKept,
    RecipientGone,
    ReportNotReady,
)
from martelo.agent.ports.contexts import ContextUnavailable
from martelo.runtime.postgresql.connections import DatabaseUnavailable
from martelo.runtime.problems.common import Problem


def describe(error: Exception) -> Problem | None:
    """Return the problem of an exception of this context, or `None` for any other."""
    match error:
        case ReportNotReady():
            detail = "There is no report of this auction, or not yet."
            return Problem(error.slug, 404, "No report yet", detail)
        case EffectNotFound():
            return Problem(error.slug, 404, "No such effect", "There is no effect by this number.")
        case EffectNotParked():
            detail = "Only what is parked (dead or unknown) waits for a person's decision."
            return Problem(error.slug, 409, "Not parked", detail, {"effect_state": error.state})
        case MessageNotKept():
            detail = "There is no e-mail by this number in the outbox, or its text is forgotten."
            return Problem(error.slug, 404, "Not kept", detail)
        case RecipientGone():
            detail = "The account that this e-mail is to is gone, so it would not be sent."
            return Problem(error.slug, 409, "Account gone", detail)
        case ContextUnavailable():
            detail = "How the recipient is reached cannot be told now; try again."
            return Problem("recipient-unavailable", 503, "Unavailable", detail, retry_after_s=2)
        case AdministratorsOnly():
            detail = "This is for administrators, signed in themselves."
            return Problem(error.slug, 403, "Administrators only", detail)
        case DatabaseUnavailable():
            detail = "Reports and effects cannot be read or changed now; try again."
            return Problem("agent-unavailable", 503, "Unavailable", detail, retry_after_s=2)
        case _:
            return None
