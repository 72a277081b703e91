"""What every Flask API shares: request ids, problems, metrics, health; no rule of any context."""

import math
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from http import HTTPStatus
from typing import TYPE_CHECKING

import orjson
import structlog
from flask import Response, g, request
from werkzeug.exceptions import HTTPException, MethodNotAllowed, RequestEntityTooLarge
from werkzeug.http import HTTP_STATUS_CODES

from martelo.kernel.refusal import FieldError, InvalidInput, Refusal
from martelo.runtime.buckets import TokenBuckets
from martelo.runtime.flask import request as wsgi_request
from martelo.runtime.flask.lean_flask import LeanFlask, WholeResponse
from martelo.runtime.flask.request import JSON, MAX_BODY_BYTES, NotJson
from martelo.runtime.http import metrics as http_metrics
from martelo.runtime.http import request_ids
from martelo.runtime.http.metrics import HttpMetrics
from martelo.runtime.identity.tokens import Identity, TokenVerifier
from martelo.runtime.problems import rendering
from martelo.runtime.problems.common import UNFORESEEN, Problem, RateLimited, common_problem
from martelo.runtime.process.logs import bind_request

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIEnvironment

log = structlog.get_logger(__name__)

STATUS_LINES = {code: f"{code} {phrase.upper()}" for code, phrase in HTTP_STATUS_CODES.items()}


@dataclass(frozen=True, slots=True)
class RawResponse:
    """An answer before a transport has it; `headers` are its own, beside those of every answer."""

    status: int
    body: bytes
    content_type: str
    headers: list[tuple[str, str]] = field(default_factory=list)

    def response(self) -> Response:
        """Return it as Flask's."""
        return WholeResponse(self.body, self.status, self.headers, content_type=self.content_type)


HotView = Callable[["WSGIEnvironment"], RawResponse | Refusal]
"""A view without Flask; a refusal that it returns is told like one that a view raises."""

REPLAYED = ("Idempotent-Replay", "true")


def json_answer(value: object, status: int = HTTPStatus.OK) -> RawResponse:
    """Return a JSON answer."""
    return RawResponse(status, orjson.dumps(value), JSON)


def problem_answer(problem: Problem, request_id: str) -> RawResponse:
    """Return a problem as an answer."""
    headers = []
    if problem.retry_after_s is not None:
        headers.append(("Retry-After", str(problem.retry_after_s)))
    if problem.status == HTTPStatus.UNAUTHORIZED:
        headers.append(("WWW-Authenticate", "Bearer"))
    body = rendering.render_problem(problem.body(request_id))
    return RawResponse(problem.status, body, rendering.CONTENT_TYPE, headers)


def render_json(value: object, status: int = HTTPStatus.OK) -> Response:
    """Return a JSON answer of a Flask view."""
    return json_answer(value, status).response()


def json_body() -> bytes:
    """Return the request's body; as `environ.json_body`."""
    return wsgi_request.json_body(request.environ)


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
        fault = FieldError(name, f"must be a whole number from {least} to {most}")
        raise InvalidInput(errors=(fault,))
    return int(text)


def caller(verifier: TokenVerifier, scope: str) -> Identity:
    """Return who calls and may do what `scope` names; as `environ.caller`."""
    return wsgi_request.caller(request.environ, verifier, scope)


def optional_caller(verifier: TokenVerifier) -> Identity | None:
    """Return who calls, or `None` where the request says nothing of it."""
    return wsgi_request.optional_caller(request.environ, verifier)


def idempotency_key() -> str | None:
    """Return the request's `Idempotency-Key`, if any; as `environ.idempotency_key`."""
    return wsgi_request.idempotency_key(request.environ)


def marked(answer: Response, *, replayed: bool) -> Response:
    """Return `answer`, saying so where it was stored before."""
    if replayed:
        answer.headers.add(*REPLAYED)
    return answer


class Api(LeanFlask):
    """A Flask app with what every API has.

    `describe` tells the problem of an exception of the context's own (`None`: it is none of
    them). `readiness` tells the state of what the process needs; it must be quick. `/readyz`
    stays green while the process itself can answer, since an outage of a shared store would
    otherwise take every copy away at once.
    """

    def __init__(
        self,
        name: str,
        *,
        describe: Callable[[Exception], Problem | None],
        readiness: Callable[[], Mapping[str, str]],
        metrics: HttpMetrics,
    ) -> None:
        super().__init__(name)
        self._metrics = metrics
        self.config["MAX_CONTENT_LENGTH"] = MAX_BODY_BYTES
        self._describe = describe
        self.before_request(self._begin)
        self.after_request(self._finish)
        self.register_error_handler(Exception, self._refuse)
        self.add_url_rule("/healthz", "healthz", lambda: render_json({"status": "ok"}))
        self.add_url_rule("/readyz", "readyz", lambda: render_json({"status": "ok", **readiness()}))
        self.add_url_rule(
            "/metrics",
            "metrics",
            lambda: Response(metrics.render(), content_type=http_metrics.CONTENT_TYPE),
        )

    def add_hot_post(self, path: str, view: HotView) -> None:
        """Let `view` answer `POST path`, at its own address without Flask (ADR 12).

        What else comes there, another method or another spelling, goes through Flask.
        """

        def answered(environment: "WSGIEnvironment", request_id: str) -> RawResponse:
            given: RawResponse | Exception
            try:
                wsgi_request.require_length(environment)
                given = view(environment)
            except Exception as error:  # noqa: BLE001 - the edge of the process
                given = error
            if isinstance(given, RawResponse):
                return given
            return problem_answer(self._problem_of(given, path), request_id)

        def answer(environment: "WSGIEnvironment", start_response: "StartResponse") -> list[bytes]:
            started_at_s = time.perf_counter()
            request_id = _accept(environment, self.name)
            given = answered(environment, request_id)
            seconds = time.perf_counter() - started_at_s
            self._metrics.count_request("POST", path, given.status, seconds)
            headers = [
                ("Content-Type", given.content_type),
                ("Content-Length", str(len(given.body))),
                *given.headers,
                *standing_headers(request_id),
            ]
            start_response(STATUS_LINES[given.status], headers)
            return [given.body]

        def by_flask() -> Response:
            return answered(request.environ, g.request_id).response()

        self.add_hot_route("POST", path, answer)
        self.add_url_rule(path, path.strip("/"), by_flask, methods=["POST"])

    def _begin(self) -> None:
        g.started_at_s = time.perf_counter()
        g.request_id = _accept(request.environ, self.name)
        wsgi_request.require_length(request.environ)

    def _finish(self, answer: Response) -> Response:
        for name, value in standing_headers(g.request_id):
            if name not in answer.headers:
                answer.headers.add(name, value)
        route = request.url_rule.rule if request.url_rule else "unknown"
        seconds = time.perf_counter() - g.started_at_s
        self._metrics.count_request(request.method, route, answer.status_code, seconds)
        return answer

    def _refuse(self, error: Exception) -> Response:
        problem = self._problem_of(error, request.path)
        answer = problem_answer(problem, g.get("request_id", "")).response()
        if isinstance(error, MethodNotAllowed) and error.valid_methods:
            answer.headers["Allow"] = ", ".join(sorted(error.valid_methods))
        return answer

    def _problem_of(self, error: Exception, path: str) -> Problem:
        problem = self._describe(error) or common_problem(error) or http_problem(error)
        if problem is None:
            log.error("unforeseen", path=path, exc_info=error)
            return UNFORESEEN
        return problem


def create_app(
    name: str,
    *,
    describe: Callable[[Exception], Problem | None],
    readiness: Callable[[], Mapping[str, str]],
    metrics: HttpMetrics,
) -> Api:
    """Return an app with what every API has; see `Api`."""
    return Api(name, describe=describe, readiness=readiness, metrics=metrics)


def standing_headers(request_id: str) -> list[tuple[str, str]]:
    """Return the headers of every answer; `Cache-Control` last, for a view may set its own."""
    return [
        (request_ids.HEADER, request_id),
        ("X-Content-Type-Options", "nosniff"),
        ("Cache-Control", "no-store"),
    ]


def _accept(environment: "WSGIEnvironment", process: str) -> str:
    """Return the request's id, bound to what is logged from here on."""
    request_id = request_ids.accept_request_id(environment.get("HTTP_X_REQUEST_ID"))
    bind_request(request_id, process)
    return request_id


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
