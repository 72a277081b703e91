"""What every Flask API shares: request ids, problems, metrics, health; no rule of any context."""

import math
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from http import HTTPStatus
from typing import Any

import orjson
import structlog
from flask import Flask, Response, g, request
from werkzeug.exceptions import (
    HTTPException,
    LengthRequired,
    MethodNotAllowed,
    RequestEntityTooLarge,
)

from martelo.kernel.refusal import Fault, InvalidInput
from martelo.runtime import http_metrics, problems, request_ids
from martelo.runtime.buckets import TokenBuckets
from martelo.runtime.logs import bind_request
from martelo.runtime.tokens import AccountsUnavailable, Identity, TokenVerifier, Unauthenticated

MAX_BODY_BYTES = 65_536

log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Problem:
    """A problem before it is rendered; `fields` are its typed members."""

    slug: str
    status: int
    title: str
    detail: str
    fields: Mapping[str, Any] = field(default_factory=dict)
    retry_after_s: int | None = None
    allow: str | None = None
    """The methods an address takes, where the caller used another (RFC 9110, section 15.5.6)."""

    def body(self, instance: str) -> dict[str, object]:
        """Return the members of RFC 9457; `instance` is the request id."""
        return problems.problem_body(
            self.slug, self.title, self.status, self.detail, instance, **self.fields
        )


@dataclass
class RateLimited(Exception):  # noqa: N818 - says what happened to the caller
    """The caller has used up its rate; `retry_after_s` is in whole seconds."""

    retry_after_s: int


class ScopeMissing(Exception):  # noqa: N818 - says what the key lacks
    """The API key in use does not cover this."""


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
    if problem.allow is not None:
        answer.headers["Allow"] = problem.allow
    return answer


def invalid_input(error: InvalidInput) -> Problem:
    """Return the problem of input that does not parse, naming every field."""
    errors = [{"field": fault.field, "message": fault.message} for fault in error.errors]
    detail = "; ".join(f"{fault.field}: {fault.message}" for fault in error.errors)
    return Problem(error.slug, 400, "Invalid request", detail, {"errors": errors})


def json_body() -> bytes:
    """Return the request's body, announced as JSON.

    Raises:
        NotJson: Another content type.
        RequestEntityTooLarge: More than `MAX_BODY_BYTES`.
    """
    if request.mimetype != "application/json":
        raise NotJson
    return request.get_data(cache=False)


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


def caller(verifier: TokenVerifier) -> Identity:
    """Return who calls, by bearer token or API key.

    Raises:
        Unauthenticated: Neither is there, or it proves nothing.
        AccountsUnavailable: It cannot be judged now.
    """
    identity = optional_caller(verifier)
    if identity is None:
        raise Unauthenticated
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
        problem = describe(error) or common_problem(error)
        if problem is None:
            log.error("unforeseen", path=request.path, exc_info=error)
            problem = Problem("internal", 500, "Internal error", "The fault is logged.")
        return render_problem(problem)

    app.add_url_rule("/healthz", "healthz", lambda: render_json({"status": "ok"}))
    app.add_url_rule("/readyz", "readyz", lambda: render_json({"status": "ok", **readiness()}))
    app.add_url_rule(
        "/metrics",
        "metrics",
        lambda: Response(http_metrics.render_metrics(), content_type=http_metrics.CONTENT_TYPE),
    )
    return app


def common_problem(error: Exception) -> Problem | None:
    """Return the problem of what any API may meet, or `None` for what nobody foresaw."""
    match error:
        case InvalidInput():
            return invalid_input(error)
        case Unauthenticated():
            detail = "Send a valid bearer token or API key."
            return Problem("not-signed-in", 401, "Not signed in", detail)
        case AccountsUnavailable():
            detail = "Accounts do not answer; try again."
            return Problem("accounts-unavailable", 503, "Unavailable", detail, retry_after_s=2)
        case ScopeMissing():
            detail = f"The API key in use lacks the scope {error}."
            return Problem("scope-missing", 403, "Scope missing", detail)
        case RateLimited():
            detail = "Too many requests; wait and try again."
            return Problem(
                "rate-limited", 429, "Too many requests", detail, retry_after_s=error.retry_after_s
            )
        case NotJson():
            detail = "Send Content-Type: application/json."
            return Problem("not-json", 415, "Not JSON", detail)
        case RequestEntityTooLarge():
            detail = f"The body may have {MAX_BODY_BYTES} bytes."
            return Problem("too-large", 413, "Too large", detail)
        case MethodNotAllowed():
            methods = ", ".join(sorted(error.valid_methods or ()))
            detail = f"This address takes {methods}."
            return Problem("method-not-allowed", 405, "Method not allowed", detail, allow=methods)
        case HTTPException(code=int() as code):
            title = HTTPStatus(code).phrase
            return Problem(title.lower().replace(" ", "-"), code, title, error.description or title)
        case _:
            return None
