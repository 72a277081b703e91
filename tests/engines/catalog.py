"""A catalog on a real PostgreSQL: its stores, its processes, and short words for calls."""

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from sqlalchemy import Engine

from engines.databases import OwnedDatabase, context_environment, create_owned_database, migrate
from engines.ports import free_port
from engines.postgresql import PostgresqlServer
from fakes.neighbours import Neighbours
from martelo.catalog.adapters.sql_catalog import SqlCatalog
from martelo.catalog.adapters.sql_products import SqlProducts
from martelo.runtime.http.client import HttpClient, HttpFailed, open_client
from martelo.runtime.postgresql.connections import open_engine

READY_WITHIN_S = 20.0
ANA, BRUNO = "a0000000-0000-4000-8000-000000000001", "b0000000-0000-4000-8000-000000000002"
ADMIN = "c0000000-0000-4000-8000-000000000003"


@dataclass(frozen=True)
class CatalogStores:
    """The stores of one fresh database."""

    database: OwnedDatabase
    engine: Engine
    catalog: SqlCatalog
    products: SqlProducts


def open_stores(postgresql: PostgresqlServer, *, connections: int = 8) -> CatalogStores:
    """Return the stores on a fresh, migrated database."""
    database = create_owned_database(postgresql, "catalog")
    migrate("catalog", database, context_environment(database))
    engine = open_engine(database.url, application="tests", pool_size=connections)
    return CatalogStores(database, engine, SqlCatalog(engine), SqlProducts(engine))


class CatalogNeighbours(Neighbours):
    """Accounts and images; `owners` are those of pictures, `None` while images is down."""

    def __init__(self) -> None:
        super().__init__()
        self.owners: dict[str, str] | None = {}

    def answer(self, path: str) -> tuple[int, bytes]:
        """Return whose the pictures are, or what others answer."""
        if not path.startswith("/internal/images?ids="):
            return super().answer(path)
        if self.owners is None:
            return 503, b"{}"
        ids = path.partition("=")[2].split(",")
        found = [{"id": each, "owner_id": self.owners[each]} for each in ids if each in self.owners]
        return 200, json.dumps({"items": found}).encode()


@dataclass(frozen=True)
class Answer:
    """What a process answered."""

    status: int
    body: Any
    headers: Mapping[str, str]

    @property
    def slug(self) -> str:
        """The slug of the problem that it is."""
        return str(self.body["type"]).removeprefix("/problems/")


@dataclass
class CatalogProcess:
    """`catalog-api` or `catalog-replica`; `log` is what it wrote."""

    name: str
    environment: dict[str, str]
    neighbours: CatalogNeighbours
    log: Path
    http: HttpClient = field(default_factory=open_client)
    process: subprocess.Popen[bytes] | None = None

    @property
    def url(self) -> str:
        """Where the process listens."""
        return f"http://127.0.0.1:{self.environment['MARTELO_PORT']}"

    def start(self) -> None:
        """Start it and wait until it is ready."""
        with self.log.open("ab") as log:
            self.process = subprocess.Popen(
                [sys.executable, "-m", "martelo.catalog.main", self.name],
                env=self.environment,
                stdout=log,
                stderr=log,
                start_new_session=True,
            )
        deadline = time.monotonic() + READY_WITHIN_S
        while not self._is_ready():
            assert time.monotonic() < deadline, self.log.read_text()[-3000:]
            time.sleep(0.05)

    def stop(self) -> None:
        """Stop it, in order if it will."""
        if self.process is not None and self.process.poll() is None:
            self.process.terminate()
            try:
                self.process.wait(timeout=READY_WITHIN_S)
            except subprocess.TimeoutExpired:
                os.killpg(self.process.pid, signal.SIGKILL)
                self.process.wait()
        self.http.close()

    def call(
        self,
        method: str,
        path: str,
        body: object = None,
        *,
        by: str | None = None,
        headers: Mapping[str, str] | None = None,
        **claims: Any,  # noqa: ANN401 - of any token
    ) -> Answer:
        """Send a request as `by`, or as nobody, with a token of `claims`."""
        sent = dict(headers or {})
        content = b""
        if by is not None:
            token = self.neighbours.token(by, "Ana" if by == ANA else "Bruno", **claims)
            sent["Authorization"] = f"Bearer {token}"
        if body is not None:
            sent["Content-Type"] = sent.get("Content-Type", "application/json")
            content = body if isinstance(body, bytes) else json.dumps(body).encode()
        answer = self.http.send(method, self.url + path, headers=sent, content=content)
        is_json = "json" in answer.headers.get("content-type", "")
        read = json.loads(answer.body) if is_json else answer.body
        return Answer(answer.status, read, answer.headers)

    def _is_ready(self) -> bool:
        assert self.process is not None
        assert self.process.poll() is None, self.log.read_text()[-3000:]
        try:
            return self.call("GET", "/readyz").status == 200
        except HttpFailed:
            return False


def prepare_process(
    name: str, stores: CatalogStores, neighbours: CatalogNeighbours, folder: Path, **settings: str
) -> CatalogProcess:
    """Return a process of the catalog on a migrated database, not yet started."""
    environment = context_environment(
        stores.database,
        DATABASE_READER_URL=stores.database.url,
        MARTELO_PORT=str(free_port()),
        MARTELO_RATE_LIMITS="off",
        ACCOUNTS_URL=neighbours.url,
        IMAGES_URL=neighbours.url,
        **settings,
    )
    return CatalogProcess(name, environment, neighbours, folder / f"{name}.log")
