"""One path, several methods: each to its own view."""

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse

from martelo.runtime.django.refusals import MethodNotAllowed

View = Callable[..., HttpResponse]


def methods(**views: View) -> View:
    """Return a view that calls the one named as the request's method, in capitals.

    `HEAD` goes where `GET` does; the server leaves the body out.
    """
    allowed = tuple(sorted({*views, *({"HEAD"} if "GET" in views else ())}))

    def dispatch(request: HttpRequest, **captured: str) -> HttpResponse:
        view = views.get("GET" if request.method == "HEAD" else request.method or "")
        if view is None:
            raise MethodNotAllowed(allowed)
        return view(request, **captured)

    return dispatch
