"""A context added as `docs/adding-a-context.md` says, started through the launcher."""

import json
import os
import shutil
from collections.abc import Iterator
from pathlib import Path
from urllib.request import urlopen

import pytest

from engines.ports import free_port
from stacks import REPOSITORY, LaunchedStack, wait_for

TOPOLOGY = """
from martelo.stack.topology.process import SERVER_SETTINGS, Context, Growth, Process, Stage

API = Process(
    name="toy-api",
    stage=Stage.API,
    context="toy",
    argument="api",
    ports={"http": 5900, "side": 5901},
    settings=(*SERVER_SETTINGS, "ACCOUNTS_URL", "SERVICE_KEY", "TOY_GREETING"),
    growth=Growth.WORKERS,
    budget_mb=120,
)

CONTEXT = Context(
    name="toy",
    identity="toy",
    processes=(API,),
    api="toy-api",
    service_scopes=("keys:exchange",),
)
"""

MAIN = """
import os
import sys

from martelo.runtime.process.commands import run_command

if __name__ == "__main__":
    run_command("martelo.toy.main", ["api"], sys.argv[1:], os.environ)
"""

API = """
import os
from pathlib import Path

from flask import Blueprint

from martelo.runtime.flask.serving import ApiProcess, build_api
from martelo.runtime.problems.table import open_table
from martelo.runtime.process.commands import Command
from martelo.runtime.process.settings import ServerSettings


class Settings(ServerSettings):
    accounts_url: str
    service_key: str
    toy_greeting: str


def build(settings, metrics):
    routes = Blueprint("toy", __name__)
    routes.get("/toy")(lambda: settings.toy_greeting)
    document = {"openapi": "3.1.0", "info": {"title": "Martelo toys"}, "paths": {}}
    return build_api(
        "toy-api",
        problems=open_table(Path(__file__).with_name("problems.toml"), {}),
        readiness=dict,
        metrics=metrics,
        routes=[routes],
        documents={"openapi": document},
    )


def worker_app():
    return PROCESS.worker_app(os.environ)


PROCESS = ApiProcess(
    name="toy-api", settings=Settings, build=build, worker="martelo.toy.main.api:worker_app"
)
COMMAND = Command(name="toy-api", settings=Settings, run=PROCESS.serve)
"""

PROBLEMS = """
[toy-broken]
status = 409
title = "The toy is broken"
detail = "Repair the toy first."
meaning.en = "The toy is broken."
meaning.pt = "O brinquedo está quebrado."
remedy.en = "Repair the toy."
remedy.pt = "Conserte o brinquedo."
"""

UPSTREAM = "    upstream toy_api {\n        server ${TOY_API_ADDRESS};\n    }\n"
LOCATIONS = """        location = /toy {
            proxy_pass http://toy_api;
        }
        location = /openapi/toy.json {
            proxy_pass http://toy_api/openapi.json;
        }
"""
PROCESSES = ("toy-api", "storefront", "gateway")


def add_toy(checkout: Path) -> None:
    """Add a context to a copy of the checkout."""
    shutil.copytree(REPOSITORY / "src", checkout / "src")
    shutil.copytree(REPOSITORY / "k8s", checkout / "k8s")
    sources = checkout / "src/martelo"
    (sources / "stack/topology/contexts/toy.py").write_text(TOPOLOGY)
    (sources / "toy/main").mkdir(parents=True)
    for path, text in (
        ("__init__.py", ""),
        ("main/__init__.py", ""),
        ("main/__main__.py", MAIN),
        ("main/api.py", API),
        ("main/problems.toml", PROBLEMS),
    ):
        (sources / "toy" / path).write_text(text)
    template = checkout / "k8s/base/gateway/nginx.conf.template"
    text = template.read_text()
    for before, added in (
        ("    upstream storefront {\n", UPSTREAM),
        ("        location /openapi/ {\n", LOCATIONS),
    ):
        assert text.count(before) == 1
        text = text.replace(before, added + before)
    template.write_text(text)


@pytest.fixture(scope="module")
def stack(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LaunchedStack]:
    folder = tmp_path_factory.mktemp("added")
    add_toy(folder / "checkout")
    settings = {"TOY_GREETING": "oi", "TOY_SECRET": "x", "PYTHONPATH": f"{folder}/checkout/src"}
    launched = LaunchedStack(folder / "data", settings)
    try:
        launched.up(*PROCESSES, words=("--port", str(free_port())))
        for name in PROCESSES:
            launched.wait_ready(name)
        yield launched
    finally:
        launched.close()


def read(stack: LaunchedStack, process: str, path: str) -> str:
    [port, *_] = stack.process(process)["ports"]
    with urlopen(f"http://127.0.0.1:{port}{path}", timeout=10) as answer:
        return str(answer.read().decode())


class TestAddedContext:
    def test_is_reached_through_the_gateway(self, stack: LaunchedStack) -> None:
        assert read(stack, "gateway", "/toy") == "oi"

    def test_serves_its_document_health_and_metrics(self, stack: LaunchedStack) -> None:
        document = json.loads(read(stack, "gateway", "/openapi/toy.json"))

        assert document["info"]["title"] == "Martelo toys"
        assert json.loads(read(stack, "toy-api", "/healthz")) == {"status": "ok"}
        assert 'martelo_http_requests_total{method="GET"' in read(stack, "toy-api", "/metrics")

    def test_is_in_the_documentation_and_the_status(self, stack: LaunchedStack) -> None:
        assert "Martelo toys" in read(stack, "gateway", "/docs")

        def look() -> bool | None:
            return True if 'href="/docs#toy"' in read(stack, "gateway", "/status") else None

        wait_for(look, "the toy in the status")

    def test_has_its_problems_in_the_reference(self, stack: LaunchedStack) -> None:
        assert "Conserte o brinquedo." in read(stack, "gateway", "/problems/toy-broken")

    def test_has_a_service_key_and_the_settings_it_reads(self, stack: LaunchedStack) -> None:
        pid = stack.process("toy-api")["pid"]
        lines = Path(f"/proc/{pid}/environ").read_bytes().split(b"\0")
        environment = dict(os.fsdecode(line).split("=", 1) for line in lines if line)

        assert environment["SERVICE_KEY"].startswith("svc_toy_")
        assert "TOY_SECRET" not in environment
        assert "DATABASE_URL" not in environment
