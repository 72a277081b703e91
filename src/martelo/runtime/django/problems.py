"""Problems (RFC 9457) as Django responses."""

from django.http import HttpRequest, HttpResponse

from martelo.runtime.problems.rendering import CONTENT_TYPE, Problem

REQUEST_ID = "martelo.request_id"
"""The key of the request's id in `request.META`."""


def problem_response(request: HttpRequest, problem: Problem) -> HttpResponse:
    """Return a problem as an answer."""
    body = problem.render(request.META[REQUEST_ID])
    return HttpResponse(
        body, status=problem.status, content_type=CONTENT_TYPE, headers=dict(problem.headers)
    )
