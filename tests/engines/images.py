"""An `images-api` process on a real PostgreSQL, and short words for what is asked of it."""

import hashlib
import json
import os
import secrets
import signal
import subprocess
import sys
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

import psycopg
from psycopg import sql

from engines.databases import context_environment, create_owned_database, migrate
from engines.ports import free_port
from engines.postgresql import PostgresqlServer
from fakes.neighbours import Neighbours
from martelo.runtime.http.client import HttpClient, HttpFailed, HttpResponse, open_client

READY_WITHIN_S = 20.0
AUCTIONS_KEY = "svc_auctions_" + secrets.token_hex(16)
AGENT_KEY = "svc_agent_" + secrets.token_hex(16)
ANA, BRUNO = "a0000000-0000-4000-8000-000000000001", "b0000000-0000-4000-8000-000000000002"


@dataclass
class Images:
    """The process, its environment and its database; `log` is what it wrote."""

    environment: dict[str, str]
    neighbours: Neighbours
    log: Path
    http: HttpClient = field(default_factory=lambda: open_client(read_timeout_s=30))
    process: subprocess.Popen[bytes] | None = None

    @property
    def url(self) -> str:
        """Where the process listens."""
        return f"http://127.0.0.1:{self.environment['MARTELO_PORT']}"

    def command(self, name: str) -> subprocess.CompletedProcess[str]:
        """Run a one-off command to its end."""
        return subprocess.run(
            [sys.executable, "-m", "martelo.images.main", name],
            env=self.environment,
            capture_output=True,
            text=True,
            timeout=60,
            check=False,
        )

    def start(self) -> None:
        """Start the API and wait until it is ready."""
        with self.log.open("ab") as log:
            self.process = subprocess.Popen(
                [sys.executable, "-m", "martelo.images.main", "api"],
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
        """Stop the API, in order if it will."""
        if self.process is not None and self.process.poll() is None:
            self.process.terminate()
            try:
                self.process.wait(timeout=READY_WITHIN_S)
            except subprocess.TimeoutExpired:
                os.killpg(self.process.pid, signal.SIGKILL)
                self.process.wait()
        self.http.close()

    def upload(
        self,
        data: bytes,
        *,
        by: str | None = ANA,
        kind: str = "image/jpeg",
        key: str | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> HttpResponse:
        """Send a picture; `by` nobody where it is `None`."""
        sent = {"Content-Type": kind, **(headers or {})}
        if by is not None:
            sent["Authorization"] = f"Bearer {self.neighbours.token(by, 'Somebody')}"
        if key is not None:
            sent["Idempotency-Key"] = key
        return self.http.send("POST", f"{self.url}/api/images", headers=sent, content=data)

    def keep(self, data: bytes, *, by: str = ANA) -> str:
        """Upload a picture that is accepted and return its id."""
        answer = self.upload(data, by=by)
        assert answer.status == 201, answer.body
        return str(json.loads(answer.body)["image_id"])

    def get(self, path: str, **headers: str) -> HttpResponse:
        """Send a GET; a header's underscores become hyphens."""
        return self.send("GET", path, **headers)

    def send(self, method: str, path: str, **headers: str) -> HttpResponse:
        """Send a request without a body."""
        sent = {name.replace("_", "-"): value for name, value in headers.items()}
        return self.http.send(method, self.url + path, headers=sent)

    def count_rows(self, table: str) -> int:
        """Return how many rows a table has."""
        counted = sql.SQL("SELECT count(*) FROM {}").format(sql.Identifier(table))
        with psycopg.connect(self.environment["DATABASE_OWNER_URL"]) as connection:
            row = connection.execute(counted).fetchone()
        assert row is not None
        return int(row[0])

    def resident_bytes(self) -> int:
        """Return the memory of the process and its workers."""
        assert self.process is not None
        children = Path(f"/proc/{self.process.pid}/task/{self.process.pid}/children")
        pids = [self.process.pid, *map(int, children.read_text().split())]
        pages = [int(Path(f"/proc/{pid}/statm").read_text().split()[1]) for pid in pids]
        return sum(pages) * os.sysconf("SC_PAGE_SIZE")

    def _is_ready(self) -> bool:
        assert self.process is not None
        assert self.process.poll() is None, self.log.read_text()[-3000:]
        try:
            return self.get("/readyz").status == 200
        except HttpFailed:
            return False


def prepare_images(
    postgresql: PostgresqlServer, neighbours: Neighbours, folder: Path, **changed: str
) -> Images:
    """Return the API with a fresh, migrated database, not yet started."""
    database = create_owned_database(postgresql, "images")
    callers = {
        "auctions": {"sha256": _sha256(AUCTIONS_KEY), "scopes": ["images:read"]},
        "agent": {"sha256": _sha256(AGENT_KEY), "scopes": ["keys:exchange"]},
    }
    environment = context_environment(
        database,
        MARTELO_PORT=str(free_port()),
        MARTELO_RATE_LIMITS="off",
        DATABASE_OWNER_URL=database.owner_url,
        ACCOUNTS_URL=neighbours.url,
        SERVICE_CALLERS=json.dumps(callers),
    )
    environment.update(changed)
    migrate("images", database, environment)
    return Images(environment, neighbours, folder / f"{database.name}.log")


def _sha256(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()
