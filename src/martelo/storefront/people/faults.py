"""Why accounts refused a form, on the form."""

from http import HTTPStatus

import structlog
from django.db import InterfaceError, OperationalError
from django.http import HttpResponse
from django.utils.translation import gettext

from martelo.accounts.api.problems import PROBLEMS
from martelo.accounts.refusals import EmailTaken, PasswordsBusy
from martelo.accounts.sessions import SessionsUnavailable
from martelo.kernel.refusal import InvalidInput
from martelo.runtime.problems.refusals import RateLimited
from martelo.storefront.texts.field_texts import explain_fault
from martelo.storefront.web.forms import Form

DOWN = (OperationalError, InterfaceError, SessionsUnavailable)
"""What the database or the sessions' store raises while it does not answer."""

PAUSES = (RateLimited, PasswordsBusy)
"""What asks people to try again after a while."""

log = structlog.get_logger(__name__)


def with_pause(answer: HttpResponse, error: Exception) -> HttpResponse:
    """Return the page of an error, with the pause that its problem asks for."""
    if isinstance(error, PAUSES):
        for name, value in PROBLEMS.problem_of(error).headers:
            answer[name] = value
    return answer


def attach_fault(form: Form, error: Exception) -> HTTPStatus:
    """Attach why accounts refused a form, and return the status that says so."""
    match error:
        case InvalidInput():
            form.attach({e.field: explain_fault(e.field, e.code, e.bounds) for e in error.errors})
            return HTTPStatus.BAD_REQUEST
        case EmailTaken():
            taken = gettext("An account with this e-mail exists already. Sign in instead.")
            form.add_error("email", taken)
            return HTTPStatus.CONFLICT
        case RateLimited():
            wait = gettext("Too many tries in a row. Wait a minute and try again.")
            form.add_error(None, wait)
            return HTTPStatus.TOO_MANY_REQUESTS
        case PasswordsBusy():
            busy = gettext("Many people are signing in right now. Try again in a few seconds.")
            form.add_error(None, busy)
            return HTTPStatus.SERVICE_UNAVAILABLE
        case _:
            log.warning("accounts-unavailable", reason=type(error).__name__)
            down = gettext("Signing in does not work right now. Try again soon.")
            form.add_error(None, down)
            return HTTPStatus.SERVICE_UNAVAILABLE
