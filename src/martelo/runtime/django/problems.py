"""Refusals and faults, rendered as problems (RFC 9457) of this context."""

from collections.abc import Mapping
from http import HTTPStatus

from django.core.exceptions import RequestDataTooBig
from django.db import InterfaceError, OperationalError
from django.http import HttpRequest, HttpResponse

from martelo.kernel.refusal import InvalidInput, Refusal
from martelo.runtime.django.refusals import PROBLEMS, MethodNotAllowed, NotSignedIn, RateLimited
from martelo.runtime.identity.service_keys import NotAService, ScopeMissing
from martelo.runtime.problems.rendering import CONTENT_TYPE, problem_body, render_problem

REQUEST_ID = "martelo.request_id"
"""Where the request's id lies in `request.META`."""

RETRY_AFTER_S = 2

_FAULTS: Mapping[type[Exception], str] = {
    RequestDataTooBig: "too-large",
    NotAService: "not-a-service",
    ScopeMissing: "scope-missing",
    OperationalError: "unavailable",
    InterfaceError: "unavailable",
}
"""Exceptions of others that say something a caller should know."""


def problem(request: HttpRequest, slug: str, **fields: object) -> HttpResponse:
    """Return the problem `slug` as an answer; `fields` are its own members."""
    kind = PROBLEMS[slug]
    body = problem_body(
        slug, kind.title, kind.status, kind.detail, request.META[REQUEST_ID], **fields
    )
    answer = HttpResponse(render_problem(body), status=kind.status, content_type=CONTENT_TYPE)
    if kind.status == HTTPStatus.UNAUTHORIZED:
        answer["WWW-Authenticate"] = 'Bearer realm="martelo"'
    if kind.status == HTTPStatus.SERVICE_UNAVAILABLE:
        answer["Retry-After"] = str(RETRY_AFTER_S)
    return answer


def problem_of(request: HttpRequest, error: Exception) -> HttpResponse | None:
    """Return the problem an exception means, or `None` where it is a fault of ours."""
    if not isinstance(error, Refusal):
        slug = _FAULTS.get(type(error))
        return problem(request, slug) if slug else None
    if isinstance(error, InvalidInput):
        errors = [{"field": each.field, "message": each.message} for each in error.errors]
        return problem(request, error.slug, errors=errors)
    answer = problem(request, error.slug)
    if isinstance(error, RateLimited):
        answer["Retry-After"] = str(error.retry_after_s)
    if isinstance(error, MethodNotAllowed):
        answer["Allow"] = ", ".join(error.allowed)
    if isinstance(error, NotSignedIn) and error.had_token:
        answer["WWW-Authenticate"] = 'Bearer realm="martelo", error="invalid_token"'
    return answer
