"""A Flask API as a process: its settings, logs, metrics and documents, on granian."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Generic, TypeVar

from flask import Blueprint, Flask

from martelo.runtime.flask.api import Api, create_app
from martelo.runtime.http.granian_server import BLOCKING_THREADS, serve
from martelo.runtime.http.metrics import HttpMetrics
from martelo.runtime.problems.table import ProblemTable
from martelo.runtime.process.commands import start_process
from martelo.runtime.process.metrics import open_registry
from martelo.runtime.process.settings import ServerSettings

Settings = TypeVar("Settings", bound=ServerSettings)


@dataclass(frozen=True, kw_only=True)
class ApiProcess(Generic[Settings]):
    """A Flask API on granian.

    `build` makes the app of one worker. `worker` is the function without arguments, as
    `module:function`, that returns `worker_app` in each of them.
    """

    name: str
    settings: type[Settings]
    build: Callable[[Settings, HttpMetrics], Flask]
    worker: str
    threads: int = BLOCKING_THREADS

    def serve(self, settings: Settings) -> None:
        """Serve until SIGTERM or SIGINT."""
        serve(self.worker, settings, threads=self.threads)

    def worker_app(self, environment: Mapping[str, str]) -> Flask:
        """Return the app of one worker, with settings from `environment`."""
        settings = start_process(self.name, self.settings, environment)
        return self.build(settings, HttpMetrics(open_registry(), settings.prometheus_multiproc_dir))


def build_api(  # noqa: PLR0913 - the parts of an API
    name: str,
    *,
    problems: ProblemTable,
    readiness: Callable[[], Mapping[str, str]],
    metrics: HttpMetrics,
    routes: Iterable[Blueprint],
    documents: Mapping[str, Mapping[str, object]],
) -> Api:
    """Return the API of the process `name`.

    It has what `create_app` gives every API, and the `routes`.
    """
    app = create_app(
        name, problems=problems, documents=documents, readiness=readiness, metrics=metrics
    )
    for blueprint in routes:
        app.register_blueprint(blueprint)
    return app
