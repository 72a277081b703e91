"""A storefront process on a real PostgreSQL, as the tests of accounts see it."""

import hashlib
import json
import os
import secrets
import signal
import subprocess
import sys
import time
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import psycopg
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from psycopg.rows import TupleRow

from engines.databases import context_environment, create_owned_database, migrate
from engines.ports import free_port
from engines.postgresql import PostgresqlServer
from martelo.runtime.http.client import HttpClient, HttpFailed, HttpResponse, open_client

READY_WITHIN_S = 20.0
AUCTIONS_KEY = "svc_auctions_" + secrets.token_hex(16)
NOTICES_KEY = "svc_notices_" + secrets.token_hex(16)
AGENT_KEY = "svc_agent_" + secrets.token_hex(16)
PASSWORD = "correct horse battery"


@dataclass
class House:
    """The process, its environment and its database; `log` is what it wrote."""

    postgresql: PostgresqlServer
    environment: dict[str, str]
    log: Path
    http: HttpClient = field(default_factory=lambda: open_client(read_timeout_s=20))
    process: subprocess.Popen[bytes] | None = None

    @property
    def url(self) -> str:
        """Where the process listens."""
        return f"http://127.0.0.1:{self.environment['MARTELO_PORT']}"

    def command(self, *arguments: str, **changed: str) -> subprocess.CompletedProcess[str]:
        """Run a one-off command to its end, with the environment `changed`."""
        return subprocess.run(
            [sys.executable, "-m", "martelo.storefront.main", *arguments],
            env={**self.environment, **changed},
            capture_output=True,
            text=True,
            timeout=60,
            check=False,
        )

    def start(self) -> None:
        """Start `web` and wait until it is ready."""
        with self.log.open("ab") as log:
            self.process = subprocess.Popen(
                [sys.executable, "-m", "martelo.storefront.main", "web"],
                env=self.environment,
                stdout=log,
                stderr=log,
                start_new_session=True,
            )
        self.wait_until(lambda: self.get("/readyz").status == 200)

    def stop(self) -> None:
        """Stop `web`, in order if it will."""
        if self.process is not None and self.process.poll() is None:
            self.process.terminate()
            try:
                self.process.wait(timeout=READY_WITHIN_S)
            except subprocess.TimeoutExpired:
                os.killpg(self.process.pid, signal.SIGKILL)
                self.process.wait()
        self.http.close()

    def wait_until(self, condition: Any) -> None:  # noqa: ANN401 - any predicate
        """Wait until something holds; a refused connection means not yet."""
        deadline = time.monotonic() + READY_WITHIN_S
        while time.monotonic() < deadline:
            try:
                if condition():
                    return
            except HttpFailed:
                pass
            time.sleep(0.05)
        raise AssertionError(f"not in time; the log says:\n{self.log.read_text()[-3000:]}")

    def send(
        self,
        method: str,
        path: str,
        body: object = None,
        *,
        token: str | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> HttpResponse:
        """Send a request; `body` goes as JSON, or as it is where it is bytes."""
        content = body if isinstance(body, bytes) else json.dumps(body).encode()
        sent = {"Content-Type": "application/json"} if body is not None else {}
        if token is not None:
            sent["Authorization"] = f"Bearer {token}"
        return self.http.send(
            method,
            self.url + path,
            headers={**sent, **(headers or {})},
            content=None if body is None else content,
        )

    def get(self, path: str, *, token: str | None = None) -> HttpResponse:
        """Send a GET."""
        return self.send("GET", path, token=token)

    def post(self, path: str, body: object, *, token: str | None = None) -> HttpResponse:
        """Send a POST."""
        return self.send("POST", path, body, token=token)

    def query(self, statement: str, *values: object) -> list[TupleRow]:
        """Ask the database itself, as its owner."""
        with psycopg.connect(self.environment["DATABASE_OWNER_URL"], autocommit=True) as connection:
            cursor = connection.execute(statement.encode(), values)
            return cursor.fetchall() if cursor.description else []


@dataclass(frozen=True)
class Person:
    """Somebody with an account, signed in."""

    account_id: str
    email: str
    access_token: str
    refresh_token: str


def json_of(answer: HttpResponse) -> Any:  # noqa: ANN401 - a test knows what it expects
    """Return the body of an answer."""
    return json.loads(answer.body)


def slug_of(answer: HttpResponse) -> str:
    """Return the slug of a problem, having checked that it is one."""
    body = json_of(answer)
    assert answer.headers["content-type"] == "application/problem+json"
    assert body["status"] == answer.status
    assert body["instance"] == answer.headers["x-request-id"]
    assert body["title"]
    return str(body["type"]).removeprefix("/problems/")


def new_email() -> str:
    """Return an address nobody else has."""
    return f"{secrets.token_hex(8)}@example.com"


def new_person(house: House, name: str = "Ana Souza") -> Person:
    """Register somebody and sign them in."""
    email = new_email()
    registered = house.post(
        "/api/auth/register", {"email": email, "password": PASSWORD, "name": name}
    )
    assert registered.status == 201, registered.body
    tokens = json_of(house.post("/api/auth/token", {"email": email, "password": PASSWORD}))
    return Person(
        json_of(registered)["account_id"], email, tokens["access_token"], tokens["refresh_token"]
    )


def prepare_house(postgresql: PostgresqlServer, folder: Path, prefix: str, **changed: str) -> House:
    """Return a house with a fresh, migrated database, not yet started."""
    database = create_owned_database(postgresql, prefix)
    # Two hosts, as in production: the second is where a standby would be.
    hosts = f"127.0.0.1:{postgresql.port},127.0.0.1:1"
    url = database.url.replace(f"127.0.0.1:{postgresql.port}", hosts)
    callers = {
        "auctions": {"sha256": _sha256(AUCTIONS_KEY), "scopes": ["keys:exchange"]},
        "notices": {"sha256": _sha256(NOTICES_KEY), "scopes": ["accounts:contact"]},
        "agent": {"sha256": _sha256(AGENT_KEY), "scopes": ["accounts:contact", "house:read"]},
    }
    environment = context_environment(
        replace(database, url=f"{url}?target_session_attrs=read-write&connect_timeout=2"),
        PYTHONWARNINGS="error::ResourceWarning",
        MARTELO_PORT=str(free_port()),
        MARTELO_LOG_FORMAT="json",
        MARTELO_RATE_LIMITS="off",
        DATABASE_OWNER_URL=database.owner_url,
        DJANGO_SECRET_KEY=secrets.token_hex(32),
        SIGNING_KEYS_FILE=str(_write_keys(folder / f"{database.name}-keys.json")),
        SERVICE_CALLERS=json.dumps(callers),
        PUBLIC_URL="http://localhost:8080",
    )
    environment.update(changed)
    migrate("storefront", database, environment)
    return House(postgresql, environment, folder / f"{database.name}.log")


def _write_keys(file: Path) -> Path:
    pem = Ed25519PrivateKey.generate().private_bytes(
        Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()
    )
    file.write_text(json.dumps({"keys": [{"kid": "k1", "private_pem": pem.decode()}]}))
    return file


def _sha256(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()
