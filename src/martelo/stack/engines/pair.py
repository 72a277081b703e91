"""The PostgreSQL pair: who is primary, the standby's clone, when commits wait for it, failover."""

import asyncio
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

from martelo.stack.engines.engine_user import EngineUser, engine_environment
from martelo.stack.engines.postgresql import SLOT, PostgresqlServer
from martelo.stack.engines.provisioning import provision
from martelo.stack.errors import StackError
from martelo.stack.processes import proctable
from martelo.stack.processes.child import Program
from martelo.stack.topology.engines import POSTGRESQL

WATCH_S = 0.5
GONE_S = 2.0
"""Without a word from the standby for so long, commits stop waiting for it."""
CAUGHT_UP_BYTES = 64 * 1024

REPLICATION = """
SELECT state = 'streaming',
       extract(epoch FROM clock_timestamp() - reply_time)::float8,
       pg_wal_lsn_diff(pg_current_wal_flush_lsn(), flush_lsn)::float8
FROM pg_stat_replication WHERE application_name = %s
"""
LOST_SLOT = "SELECT 1 FROM pg_replication_slots WHERE slot_name = %s AND wal_status = 'lost'"
RECEIVER = "SELECT status FROM pg_stat_wal_receiver"
LAG = """
SELECT CASE WHEN pg_last_wal_receive_lsn() = pg_last_wal_replay_lsn() THEN 0
       ELSE extract(epoch FROM clock_timestamp() - pg_last_xact_replay_timestamp())::float8 END
"""


@dataclass(kw_only=True)
class Pair:
    """Two servers; the standby is the one whose folder has `standby.signal`.

    `is_synchronous`: a commit answered now is on both.
    """

    first: PostgresqlServer
    second: PostgresqlServer
    engine_user: EngineUser
    passwords: dict[str, str]
    say: Callable[[str], None]
    with_standby: bool = True
    is_synchronous: bool = False
    primary_is_up: asyncio.Event = field(default_factory=asyncio.Event)
    reclone: bool = False
    _primary: PostgresqlServer | None = None

    @property
    def primary(self) -> PostgresqlServer:
        """The server that takes writes."""
        return self._primary or self.first

    @property
    def standby(self) -> PostgresqlServer:
        """The other one."""
        return self.second if self.primary is self.first else self.first

    async def decide(self) -> None:
        """Find out which folder is the primary's.

        Of two that both took writes, the one on the older timeline was left behind by a
        failover that was cut off: it is set aside.

        Raises:
            StackError: There is a standby's folder only.
        """
        writers = [s for s in (self.first, self.second) if s.exists and not s.is_standby]
        if not writers and (self.first.exists or self.second.exists):
            left = self.first if self.first.exists else self.second
            raise StackError(
                f"{left.folder} is a standby's copy, and its primary's folder is gone. Bring that "
                f"back from a backup, or, to go on from the copy, delete {left.folder}/"
                "standby.signal: what was committed last may be missing."
            )
        if len(writers) == 2:
            older, newer = await _order_by_timeline(*writers)
            aside = older.folder.with_name(f"{older.folder.name}.set-aside-{time.time_ns()}")
            older.folder.rename(aside)
            self.say(f"{older.folder.name} was left behind by a failover; it is now {aside.name}")
            writers = [newer]
        self._primary = writers[0] if writers else self.first

    async def promote(self) -> None:
        """Make the standby the primary; the old one must be stopped for certain.

        Raises:
            StackError: The standby does not have everything that was committed, or does not
                answer. Nothing has changed then.
        """
        old, promoted = self.primary, self.standby
        await self._require_complete(old, promoted)
        await promoted.query("SELECT pg_promote(false)")
        for _ in range(100):
            if (await promoted.query("SELECT NOT pg_is_in_recovery()"))[0][0]:
                break
            await asyncio.sleep(0.05)
        else:
            raise StackError("The standby did not become a primary within 5 s.")
        self._primary = promoted
        self.is_synchronous = False
        await self.set_synchronous(wanted=False)
        await provision(promoted, self.passwords)
        await old.disconnect()

    async def watch(self) -> None:
        """Have commits wait for the standby while it keeps up, and not while it is gone."""
        heard_at = time.monotonic()
        while True:
            await asyncio.sleep(WATCH_S)
            if not self.primary_is_up.is_set():
                heard_at = time.monotonic()
                continue
            with suppress(StackError):
                behind_bytes = await self._ask_behind_bytes()
                if behind_bytes is not None:
                    heard_at = time.monotonic()
                    if not self.is_synchronous and behind_bytes <= CAUGHT_UP_BYTES:
                        await self.set_synchronous(wanted=True)
                elif self.is_synchronous and time.monotonic() - heard_at >= GONE_S:
                    await self.set_synchronous(wanted=False)
                    self.say("the standby is gone: commits no longer wait for it")
                if await self.primary.query(LOST_SLOT, [SLOT]):
                    self.reclone = True

    async def set_synchronous(self, *, wanted: bool) -> None:
        """Change whether commits wait for the standby."""
        value = SLOT if wanted else ""
        await self.primary.query(f"ALTER SYSTEM SET synchronous_standby_names = '{value}'")
        await self.primary.query("SELECT pg_reload_conf()")
        self.is_synchronous = wanted

    async def _ask_behind_bytes(self) -> float | None:
        """Return how far the standby is behind, or `None` when nothing is heard from it."""
        rows = await self.primary.query(REPLICATION, [SLOT])
        for streaming, silent_s, behind_bytes in rows:
            heard = isinstance(silent_s, float) and silent_s < GONE_S
            if streaming and heard and isinstance(behind_bytes, float):
                return behind_bytes
        return None

    async def _require_complete(self, old: PostgresqlServer, promoted: PostgresqlServer) -> None:
        control = await old.read_control()
        if control.get("Database cluster state") != "shut down":
            if not self.is_synchronous:
                raise StackError(
                    "The primary is dead and the standby was behind it: promoting would lose "
                    "commits. Let the primary come back first."
                )
            return
        rows = await promoted.query(
            "SELECT pg_wal_lsn_diff(pg_last_wal_receive_lsn(), %s::pg_lsn) >= 0",
            [control["Latest checkpoint location"]],
        )
        if not rows[0][0]:
            raise StackError("The standby has not received everything; the primary is kept.")


class PairMember:
    """One server of the pair as its unit sees it; its name follows its role."""

    def __init__(self, pair: Pair, server: PostgresqlServer) -> None:
        self._pair = pair
        self._server = server

    @property
    def name(self) -> str:
        """The name of its role now."""
        return "postgresql" if self.is_primary else "postgresql-replica"

    @property
    def is_primary(self) -> bool:
        """Return whether it takes writes."""
        return self._pair.primary is self._server

    @property
    def port(self) -> int:
        """The server's port; it stays with the folder when roles change."""
        return self._server.port

    async def prepare(self) -> None:
        """Make the folder: empty for a primary, cloned for a standby."""
        self._pair.engine_user.give_ownership(self._server.folder.parent)
        _forget_foreign_pid(self._server.folder)
        if self.is_primary:
            self._pair.primary_is_up.clear()
            if not self._server.exists:
                await self._server.initialise()
        elif self._pair.reclone or not self._server.is_standby:
            await self._pair.primary_is_up.wait()
            await self._server.clone(self._pair.primary)
            self._pair.reclone = False
        self._server.write_settings(self._pair.primary)

    def program(self) -> Program:
        """Return the server's command line."""
        return Program(
            command=self._server.command(),
            environment=engine_environment(),
            folder=self._server.folder,
            stop_signal=POSTGRESQL.stop_signal,
            death_signal=POSTGRESQL.death_signal,
            shim_options=self._pair.engine_user.shim_options,
        )

    async def is_alive(self) -> bool:
        """Return whether `SELECT 1` is answered; one that lost its slot is cloned again."""
        if self._pair.reclone and not self.is_primary:
            return False
        return await self._server.answers()

    async def is_ready(self) -> bool:
        """Return whether a primary takes writes, or a standby receives what its primary sends."""
        if not await self._server.answers():
            return False
        with suppress(StackError):
            if self.is_primary:
                return await self._server.query("SELECT pg_is_in_recovery()") == [(False,)]
            if self._pair.primary_is_up.is_set():
                return await self._server.query(RECEIVER) == [("streaming",)]
            return True
        return False

    async def settle(self) -> None:
        """Provision a primary, and let commits pass when there will be no standby."""
        if self.is_primary:
            if not self._pair.with_standby:
                await self._pair.set_synchronous(wanted=False)
            await provision(self._server, self._pair.passwords)
            rows = await self._server.query("SHOW synchronous_standby_names")
            self._pair.is_synchronous = rows == [(SLOT,)]
            self._pair.primary_is_up.set()

    async def ask_lag_s(self) -> float | None:
        """Return how many seconds a standby is behind."""
        with suppress(StackError):
            lag_s = (await self._server.query(LAG))[0][0]
            return lag_s if isinstance(lag_s, float) else 0.0
        return None


async def _order_by_timeline(
    one: PostgresqlServer, other: PostgresqlServer
) -> tuple[PostgresqlServer, PostgresqlServer]:
    if await one.read_timeline() > await other.read_timeline():
        return other, one
    return one, other


def _forget_foreign_pid(folder: Path) -> None:
    """Remove a pid file whose number another program has by now, as after a restart of the machine.

    A number that is PostgreSQL's own is left: it sees for itself whether its old self still runs.
    """
    if not proctable.LINUX:
        return
    file = folder / "postmaster.pid"
    with suppress(OSError, ValueError, IndexError):
        pid = int(file.read_text(encoding="utf-8").splitlines()[0])
        if (proctable.PROC / str(pid) / "cwd").resolve() != folder.resolve():
            file.unlink()
