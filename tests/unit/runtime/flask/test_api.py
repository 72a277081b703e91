"""Answers of every API, the same by its hot route and by Flask."""

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

import orjson
import pytest
from prometheus_client import CollectorRegistry
from werkzeug.test import TestResponse

from martelo.kernel.field_codes import FieldCode
from martelo.kernel.refusal import FieldError, InvalidInput, Refusal
from martelo.runtime.flask import request
from martelo.runtime.flask.api import Api, RawResponse, json_answer
from martelo.runtime.flask.request import MAX_BODY_BYTES
from martelo.runtime.http.metrics import HttpMetrics
from martelo.runtime.problems.refusals import RateLimited
from martelo.runtime.problems.table import SHARED, Languages, ProblemTable, ProblemType, read_types

if TYPE_CHECKING:
    from _typeshed.wsgi import WSGIEnvironment


@dataclass(eq=True)
class Taken(Refusal):
    slug: ClassVar[str] = "taken"
    by: str = "Ana"


class ShutError(Exception):
    pass


TEXT = Languages("meaning", "sentido")
PROBLEMS = ProblemTable(
    {
        "taken": ProblemType(409, "Taken", "It is taken.", TEXT, TEXT, fields=("by",)),
        "shut": ProblemType(503, "Shut", "Come again.", TEXT, TEXT, retry_after_s=3),
    },
    read_types(SHARED),
    {ShutError: "shut"},
)


def view(environment: "WSGIEnvironment") -> RawResponse | Refusal:
    """Act as the body says."""
    match json.loads(request.json_body(environment)):
        case "taken":
            return Taken()
        case "raise taken":
            raise Taken
        case "shut":
            raise ShutError
        case "limited":
            raise RateLimited(2)
        case "malformed":
            raise InvalidInput((FieldError("amount", FieldCode.NOT_AN_AMOUNT),))
        case "broken":
            raise ZeroDivisionError
        case said:
            answer = json_answer({"said": said}, 201)
            answer.headers.append(("Idempotent-Replay", "true"))
            return answer


@pytest.fixture
def registry() -> CollectorRegistry:
    return CollectorRegistry()


@pytest.fixture
def app(registry: CollectorRegistry) -> Api:
    metrics = HttpMetrics(registry)
    api = Api(
        "test",
        problems=PROBLEMS,
        documents={},
        readiness=lambda: {"store": "ok"},
        metrics=metrics,
    )
    api.add_hot_post("/do", view)
    return api


HOT, BY_FLASK = "/do", "/do/"
"""The second spelling is the same path to Flask, and another to the hot route."""

BODIES = [
    *('"it"', '"taken"', '"raise taken"', '"shut"', '"limited"', '"malformed"', '"broken"'),
    *("x" * MAX_BODY_BYTES, "x" * (MAX_BODY_BYTES + 1), "", '"\\u00e3"'),
]
HEADERS = [
    {},
    {"Content-Type": "application/json; charset=utf-8"},
    {"Content-Type": "Application/JSON"},
    {"Content-Type": "text/plain"},
    {"Content-Type": ""},
    {"Transfer-Encoding": "chunked"},
]


def post(app: Api, target: str, body: str, headers: dict[str, str]) -> TestResponse:
    sent = {"Content-Type": "application/json", "X-Request-Id": "request-0123", **headers}
    return app.test_client().post(target, data=body.encode(), headers=sent)


@pytest.mark.parametrize("headers", HEADERS)
@pytest.mark.parametrize("body", BODIES)
def test_a_hot_route_answers_as_flask_would(app: Api, body: str, headers: dict[str, str]) -> None:
    hot, flask = post(app, HOT, body, headers), post(app, BY_FLASK, body, headers)

    assert (hot.status, hot.data) == (flask.status, flask.data)
    assert sorted(hot.headers) == sorted(flask.headers)
    assert len(set(hot.headers.keys())) == len(hot.headers)


class TestProblemsDocument:
    def test_has_own_and_shared_problems(self, app: Api) -> None:
        found = orjson.loads(app.test_client().get("/problems.json").data)["problem_types"]

        assert found["taken"]["fields"] == ["by"]
        assert found["not-found"]["meaning"]["pt"]


class TestAddHotPost:
    def test_tells_an_answer(self, app: Api) -> None:
        answer = post(app, HOT, '"it"', {})

        assert (answer.status, answer.json) == ("201 CREATED", {"said": "it"})
        assert dict(answer.headers) == {
            "Content-Type": "application/json",
            "Content-Length": "13",
            "Idempotent-Replay": "true",
            "X-Request-Id": "request-0123",
            "X-Content-Type-Options": "nosniff",
            "Content-Security-Policy": "default-src 'none'; frame-ancestors 'none'",
            "Cross-Origin-Resource-Policy": "same-origin",
            "Cache-Control": "no-store",
        }

    @pytest.mark.parametrize("body", ['"taken"', '"raise taken"'])
    def test_tells_a_refusal_returned_or_raised(self, app: Api, body: str) -> None:
        answer = post(app, HOT, body, {})

        assert answer.status_code == 409
        assert answer.headers["Content-Type"] == "application/problem+json"
        assert orjson.loads(answer.data) == {
            "type": "/problems/taken",
            "title": "Taken",
            "status": 409,
            "detail": "It is taken.",
            "instance": "request-0123",
            "by": "Ana",
        }

    def test_says_when_to_come_again(self, app: Api) -> None:
        assert post(app, HOT, '"shut"', {}).headers["Retry-After"] == "3"

    def test_hides_and_logs_what_is_unforeseen(
        self, app: Api, capsys: pytest.CaptureFixture[str]
    ) -> None:
        answer = post(app, HOT, '"broken"', {})

        assert answer.status_code == 500
        assert b"ZeroDivision" not in answer.data
        assert "unforeseen" in capsys.readouterr().out

    def test_refuses_a_body_in_pieces(self, app: Api) -> None:
        assert post(app, HOT, '"it"', {"Transfer-Encoding": "chunked"}).status_code == 411

    def test_gives_an_insane_request_id_a_fresh_one(self, app: Api) -> None:
        answer = post(app, HOT, '"it"', {"X-Request-Id": "a b"})

        assert len(answer.headers["X-Request-Id"]) == 32

    def test_leaves_other_methods_to_flask(self, app: Api) -> None:
        client = app.test_client()

        assert client.get("/do").status_code == 405
        assert client.get("/do").headers["Allow"] == "OPTIONS, POST"
        assert client.head("/do").status_code == 405
        assert client.options("/do").allow.as_set() == {"options", "post"}

    @pytest.mark.parametrize("target", [HOT, BY_FLASK])
    def test_counts_every_answer(self, app: Api, registry: CollectorRegistry, target: str) -> None:
        before = counted(registry, "201"), counted(registry, "409")

        post(app, target, '"it"', {})
        post(app, target, '"taken"', {})

        assert (counted(registry, "201"), counted(registry, "409")) == (
            before[0] + 1,
            before[1] + 1,
        )

    @pytest.mark.parametrize("target", [HOT, BY_FLASK])
    def test_counts_problems_by_slug(
        self, app: Api, registry: CollectorRegistry, target: str
    ) -> None:
        post(app, target, '"taken"', {})
        post(app, target, '"raise taken"', {})
        post(app, target, '"it"', {})

        found = registry.get_sample_value("martelo_http_problems_total", {"slug": "taken"})
        assert found == 2


def counted(registry: CollectorRegistry, status: str) -> float:
    labels = {"method": "POST", "route": "/do", "status": status}
    return registry.get_sample_value("martelo_http_requests_total", labels) or 0.0
