"""The edge of every request: its id, its time, its headers, and errors that no view handles."""

import sys
import time
from collections.abc import Callable
from http import HTTPStatus

import structlog
from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render

from martelo.accounts.api.access import address_of
from martelo.accounts.api.problems import PROBLEMS
from martelo.accounts.security_events import bind_address
from martelo.runtime.django.problems import REQUEST_ID, problem_response
from martelo.runtime.http.metrics import HttpMetrics
from martelo.runtime.http.protection import DATA_POLICY, NOSNIFF, SAME_ORIGIN
from martelo.runtime.http.request_ids import HEADER, accept_request_id
from martelo.runtime.process.logs import bind_request
from martelo.storefront.web.content_security import PAGE_POLICY, PERMISSIONS, POLICY

_FOR_PROGRAMS = (
    "/api/",
    "/internal/",
    "/.well-known/",
    "/openapi",
    "/problems.json",
    "/healthz",
    "/readyz",
)

log = structlog.get_logger(__name__)


def is_for_programs(request: HttpRequest) -> bool:
    """Return whether a path belongs to an API, so that even its 404 is a problem."""
    return request.path.startswith(_FOR_PROGRAMS)


class Edge:
    """Middleware around all others."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self._get_response = get_response
        self._metrics: HttpMetrics = settings.DEPENDENCIES.metrics
        self._is_secure = str(settings.DEPENDENCIES.public_url).startswith("https:")

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        """Answer one request, also where a view raises."""
        started = time.perf_counter()
        request_id = accept_request_id(request.headers.get(HEADER))
        request.META[REQUEST_ID] = request_id
        if self._is_secure:
            # People come by https; the hop from the gateway does not change what their origin is.
            request.META["wsgi.url_scheme"] = "https"
        bind_request(request_id)
        bind_address(address_of(request))
        answer = self._get_response(request)
        answer[HEADER] = request_id
        if isinstance(answer, HttpResponse):
            answer["Content-Length"] = str(len(answer.content))
        self._protect(answer)
        route = request.resolver_match.route if request.resolver_match else ""
        seconds = time.perf_counter() - started
        self._metrics.count_request(request.method or "", f"/{route}", answer.status_code, seconds)
        return answer

    def process_exception(self, request: HttpRequest, error: Exception) -> HttpResponse:
        """Turn what a view raised into an answer; an unexpected error is logged, once."""
        problem = PROBLEMS.problem_of(error, method=request.method or "", path=request.path)
        if problem.status == HTTPStatus.SERVICE_UNAVAILABLE:
            log.warning("unavailable", path=request.path, reason=type(error).__name__)
        return _as_page(request, problem_response(request, problem))

    def _protect(self, answer: HttpResponseBase) -> None:
        is_page = answer.get("Content-Type", "").startswith("text/html")
        answer.headers.setdefault(POLICY, PAGE_POLICY if is_page else DATA_POLICY)
        if is_page:
            answer["Permissions-Policy"] = PERMISSIONS
        for name, value in (NOSNIFF, SAME_ORIGIN):
            answer.headers.setdefault(name, value)
        answer["X-Frame-Options"] = "DENY"
        answer["Referrer-Policy"] = "same-origin"
        answer["Cross-Origin-Opener-Policy"] = "same-origin"
        answer.headers.setdefault("Cache-Control", "no-store")
        if self._is_secure:
            answer["Strict-Transport-Security"] = "max-age=31536000"


def bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:  # noqa: ARG001 - passed by name
    """Answer what Django itself could not read."""
    return refuse(request, "invalid-request")


def not_found(request: HttpRequest, exception: Exception) -> HttpResponse:  # noqa: ARG001 - the same
    """Answer an unknown path."""
    return refuse(request, "not-found")


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    """Answer a form that is not from a page of ours, or from one that is too old."""
    log.info("form-refused", path=request.path, reason=reason)
    return render(request, "web/stale_form.html", status=403)


def server_error(request: HttpRequest) -> HttpResponse:
    """Answer a fault outside every view."""
    log.error("unforeseen", method=request.method, path=request.path, exc_info=sys.exc_info())
    return problem_response(request, PROBLEMS.problem("internal-error"))


def refuse(request: HttpRequest, slug: str) -> HttpResponse:
    """Answer with a problem, as a page for people."""
    return _as_page(request, problem_response(request, PROBLEMS.problem(slug)))


def _as_page(request: HttpRequest, answer: HttpResponse) -> HttpResponse:
    """Return a problem as it is for programs, as a page with the same headers for people."""
    if is_for_programs(request):
        return answer
    facts = {"status": answer.status_code, "request_id": request.META[REQUEST_ID]}
    page = render(request, "web/problem.html", facts, status=answer.status_code)
    for header in ("Retry-After", "Allow"):
        if header in answer:
            page[header] = answer[header]
    return page
