"""What every Flask API shares: request ids, problems, metrics, health; no rule of any context."""

import math
import time
from collections.abc import Callable, Mapping
from http import HTTPStatus

import orjson
import structlog
from flask import Flask, Response, g, request
from werkzeug.exceptions import (
    HTTPException,
    LengthRequired,
    MethodNotAllowed,
    RequestEntityTooLarge,
)

from martelo.kernel.idempotency import parse_key
from martelo.kernel.refusal import Fault, InvalidInput
from martelo.runtime import http_metrics, problems, request_ids
from martelo.runtime.buckets import TokenBuckets
from martelo.runtime.logs import bind_request
from martelo.runtime.refused import (
    UNFORESEEN,
    Problem,
    RateLimited,
    ScopeMissing,
    common_problem,
)
from martelo.runtime.tokens import Identity, TokenVerifier, Unauthenticated

MAX_BODY_BYTES = 65_536

log = structlog.get_logger(__name__)


class NotJson(Exception):  # noqa: N818 - says what the body is
    """The request's body is not announced as JSON."""


def render_json(value: object, status: int = HTTPStatus.OK) -> Response:
    """Return a JSON answer."""
    return Response(orjson.dumps(value), status, mimetype="application/json")


def render_problem(problem: Problem) -> Response:
    """Return a problem as an answer."""
    body = problems.render_problem(problem.body(g.get("request_id", "")))
    answer = Response(body, problem.status, content_type=problems.CONTENT_TYPE)
    if problem.retry_after_s is not None:
        answer.headers["Retry-After"] = str(problem.retry_after_s)
    if problem.status == HTTPStatus.UNAUTHORIZED:
        answer.headers["WWW-Authenticate"] = "Bearer"
    return answer


def json_body() -> bytes:
    """Return the request's body, announced as JSON.

    Raises:
        NotJson: Another content type.
        RequestEntityTooLarge: More than `MAX_BODY_BYTES`.
    """
    if request.mimetype != "application/json":
        raise NotJson
    return request.get_data(cache=False)


def now_ms() -> int:
    """Return this process's clock in Unix milliseconds; no auction is decided by it."""
    return time.time_ns() // 1_000_000


def take_token(buckets: TokenBuckets, name: str) -> None:
    """Let `name` pass.

    Raises:
        RateLimited: Its bucket is empty.
    """
    wait_s = buckets.take(name)
    if wait_s > 0:
        raise RateLimited(math.ceil(wait_s))


def whole_number(name: str, default: int, *, least: int, most: int) -> int:
    """Return a query parameter within its bounds.

    Raises:
        InvalidInput: It is no whole number from `least` to `most`.
    """
    text = request.args.get(name)
    if text is None:
        return default
    if not (text.isascii() and text.isdigit() and len(text) <= 9 and least <= int(text) <= most):
        fault = Fault(name, f"must be a whole number from {least} to {most}")
        raise InvalidInput(errors=(fault,))
    return int(text)


def caller(verifier: TokenVerifier, scope: str) -> Identity:
    """Return who calls and may do what `scope` names, by bearer token or API key.

    Raises:
        Unauthenticated: Neither is there, or it proves nothing.
        AccountsUnavailable: It cannot be judged now.
        ScopeMissing: The API key in use does not cover it.
    """
    identity = optional_caller(verifier)
    if identity is None:
        raise Unauthenticated
    if not identity.may(scope):
        raise ScopeMissing(scope)
    return identity


def optional_caller(verifier: TokenVerifier) -> Identity | None:
    """Return who calls, or `None` where the request says nothing of it."""
    authorization = request.headers.get("Authorization")
    if authorization is not None:
        scheme, _, token = authorization.partition(" ")
        if scheme.lower() != "bearer":
            raise Unauthenticated
        return verifier.verify(token.strip())
    api_key = request.headers.get("X-API-Key")
    return None if api_key is None else verifier.exchange(api_key)


def idempotency_key() -> str | None:
    """Return the request's `Idempotency-Key`, if any.

    Raises:
        InvalidIdempotencyKey: It is not 1 to 64 printable ASCII characters.
    """
    return parse_key(request.headers.get("Idempotency-Key"))


def marked(answer: Response, *, replayed: bool) -> Response:
    """Return `answer`, saying so where it was stored before."""
    if replayed:
        answer.headers["Idempotent-Replay"] = "true"
    return answer


def create_app(
    name: str,
    *,
    describe: Callable[[Exception], Problem | None],
    readiness: Callable[[], Mapping[str, str]],
) -> Flask:
    """Return a Flask app with what every API has.

    `describe` tells the problem of an exception of the context's own (`None`: it is none of
    them). `readiness` tells the state of what the process needs; it must be quick. `/readyz`
    stays green while the process itself can answer, since an outage of a shared store would
    otherwise take every copy away at once.
    """
    app = Flask(name, static_folder=None)
    app.config["MAX_CONTENT_LENGTH"] = MAX_BODY_BYTES
    app.url_map.strict_slashes = False
    app.url_map.merge_slashes = False

    @app.before_request
    def begin() -> None:
        g.started_at_s = time.perf_counter()
        g.request_id = request_ids.accept_request_id(request.headers.get(request_ids.HEADER))
        bind_request(g.request_id)
        if "Transfer-Encoding" in request.headers:
            # The server hands on a body in pieces as an empty one; the gateway joins the pieces.
            raise LengthRequired

    @app.after_request
    def finish(answer: Response) -> Response:
        answer.headers[request_ids.HEADER] = g.request_id
        answer.headers.setdefault("Cache-Control", "no-store")
        answer.headers["X-Content-Type-Options"] = "nosniff"
        route = request.url_rule.rule if request.url_rule else "unknown"
        seconds = time.perf_counter() - g.started_at_s
        http_metrics.count_request(request.method, route, answer.status_code, seconds)
        return answer

    @app.errorhandler(Exception)
    def refuse(error: Exception) -> Response:
        problem = describe(error) or common_problem(error) or http_problem(error)
        if problem is None:
            log.error("unforeseen", path=request.path, exc_info=error)
            problem = UNFORESEEN
        answer = render_problem(problem)
        if isinstance(error, MethodNotAllowed) and error.valid_methods:
            answer.headers["Allow"] = ", ".join(sorted(error.valid_methods))
        return answer

    app.add_url_rule("/healthz", "healthz", lambda: render_json({"status": "ok"}))
    app.add_url_rule("/readyz", "readyz", lambda: render_json({"status": "ok", **readiness()}))
    app.add_url_rule(
        "/metrics",
        "metrics",
        lambda: Response(http_metrics.render_metrics(), content_type=http_metrics.CONTENT_TYPE),
    )
    return app


def http_problem(error: Exception) -> Problem | None:
    """Return the problem of what HTTP itself refuses, or `None` for anything else."""
    match error:
        case NotJson():
            detail = "Send Content-Type: application/json."
            return Problem("not-json", 415, "Not JSON", detail)
        case RequestEntityTooLarge():
            detail = f"The body may have {MAX_BODY_BYTES} bytes."
            return Problem("too-large", 413, "Too large", detail)
        case HTTPException(code=int() as code):
            title = HTTPStatus(code).phrase
            return Problem(title.lower().replace(" ", "-"), code, title, error.description or title)
        case _:
            return None
