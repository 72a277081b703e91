"""What every Flask API shares: request ids, problems, documents, metrics and health."""

import math
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import partial
from http import HTTPStatus
from typing import TYPE_CHECKING

import orjson
from flask import Response, g, request
from werkzeug import exceptions
from werkzeug.http import HTTP_STATUS_CODES

from martelo.kernel.field_codes import FieldCode
from martelo.kernel.refusal import FieldError, InvalidInput, Refusal
from martelo.runtime.buckets import TokenBuckets
from martelo.runtime.flask import request as wsgi_request
from martelo.runtime.flask.lean_flask import BytesResponse, LeanFlask
from martelo.runtime.flask.request import JSON, MAX_BODY_BYTES
from martelo.runtime.http import metrics as http_metrics
from martelo.runtime.http import request_ids
from martelo.runtime.http.metrics import HttpMetrics
from martelo.runtime.http.protection import PROTECTION
from martelo.runtime.identity.tokens import Identity, TokenVerifier, Unauthenticated
from martelo.runtime.problems import rendering
from martelo.runtime.problems.refusals import (
    AdministratorsOnly,
    BadRequest,
    BodyTooLarge,
    LengthRequired,
    MethodNotAllowed,
    NotFound,
    RateLimited,
)
from martelo.runtime.problems.rendering import Problem
from martelo.runtime.problems.table import ProblemTable
from martelo.runtime.process.logs import bind_request

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIEnvironment

MAX_DIGITS = 9
STATUS_LINES = {code: f"{code} {phrase.upper()}" for code, phrase in HTTP_STATUS_CODES.items()}


@dataclass(frozen=True, slots=True)
class RawResponse:
    """An answer before a transport sends it; `headers` excludes those of every answer."""

    status: int
    body: bytes
    content_type: str
    headers: list[tuple[str, str]] = field(default_factory=list)

    def response(self) -> Response:
        """Return it as Flask's."""
        return BytesResponse(self.body, self.status, self.headers, content_type=self.content_type)


HotView = Callable[["WSGIEnvironment"], RawResponse | Refusal]
"""A view without Flask; a returned refusal is answered like a raised one."""

REPLAYED = ("Idempotent-Replay", "true")


def json_answer(value: object, status: int = HTTPStatus.OK) -> RawResponse:
    """Return a JSON answer."""
    return RawResponse(status, orjson.dumps(value), JSON)


def problem_answer(problem: Problem, request_id: str) -> RawResponse:
    """Return a problem as an answer."""
    return RawResponse(
        problem.status, problem.render(request_id), rendering.CONTENT_TYPE, [*problem.headers]
    )


def render_json(value: object, status: int = HTTPStatus.OK) -> Response:
    """Return a JSON answer of a Flask view."""
    return json_answer(value, status).response()


def json_body() -> bytes:
    """Return the request's body; as `request.json_body`."""
    return wsgi_request.json_body(request.environ)


def now_ms() -> int:
    """Return this process's clock in Unix milliseconds; it never decides an auction."""
    return time.time_ns() // 1_000_000


def take_token(buckets: TokenBuckets, name: str) -> None:
    """Take a token from the bucket of `name`.

    Raises:
        RateLimited: Its bucket is empty.
    """
    wait_s = buckets.take(name)
    if wait_s > 0:
        raise RateLimited(math.ceil(wait_s))


def whole_number(name: str, default: int, *, minimum: int, maximum: int) -> int:
    """Return a query parameter within its bounds.

    Raises:
        InvalidInput: It is not a whole number from `minimum` to `maximum`.
    """
    text = request.args.get(name)
    if text is None:
        return default
    if not is_number(text):
        raise InvalidInput((FieldError(name, FieldCode.NOT_A_WHOLE_NUMBER),))
    if not minimum <= int(text) <= maximum:
        bounds = {"min": minimum, "max": maximum}
        raise InvalidInput((FieldError(name, FieldCode.OUT_OF_RANGE, bounds),))
    return int(text)


def is_number(text: str) -> bool:
    """Return whether a text is a whole number of at most nine digits."""
    return text.isascii() and text.isdigit() and len(text) <= MAX_DIGITS


def caller(verifier: TokenVerifier, scope: str) -> Identity:
    """Return a caller who has `scope`; as `request.caller`."""
    return wsgi_request.caller(request.environ, verifier, scope)


def optional_caller(verifier: TokenVerifier) -> Identity | None:
    """Return the caller, or `None` where the request has no token or key."""
    return wsgi_request.optional_caller(request.environ, verifier)


ADMIN = "admin"
"""The role of administrators in a token."""


def administrator_who_calls(verifier: TokenVerifier) -> Identity:
    """Return the administrator who calls; API keys are not accepted.

    Raises:
        Unauthenticated: The caller is unknown.
        AdministratorsOnly: The caller is not an administrator.
    """
    identity = optional_caller(verifier)
    if identity is None:
        raise Unauthenticated(had_proof=False)
    if ADMIN not in identity.roles or identity.scopes is not None:
        raise AdministratorsOnly
    return identity


def idempotency_key() -> str | None:
    """Return the request's `Idempotency-Key`, if any; as `request.idempotency_key`."""
    return wsgi_request.idempotency_key(request.environ)


def marked(answer: Response, *, replayed: bool) -> Response:
    """Return `answer`, marked as replayed where it was stored before."""
    if replayed:
        answer.headers.add(*REPLAYED)
    return answer


class Api(LeanFlask):
    """A Flask app with what every API has.

    `documents` are served as JSON at `/NAME.json`. `readiness` returns the state of what the
    process needs; it must be quick. `/readyz` stays green while the process itself can answer,
    since an outage of a shared store would otherwise take every copy away at once.
    """

    def __init__(
        self,
        name: str,
        *,
        problems: ProblemTable,
        documents: Mapping[str, object],
        readiness: Callable[[], Mapping[str, str]],
        metrics: HttpMetrics,
    ) -> None:
        super().__init__(name)
        self._metrics = metrics
        self.config["MAX_CONTENT_LENGTH"] = MAX_BODY_BYTES
        self._problems = problems
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
        for title, document in {"problems": problems.document(), **documents}.items():
            answer = partial(Response, orjson.dumps(document), mimetype=JSON)
            self.add_url_rule(f"/{title}.json", title, answer)

    def add_hot_post(self, path: str, view: HotView) -> None:
        """Let `view` answer `POST path` without Flask (ADR 12).

        Other methods and spellings of the path go through Flask.
        """

        def answered(environment: "WSGIEnvironment", request_id: str) -> RawResponse:
            outcome: RawResponse | Exception
            try:
                wsgi_request.require_length(environment)
                outcome = view(environment)
            except Exception as error:  # noqa: BLE001 - the edge of the process
                outcome = error
            if isinstance(outcome, RawResponse):
                return outcome
            return problem_answer(self._problem_of(outcome, path), request_id)

        def answer(environment: "WSGIEnvironment", start_response: "StartResponse") -> list[bytes]:
            started_at_s = time.perf_counter()
            request_id = _accept(environment, self.name)
            raw = answered(environment, request_id)
            seconds = time.perf_counter() - started_at_s
            self._metrics.count_request("POST", path, raw.status, seconds)
            headers = [
                ("Content-Type", raw.content_type),
                ("Content-Length", str(len(raw.body))),
                *raw.headers,
                *standing_headers(request_id),
            ]
            start_response(STATUS_LINES[raw.status], headers)
            return [raw.body]

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
        return problem_answer(problem, g.get("request_id", "")).response()

    def _problem_of(self, error: Exception, path: str) -> Problem:
        problem = self._problems.problem_of(refusal_of(error), path=path)
        self._metrics.count_problem(problem.slug)
        return problem


def create_app(
    name: str,
    *,
    problems: ProblemTable,
    documents: Mapping[str, object],
    readiness: Callable[[], Mapping[str, str]],
    metrics: HttpMetrics,
) -> Api:
    """Return an app with what every API has; see `Api`."""
    return Api(name, problems=problems, documents=documents, readiness=readiness, metrics=metrics)


def refusal_of(error: Exception) -> Exception:
    """Return the refusal that an exception of Werkzeug means; any other exception as it is."""
    match error:
        case exceptions.RequestEntityTooLarge():
            return BodyTooLarge()
        case exceptions.LengthRequired():
            return LengthRequired()
        case exceptions.MethodNotAllowed(valid_methods=allowed):
            return MethodNotAllowed(tuple(allowed or ()))
        case exceptions.NotFound():
            return NotFound()
        case exceptions.BadRequest():
            return BadRequest()
        case _:
            return error


def standing_headers(request_id: str) -> list[tuple[str, str]]:
    """Return the headers of every answer; `Cache-Control` last, for a view may set its own."""
    return [
        (request_ids.HEADER, request_id),
        *PROTECTION,
        ("Cache-Control", "no-store"),
    ]


def _accept(environment: "WSGIEnvironment", process: str) -> str:
    """Return the request's id, bound to what is logged from here on."""
    request_id = request_ids.accept_request_id(environment.get("HTTP_X_REQUEST_ID"))
    bind_request(request_id, process)
    return request_id
