"""A process group that serves a small app as every API is served, and the app itself."""

import logging
import os
import signal
import subprocess
import sys
import time
from http.client import HTTPConnection, HTTPException
from pathlib import Path
from urllib.request import urlopen

from flask import Flask, Response

from engines.ports import free_port
from martelo.images.api.problems import PROBLEMS
from martelo.runtime.flask.api import create_app
from martelo.runtime.http.granian_server import serve
from martelo.runtime.http.metrics import HttpMetrics
from martelo.runtime.process.commands import start_process
from martelo.runtime.process.metrics import open_registry
from martelo.runtime.process.settings import ServerSettings
from martelo.stack.processes import proctable

READY_WITHIN_S = 20.0
GO_ON = "go-on"
"""A file in the folder of the metrics, for which requests to `/wait` wait."""


def small_app() -> Flask:
    """Return an app that shows which process answers."""
    folder = os.environ["PROMETHEUS_MULTIPROC_DIR"]  # noqa: TID251 - as a main reads it
    metrics = HttpMetrics(open_registry(), Path(folder))
    app = create_app("small", problems=PROBLEMS, documents={}, readiness=dict, metrics=metrics)
    app.add_url_rule("/pid", "pid", lambda: Response(str(os.getpid())))
    app.add_url_rule("/wait", "wait", _wait)
    return app


def _wait() -> Response:
    """Answer once the test says so."""
    while not (Path(os.environ["PROMETHEUS_MULTIPROC_DIR"]) / GO_ON).exists():  # noqa: TID251 - the same
        time.sleep(0.01)
    return Response("waited")


def broken_app() -> Flask:
    """Fail, as where the app cannot be made."""
    raise RuntimeError("this app cannot be made")


def slow_app() -> Flask:
    """Take longer than anybody waits for the end."""
    logging.getLogger("small").warning("making the app")
    time.sleep(3 * READY_WITHIN_S)
    return small_app()


class WsgiProcess:
    """The parent and its workers; every request comes over a connection of its own."""

    def __init__(self, folder: Path, *, app: str = "small_app", workers: int = 2) -> None:
        self.port = free_port()
        self.side_port = free_port()
        self.log = folder / "wsgi.log"
        self.metrics_folder = folder / "metrics"
        self.metrics_folder.mkdir(exist_ok=True)
        self._app = app
        self._workers = workers
        self._process: subprocess.Popen[bytes] | None = None

    @property
    def process(self) -> subprocess.Popen[bytes]:
        """The parent."""
        assert self._process is not None
        return self._process

    def start(self) -> None:
        """Start it, ready or not."""
        with self.log.open("ab") as log:
            self._process = subprocess.Popen(
                [sys.executable, "-m", "engines.wsgi_process", self._app],
                env={
                    "PATH": os.defpath,
                    "PYTHONPATH": os.pathsep.join(sys.path),
                    "MARTELO_ENV": "development",
                    "MARTELO_PORT": str(self.port),
                    "MARTELO_SIDE_PORT": str(self.side_port),
                    "MARTELO_WORKERS": str(self._workers),
                    "PROMETHEUS_MULTIPROC_DIR": str(self.metrics_folder),
                },
                stdout=log,
                stderr=log,
            )

    def stop(self) -> None:
        """End it, if it still runs."""
        if self._process is not None and self._process.poll() is None:
            self._process.terminate()
            self._process.wait(timeout=2 * READY_WITHIN_S)

    def ask(self, path: str) -> str:
        """Return a body, asked for until there is one: a worker may just have been killed."""
        deadline = time.monotonic() + READY_WITHIN_S
        while True:
            try:
                with urlopen(f"http://127.0.0.1:{self.port}{path}", timeout=5) as answer:
                    return str(answer.read().decode())
            except (OSError, HTTPException):
                assert time.monotonic() < deadline, self.log.read_text()[-3000:]
                time.sleep(0.02)

    def ask_health(self, path: str) -> int:
        """Return the status of a path of the side port, asked once."""
        connection = HTTPConnection("127.0.0.1", self.side_port, timeout=READY_WITHIN_S)
        try:
            connection.request("GET", path)
            return connection.getresponse().status
        finally:
            connection.close()

    def go_on(self) -> None:
        """Let requests to `/wait` be answered."""
        (self.metrics_folder / GO_ON).touch()

    def wait_for_lines(self, text: str, count: int) -> None:
        """Return once as many lines of the log hold `text`."""
        deadline = time.monotonic() + READY_WITHIN_S
        while self.log.read_text().count(text) < count:
            assert time.monotonic() < deadline, self.log.read_text()[-3000:]
            time.sleep(0.02)

    def meet(self, workers: int) -> set[int]:
        """Return the pids of as many workers, once each has answered."""
        met: set[int] = set()
        deadline = time.monotonic() + READY_WITHIN_S
        while len(met) < workers:
            assert time.monotonic() < deadline, self.log.read_text()[-3000:]
            met.add(int(self.ask("/pid")))
        return met

    def counted(self, route: str) -> int:
        """Return how many requests of a route the metrics count, all workers together."""
        start = f'martelo_http_requests_total{{method="GET",route="{route}",status="200"}} '
        lines = self.ask("/metrics").splitlines()
        return sum(int(float(line.removeprefix(start))) for line in lines if line.startswith(start))

    def kill(self, pid: int) -> None:
        """Kill a worker and wait until it is gone."""
        os.kill(pid, signal.SIGKILL)
        deadline = time.monotonic() + READY_WITHIN_S
        while proctable.find_process(pid) is not None:
            assert time.monotonic() < deadline
            time.sleep(0.005)


if __name__ == "__main__":
    settings = start_process("small", ServerSettings, os.environ)  # noqa: TID251 - a main
    serve(f"engines.wsgi_process:{sys.argv[1]}", settings)
