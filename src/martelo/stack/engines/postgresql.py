"""One PostgreSQL server: its folder, its command line, a connection to ask it things."""

import asyncio
import os
import shutil
import socket
import sys
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path

import psycopg

from martelo.stack.credentials import write_private
from martelo.stack.engines import binaries
from martelo.stack.engines.engine_user import EngineUser, engine_environment
from martelo.stack.errors import StackError
from martelo.stack.processes.probes import accepts_postgresql
from martelo.stack.topology.engines import MAX_CONNECTIONS

SLOT = "standby"
"""The replication slot, the standby's application name, and who commits wait for."""

DEADLINE_S = 2.0

SETTINGS = {
    "listen_addresses": "127.0.0.1",
    "unix_socket_directories": "",
    "shared_buffers": "32MB",
    "max_connections": str(MAX_CONNECTIONS),
    "jit": "off",
    "timezone": "UTC",
    "datestyle": "iso, mdy",
    "default_text_search_config": "pg_catalog.simple",
    "lc_messages": "C",
    "log_timezone": "UTC",
    "log_line_prefix": "",
    "log_checkpoints": "off",
    # Statements and their parameters hold names, addresses and hashes.
    "log_error_verbosity": "terse",
    "log_min_error_statement": "panic",
    "log_parameter_max_length": "0",
    "log_parameter_max_length_on_error": "0",
    "hot_standby_feedback": "on",
    "max_wal_senders": "5",
    "max_replication_slots": "5",
    # A standby that is gone for good must not fill the disk: it is cloned again then.
    "max_slot_wal_keep_size": "1GB",
    "wal_retrieve_retry_interval": "500ms",
    "wal_receiver_status_interval": "1s",
    # Bounds how long an orderly stop waits for a standby that does not answer.
    "wal_sender_timeout": "5s",
}


class PostgresqlServer:
    """A server of the pair, by its folder; the pair decides which of the two is the primary."""

    def __init__(
        self, folder: Path, port: int, passwords: dict[str, str], engine_user: EngineUser
    ) -> None:
        self.folder = folder
        self.port = port
        self._passwords = passwords
        self._engine_user = engine_user
        self._connection: psycopg.AsyncConnection[tuple[object, ...]] | None = None
        self._turn = asyncio.Lock()

    @property
    def exists(self) -> bool:
        """Return whether it has data; an interrupted initialisation does not count."""
        return (self.folder / "PG_VERSION").is_file()

    @property
    def is_standby(self) -> bool:
        """Return whether its data follow another server."""
        return (self.folder / "standby.signal").is_file()

    def command(self) -> list[str]:
        """Return the command line."""
        return [str(binaries.postgresql_program("postgres")), "-D", str(self.folder)]

    def write_settings(self, primary: "PostgresqlServer") -> None:
        """Write the settings for this start: ports and passwords may have moved since the last.

        A primary gets a standby's settings too, where they have no effect.
        """
        source = (
            f"host=127.0.0.1 port={primary.port} user=replicator application_name={SLOT} "
            f"passfile={_quote(str(self._passfile))} connect_timeout=2"
        )
        settings = SETTINGS | {
            "port": str(self.port),
            "primary_conninfo": source,
            "primary_slot_name": SLOT,
        }
        lines = [f"{name} = {_quote(value)}\n" for name, value in settings.items()]
        write_private(self.folder / "postgresql.conf", "".join(lines))
        self._write_passfile()
        self._engine_user.give_ownership(self.folder.parent)

    async def initialise(self) -> None:
        """Make an empty database cluster."""
        password_file = self.folder.with_suffix(".password")
        write_private(password_file, self._passwords["postgres"] + "\n")
        locale = (
            ["--locale=C.UTF-8"]
            if sys.platform == "linux"
            else ["--locale-provider=builtin", "--builtin-locale=C.UTF-8", "--locale=C"]
        )
        arguments = [
            *("-U", "postgres", "-E", "UTF8", "--auth=scram-sha-256"),
            *locale,
            f"--pwfile={password_file}",
        ]
        try:
            await self._make("initdb", ["-D"], arguments, timeout_s=120)
        finally:
            password_file.unlink(missing_ok=True)

    async def clone(self, primary: "PostgresqlServer") -> None:
        """Replace the folder with a standby of `primary`."""
        self._write_passfile()
        arguments = [
            *("-h", "127.0.0.1", "-p", str(primary.port), "-U", "replicator", "--no-password"),
            *("-X", "stream", "--slot", SLOT, "--checkpoint=fast"),
        ]
        await self._make("pg_basebackup", ["-D"], arguments, timeout_s=600)

    async def query(self, text: str, parameters: Sequence[object] = ()) -> list[tuple[object, ...]]:
        """Run one statement as the superuser and return its rows.

        Raises:
            StackError: It failed, or no answer came in time.
        """
        query = asyncio.create_task(self._ask(text, parameters))
        try:
            await asyncio.wait([query], timeout=DEADLINE_S)
        finally:
            if not query.done():
                # Cancelled, psycopg would wait for a server that may be standing still to agree.
                self._shut_down_connection()
        try:
            return await query
        except (psycopg.Error, OSError) as error:
            raise StackError(f"PostgreSQL on port {self.port}: {error}") from error

    async def connect(self, database: str) -> psycopg.AsyncConnection[tuple[object, ...]]:
        """Return a connection of the superuser to `database`; every statement commits by itself."""
        return await psycopg.AsyncConnection.connect(
            host="127.0.0.1",
            port=self.port,
            user="postgres",
            password=self._passwords["postgres"],
            dbname=database,
            connect_timeout=2,
            application_name="launcher",
            autocommit=True,
        )

    async def disconnect(self) -> None:
        """Close the pooled connection."""
        connection, self._connection = self._connection, None
        if connection is not None:
            with suppress(psycopg.Error, OSError):
                await connection.close()

    async def answers(self) -> bool:
        """Return whether it takes connections and answers `SELECT 1`, each in time."""
        with suppress(StackError):
            return await accepts_postgresql(self.port) and await self.query("SELECT 1") == [(1,)]
        return False

    async def read_control(self) -> dict[str, str]:
        """Return the output of `pg_controldata` for a stopped server, by name."""
        program = str(binaries.postgresql_program("pg_controldata"))
        output = await asyncio.to_thread(
            self._engine_user.run, [program, str(self.folder)], engine_environment(), 20
        )
        pairs = (line.split(":", 1) for line in output.splitlines() if ":" in line)
        return {name.strip(): value.strip() for name, value in pairs}

    async def read_timeline(self) -> int:
        """Return the newest timeline its data know; a promotion's first checkpoint may lag it."""
        control = await self.read_control()
        histories = [int(path.stem, 16) for path in (self.folder / "pg_wal").glob("*.history")]
        return max([int(control["Latest checkpoint's TimeLineID"]), *histories])

    async def _ask(self, text: str, parameters: Sequence[object]) -> list[tuple[object, ...]]:
        async with self._turn:
            if self._connection is None or self._connection.closed:
                self._connection = await self.connect("postgres")
            cursor = await self._connection.execute(text.encode(), parameters or None)
            return await cursor.fetchall() if cursor.description else []

    def _shut_down_connection(self) -> None:
        connection, self._connection = self._connection, None
        if connection is not None and not connection.closed:
            with suppress(OSError), socket.socket(fileno=os.dup(connection.fileno())) as line:
                line.shutdown(socket.SHUT_RDWR)

    def _write_passfile(self) -> None:
        """Write the password of a standby; a command line could be read by all."""
        password = self._passwords["replicator"]
        write_private(self._passfile, f"127.0.0.1:*:*:replicator:{password}\n")

    @property
    def _passfile(self) -> Path:
        return self.folder.parent / "passfile"

    async def _make(
        self, program: str, target: list[str], arguments: list[str], *, timeout_s: float
    ) -> None:
        """Let a program make the folder: beside it first, then in its place."""
        making = self.folder.with_suffix(".making")
        await asyncio.to_thread(shutil.rmtree, making, ignore_errors=True)
        self._engine_user.give_ownership(self.folder.parent)
        command = [str(binaries.postgresql_program(program)), *target, str(making), *arguments]
        environment = engine_environment() | {"PGPASSFILE": str(self._passfile)}
        await asyncio.to_thread(self._engine_user.run, command, environment, timeout_s)
        if program == "pg_basebackup":
            (making / "standby.signal").touch(mode=0o600)
        await asyncio.to_thread(shutil.rmtree, self.folder, ignore_errors=True)
        making.rename(self.folder)


def _quote(value: str) -> str:
    """Return a value in quotes, as settings and connection strings both take it."""
    escaped = value.replace("\\", "\\\\").replace("'", "\\'")
    return f"'{escaped}'"
