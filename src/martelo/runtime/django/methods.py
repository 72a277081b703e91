"""Dispatch of one path by method, each to its own view."""

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse

from martelo.runtime.problems.refusals import MethodNotAllowed

View = Callable[..., HttpResponse]


def methods(**views: View) -> View:
    """Return a view that calls the view of the request's method; names are in capitals.

    `HEAD` calls the view of `GET`; the server omits the body.
    """
    allowed = tuple(sorted({*views, *({"HEAD"} if "GET" in views else ())}))

    def dispatch(request: HttpRequest, **captured: str) -> HttpResponse:
        view = views.get("GET" if request.method == "HEAD" else request.method or "")
        if view is None:
            raise MethodNotAllowed(allowed)
        return view(request, **captured)

    return dispatch
