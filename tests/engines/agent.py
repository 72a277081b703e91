"""The agent's processes on a real PostgreSQL, and short words for what is asked of them."""

import json
import os
import signal
import subprocess
import sys
import time
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from typing import Any

import psycopg
from psycopg.rows import TupleRow

from engines.databases import context_environment, create_owned_database, migrate
from engines.ports import free_port
from engines.postgresql import PostgresqlServer
from fakes.neighbours import Neighbours
from martelo.agent.adapters.effects.sql_effects import SqlEffects
from martelo.runtime.http.client import HttpClient, HttpFailed, HttpResponse, open_client
from martelo.runtime.postgresql.connections import open_engine

READY_WITHIN_S = 20.0
ADMIN = "ad000000-0000-4000-8000-000000000009"


@dataclass
class Process:
    """A process of the agent; `log` is what it wrote."""

    name: str
    environment: dict[str, str]
    log: Path
    popen: subprocess.Popen[bytes] | None = None

    @property
    def url(self) -> str:
        """Where the process listens."""
        return f"http://127.0.0.1:{self.environment['MARTELO_PORT']}"

    @property
    def has_ended(self) -> bool:
        """Whether it was started and runs no more."""
        return self.popen is not None and self.popen.poll() is not None

    def start(self) -> None:
        """Start it, and return at once."""
        with self.log.open("ab") as log:
            self.popen = subprocess.Popen(
                [sys.executable, "-m", "martelo.agent.main", self.name],
                env=self.environment,
                stdout=log,
                stderr=log,
                start_new_session=True,
            )

    def wait_ready(self, http: HttpClient) -> None:
        """Wait until it says that it is ready."""
        deadline = time.monotonic() + READY_WITHIN_S
        while not self.is_ready(http):
            assert time.monotonic() < deadline, self.log.read_text()[-3000:]
            time.sleep(0.05)

    def kill(self) -> None:
        """End it and its children as a crash would."""
        if self.popen is not None and self.popen.poll() is None:
            os.killpg(self.popen.pid, signal.SIGKILL)
            self.popen.wait()

    def stop(self) -> int:
        """Stop it cleanly and return its exit status."""
        assert self.popen is not None
        if self.popen.poll() is None:
            self.popen.terminate()
            try:
                self.popen.wait(timeout=READY_WITHIN_S)
            except subprocess.TimeoutExpired:
                self.kill()
                raise
        return self.popen.returncode

    def is_ready(self, http: HttpClient) -> bool:
        """Return whether it is ready; one that has ended is a fault."""
        assert self.popen is not None
        assert self.popen.poll() is None, self.log.read_text()[-3000:]
        try:
            return http.send("GET", f"{self.url}/readyz").status == 200
        except HttpFailed:
            return False


@dataclass
class Agent:
    """The agent's database, and what its processes are started with."""

    postgresql: PostgresqlServer
    neighbours: Neighbours
    folder: Path
    environment: dict[str, str]
    owner_url: str
    http: HttpClient = field(default_factory=lambda: open_client(read_timeout_s=20))
    processes: list[Process] = field(default_factory=list)

    def __post_init__(self) -> None:
        url = self.environment["DATABASE_URL"]
        self.engine = open_engine(url, application="test", pool_size=4)

    def process(self, name: str, **changed: str) -> Process:
        """Return a process that is not started; it is stopped with the agent."""
        environment = {**self.environment, "MARTELO_PORT": str(free_port()), **changed}
        log = self.folder / f"{name}-{len(self.processes)}.log"
        process = Process(name, environment, log)
        self.processes.append(process)
        return process

    def serve(self) -> Process:
        """Start the API and wait until it is ready."""
        api = self.process("api")
        api.start()
        api.wait_ready(self.http)
        return api

    def close(self) -> None:
        """Stop everything."""
        for process in self.processes:
            process.kill()
        self.engine.dispose()
        self.http.close()

    def effects(self, *, lease_s: float = 300) -> SqlEffects:
        """Return the effects, as a worker has them."""
        lease = timedelta(seconds=lease_s)
        return SqlEffects(self.engine, lease=lease, send_budget=timedelta(seconds=1))

    def query(self, statement: str, *values: object) -> list[TupleRow]:
        """Ask the database itself, as its owner."""
        with psycopg.connect(self.owner_url, autocommit=True) as connection:
            cursor = connection.execute(statement.encode(), values)
            return cursor.fetchall() if cursor.description else []

    def empty(self) -> None:
        """Forget everything."""
        self.query("TRUNCATE report, effect, intervention")


def as_admin(neighbours: Neighbours, roles: list[str] | None = None) -> dict[str, str]:
    """Return the headers of an administrator, or of somebody with other roles."""
    roles = ["buyer", "admin"] if roles is None else roles
    token = neighbours.token(ADMIN, "Administração", roles=roles)
    return {"Authorization": f"Bearer {token}"}


def json_of(answer: HttpResponse) -> Any:  # noqa: ANN401 - a test knows what it expects
    """Return the body of an answer."""
    return json.loads(answer.body)


def slug_of(answer: HttpResponse) -> str:
    """Return the slug of a problem, having checked that it is one."""
    body = json_of(answer)
    assert answer.headers["content-type"] == "application/problem+json"
    assert body["instance"] == answer.headers["x-request-id"]
    return str(body["type"]).removeprefix("/problems/")


def prepare_agent(
    postgresql: PostgresqlServer, neighbours: Neighbours, folder: Path, **changed: str
) -> Agent:
    """Return the agent with a fresh, migrated database; nothing is started."""
    database = create_owned_database(postgresql, "agent")
    environment = context_environment(database, ACCOUNTS_URL=neighbours.url, **changed)
    migrate("agent", database, environment)
    return Agent(postgresql, neighbours, folder, environment, database.owner_url)
