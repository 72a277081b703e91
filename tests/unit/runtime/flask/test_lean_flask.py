"""What `LeanFlask` overrides, compared with stock Flask: both must answer the same."""

from typing import TYPE_CHECKING, Any

import pytest
from flask import Blueprint, Flask, Response, abort, g, redirect, request, session
from flask.typing import ResponseReturnValue
from werkzeug.exceptions import HTTPException

from martelo.runtime.flask.lean_flask import BytesResponse, LeanFlask

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse

Sent = dict[str, Any]


class HandledError(Exception):
    pass


def build(app: Flask) -> Flask:
    """Return `app` with every feature of Flask that our APIs use."""
    app.config["MAX_CONTENT_LENGTH"] = 64
    app.url_map.strict_slashes = False
    app.url_map.merge_slashes = False
    app.before_request(begin)
    app.after_request(finish_last)
    app.after_request(finish_first)
    app.register_error_handler(HandledError, lambda error: (f"handled {error}", 409))
    app.register_error_handler(HTTPException, lambda error: (f"http {error.code}", error.code))
    routes = Blueprint("routes", __name__)
    routes.add_url_rule("/plain", "plain", lambda: "text")
    routes.add_url_rule("/whole", "whole", lambda: BytesResponse(b"{}", 201, {"Location": "/x"}))
    routes.add_url_rule("/tuple", "tuple", lambda: ("made", 202, {"X-Own": "1"}))
    routes.add_url_rule("/dict", "dict", lambda: {"a": 1})
    routes.add_url_rule("/moved", "moved", lambda: redirect("/leilões", 303))
    routes.add_url_rule("/empty", "empty", lambda: ("", 204))
    routes.add_url_rule("/part/<name>", "part", lambda name: f"{name} {request.args.get('q')}")
    routes.add_url_rule("/body", "body", lambda: request.data, methods=["POST", "PUT"])
    routes.add_url_rule("/aborted", "aborted", lambda: abort(418))
    routes.add_url_rule("/handled", "handled", lambda: raising(HandledError("so")))
    routes.add_url_rule("/unhandled", "unhandled", lambda: raising(ZeroDivisionError()))
    routes.add_url_rule("/session", "session", lambda: str(dict(session)))
    app.register_blueprint(routes)
    return app


def raising(error: Exception) -> ResponseReturnValue:
    raise error


def begin() -> None:
    g.begun = True
    if "X-Refuse" in request.headers:
        raise HandledError("at once")


def finish_first(answer: Response) -> Response:
    answer.headers["X-Finished"] = f"first {request.endpoint} {request.url_rule} {g.begun}"
    return answer


def finish_last(answer: Response) -> Response:
    answer.headers["X-Finished"] += " last"
    return answer


LEAN, STOCK = build(LeanFlask("lean")), build(Flask("lean", static_folder=None))


def answer_of(app: Flask, method: str, target: str, sent: Sent) -> tuple[int, list[Any], bytes]:
    answer = app.test_client().open(target, method=method, **sent)
    allowed = sorted(answer.allow)  # in any order
    del answer.headers["Allow"]
    return answer.status_code, [*allowed, *sorted(answer.headers)], answer.data


@pytest.mark.parametrize(
    "target",
    [
        *("/plain", "/plain/", "/plain//", "/tuple", "/dict", "/moved", "/empty"),
        *("/whole", "/part/a?q=1", "/part/%C3%A3%2Fx?q=%20", "/part/", "/body", "/aborted"),
        *("/handled", "/unhandled", "/session", "/", "/none", "/plain/none", "/%ff"),
    ],
)
@pytest.mark.parametrize("method", ["GET", "HEAD", "OPTIONS", "POST", "PUT", "DELETE", "BREW"])
def test_answers_as_stock_flask_does(method: str, target: str) -> None:
    assert answer_of(LEAN, method, target, {}) == answer_of(STOCK, method, target, {})


@pytest.mark.parametrize(
    "sent",
    [
        {"data": b"x" * 64},
        {"data": b"x" * 65},
        {"data": b"x", "headers": {"X-Refuse": "1"}},
        {"data": b"x", "headers": {"Host": "evil.example:9"}},
        {"data": b"x", "headers": {"Host": "bad host"}},
        {"data": b"x", "base_url": "https://house.example"},
    ],
)
def test_takes_what_stock_flask_takes(sent: Sent) -> None:
    assert answer_of(LEAN, "POST", "/body", sent) == answer_of(STOCK, "POST", "/body", sent)


def test_refuses_what_is_set_up_too_late() -> None:
    late = build(LeanFlask("late"))
    late.test_client().get("/plain")

    with pytest.raises(AssertionError, match="setup method"):
        late.add_url_rule("/late", "late", lambda: "late")


def test_hands_a_hot_route_its_exact_address_only() -> None:
    app = LeanFlask("hot")
    build(app)

    def hot(_: object, start_response: "StartResponse") -> list[bytes]:
        start_response("200 OK", [])
        return [b"hot"]

    app.add_hot_route("GET", "/plain", hot)

    client = app.test_client()
    assert client.get("/plain?x=1").data == b"hot"
    assert client.get("/plain/").data == b"text"
    assert client.head("/plain").status_code == 200
    assert client.post("/plain").status_code == 405
