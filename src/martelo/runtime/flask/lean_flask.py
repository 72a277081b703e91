"""Flask without the parts that our APIs do not use; routes, contexts, handlers and hooks stay.

Left out are signals, sessions, hooks of blueprints, teardown functions, coroutines, and building
URLs from a request's host. A hot route does without contexts as well (ADR 12).
"""

from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING, Any

from flask import Flask, Request, Response
from flask.sessions import NullSession, SessionInterface
from werkzeug.routing import MapAdapter

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment


class BytesResponse(Response):
    """A body of bytes, sent with its headers as they are, without Flask's second check of each.

    A `Location` must be ASCII, and the status one that has a body.
    """

    def __call__(
        self, environ: "WSGIEnvironment", start_response: "StartResponse"
    ) -> Iterable[bytes]:
        """Answer as WSGI does; the server sends a list at once."""
        if environ["REQUEST_METHOD"] == "HEAD":
            return super().__call__(environ, start_response)
        start_response(self.status, self.headers.to_wsgi_list())
        return self.response  # type: ignore[return-value]  # bytes went in


class NoSessions(SessionInterface):
    """Every request has the same empty session, which refuses to be written."""

    _none = NullSession()

    def open_session(self, app: Flask, request: Request) -> NullSession:  # noqa: ARG002 - Flask's
        """Return it."""
        return self._none


class LeanFlask(Flask):
    """A Flask app whose hooks are its own `before_request` and `after_request` alone."""

    session_interface = NoSessions()

    def __init__(self, name: str) -> None:
        super().__init__(name, static_folder=None)
        self.url_map.strict_slashes = False
        self.url_map.merge_slashes = False
        self._hot: dict[tuple[str, str], WSGIApplication] = {}

    def add_hot_route(self, method: str, path: str, answer: "WSGIApplication") -> None:
        """Let `answer` handle requests for exactly `path`, before Flask does."""
        self._hot[method, path] = answer

    def wsgi_app(
        self, environ: "WSGIEnvironment", start_response: "StartResponse"
    ) -> Iterable[bytes]:
        """Answer a request."""
        hot = self._hot.get((environ["REQUEST_METHOD"], environ["PATH_INFO"]))
        return (hot or super().wsgi_app)(environ, start_response)

    def create_url_adapter(self, request: Request | None) -> MapAdapter | None:
        """Return the matcher of a request's path; our rules need neither hosts nor redirects."""
        if request is None:
            return None
        return MapAdapter(
            self.url_map,
            server_name="",
            script_name="/",
            subdomain="",
            url_scheme="http",
            path_info=request.path,
            default_method=request.method,
        )

    def full_dispatch_request(self) -> Response:
        """Answer the request at hand: hooks, view, error handler, hooks."""
        self._got_first_request = True
        try:
            for begin in self.before_request_funcs.get(None, ()):
                begin()
            answer = self.make_response(self.dispatch_request())
        except Exception as error:  # noqa: BLE001 - it reraises unhandled exceptions
            answer = self.make_response(self.handle_user_exception(error))
        for finish in reversed(self.after_request_funcs.get(None, ())):
            answer = finish(answer)
        return answer

    def ensure_sync(self, func: Callable[..., Any]) -> Callable[..., Any]:
        """Return `func`: no view is a coroutine."""
        return func

    def do_teardown_request(self, exc: BaseException | None = None) -> None:
        """Do nothing: nothing is registered."""

    def do_teardown_appcontext(self, exc: BaseException | None = None) -> None:
        """Do nothing: nothing is registered."""
