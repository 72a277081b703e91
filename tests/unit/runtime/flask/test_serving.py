"""Two contexts in one process: each has settings, log names and metrics of its own."""

import json

import pytest
import structlog
from flask import Blueprint, Flask

from martelo.runtime.flask.serving import ApiProcess, build_api
from martelo.runtime.http.metrics import HttpMetrics
from martelo.runtime.problems.table import SHARED, ProblemTable, read_types
from martelo.runtime.process.settings import ServerSettings


class GreetingSettings(ServerSettings):
    greeting: str


def build(settings: GreetingSettings, metrics: HttpMetrics, name: str) -> Flask:
    routes = Blueprint("greetings", __name__)

    @routes.get("/greeting")
    def greet() -> str:
        structlog.get_logger("greetings").info("greeted")
        return settings.greeting

    return build_api(
        name,
        problems=ProblemTable({}, read_types(SHARED), {}),
        readiness=dict,
        metrics=metrics,
        routes=[routes],
        documents={"openapi": {"openapi": "3.1.0", "info": {"title": name}}},
    )


def process(name: str) -> ApiProcess[GreetingSettings]:
    return ApiProcess(
        name=name,
        settings=GreetingSettings,
        build=lambda settings, metrics: build(settings, metrics, name),
        worker="unused:worker_app",
    )


pytestmark = pytest.mark.usefixtures("_restored_loggers")


def open_apps() -> list[Flask]:
    greetings = {"one-api": "olá", "two-api": "oi"}
    return [
        process(name).worker_app({"MARTELO_LOG_FORMAT": "json", "GREETING": greeting})
        for name, greeting in greetings.items()
    ]


class TestTwoContextsInOneProcess:
    def test_have_settings_of_their_own(self) -> None:
        assert [app.test_client().get("/greeting").text for app in open_apps()] == ["olá", "oi"]

    def test_have_documents_of_their_own(self) -> None:
        answers = [app.test_client().get("/openapi.json").get_json() for app in open_apps()]

        assert [answer["info"]["title"] for answer in answers] == ["one-api", "two-api"]

    def test_have_metrics_of_their_own(self) -> None:
        one, two = (app.test_client() for app in open_apps())
        line = 'martelo_http_requests_total{method="GET",route="/greeting",status="200"}'

        for _ in range(3):
            one.get("/greeting")
        two.get("/greeting")

        assert f"{line} 3.0" in one.get("/metrics").text
        assert f"{line} 1.0" in two.get("/metrics").text

    def test_have_log_names_of_their_own(self, capsys: pytest.CaptureFixture[str]) -> None:
        for app in open_apps():
            app.test_client().get("/greeting")

        lines = map(json.loads, capsys.readouterr().err.splitlines())
        named = [(line["event"], line["process"]) for line in lines]
        assert named == [("greeted", "one-api"), ("greeted", "two-api")]
