"""One supervised process: started, watched, restarted, held, paused, stopped."""

import asyncio
import signal
from contextlib import suppress
from enum import Enum
from typing import Protocol

from martelo.stack.errors import StackError, describe_os_error
from martelo.stack.processes.child import Child, Program, start_child
from martelo.stack.processes.guard import Guard
from martelo.stack.supervise.backoff import Backoff
from martelo.stack.supervise.journal import Journal

STARTING_PROBE_S = 0.1
PROBE_S = 2.0
DEAD_S = 20.0
"""Liveness failing for so long: killed and restarted."""
START_S = 60.0
"""The same before the first answer; a database may have a log to replay."""


class State(Enum):
    """What a process is doing."""

    WAITING = "waiting"
    STARTING = "starting"
    READY = "ready"
    UNREADY = "unready"
    PAUSED = "paused"
    HELD = "held"
    RESTARTING = "restarting"
    FAILING = "failing"
    STOPPED = "stopped"


class Kind(Protocol):
    """What a unit must know of its process."""

    @property
    def name(self) -> str:
        """What the process is called now; a server of the PostgreSQL pair is called by its role."""

    async def prepare(self) -> None:
        """Make ready what a start needs: data, rendered settings."""

    def program(self) -> Program:
        """Return what to start."""

    async def is_alive(self) -> bool:
        """Return whether the process answers at all."""

    async def is_ready(self) -> bool:
        """Return whether it can do its work."""

    async def settle(self) -> None:
        """Do what follows each start, once it is ready for the first time."""


class Unit:
    """Keeps one process running; `run` is its life, every other method may be called meanwhile."""

    def __init__(
        self, kind: Kind, guard: Guard, journal: Journal, backoff: Backoff | None = None
    ) -> None:
        self.kind = kind
        self.starts = 0
        self.ready = asyncio.Event()
        self._guard = guard
        self._journal = journal
        self._state = State.WAITING
        self._backoff = backoff or Backoff()
        self._child: Child | None = None
        self._held_until = 0.0
        self._ended_at: float | None = None
        self._ending = asyncio.Event()
        self._preparing: asyncio.Task[None] | None = None
        self._restarting = False
        self._reported: str | None = None
        self._changed = asyncio.Event()
        self._down = asyncio.Event()
        self._down.set()

    @property
    def name(self) -> str:
        """The process's name."""
        return self.kind.name

    @property
    def pid(self) -> int | None:
        """The leader's pid while it runs."""
        return self._child.pid if self._child is not None else None

    @property
    def state(self) -> State:
        """What it is doing; a process that keeps ending is failing until it lives again."""
        restless = {State.RESTARTING, State.STARTING, State.UNREADY}
        if self._state in restless and self._backoff.is_failing(_now()):
            return State.FAILING
        return self._state

    async def run(self) -> None:
        """Keep the process running until `stop`."""
        while not self._ending.is_set():
            await self._wait_while_held()
            if self._ending.is_set():
                break
            delay_s = await self._run_once()
            if not self._ending.is_set() and not self._restarting and self._held_until <= _now():
                self._state = State.RESTARTING
                await self._wait_for_change(delay_s)
            self._restarting = False
        self._state = State.STOPPED

    async def stop(self) -> None:
        """End the process cleanly, for good."""
        self._ending.set()
        await self._end_child()

    async def restart(self) -> None:
        """End the process cleanly and wait until it is ready again."""
        self._restarting = True
        self._held_until = 0.0
        await self._end_child()
        await self._down.wait()
        await self.ready.wait()

    async def park(self) -> None:
        """End the process cleanly and keep it down until `unpark`."""
        self._held_until = float("inf")
        await self._end_child()
        await self._down.wait()

    def unpark(self) -> None:
        """Let the process run again."""
        self._held_until = 0.0
        self._wake()

    def kill(self, hold_s: float) -> None:
        """Kill every process of the tree at once, and keep it down for `hold_s`."""
        self._held_until = _now() + hold_s
        self._signal(signal.SIGKILL)

    def pause(self) -> None:
        """Suspend every process of the tree; its probes fail without consequence."""
        self._signal(signal.SIGSTOP)
        self._state = State.PAUSED
        self.ready.clear()

    def resume(self) -> None:
        """Let a paused tree go on."""
        self._signal(signal.SIGCONT)
        if self._state is State.PAUSED:
            self._state = State.UNREADY
            self._wake()

    async def _run_once(self) -> float:
        """Run the process until it ends; return how many seconds to wait before the next."""
        self._state = State.STARTING
        self.starts += 1
        try:
            await self._prepare()
            program = self.kind.program()
            self._child = await start_child(self.name, program, self._guard, self._write)
            self._down.clear()
        except asyncio.CancelledError:
            return 0.0
        except (StackError, OSError) as error:
            self._report("cannot start", error)
            return self._backoff.note_end(_now())
        watch = asyncio.create_task(self._watch(self._child))
        try:
            status = await self._child.wait()
        finally:
            watch.cancel()
            with suppress(asyncio.CancelledError):
                await watch
            self._child = None
            self._down.set()
            self.ready.clear()
        self._ended_at = _now()
        delay_s = self._backoff.note_end(_now())
        if not self._ending.is_set():
            self._journal.say(f"{self.name} ended ({_describe(status)})")
        return delay_s

    async def _prepare(self) -> None:
        """Make ready for a start; `stop` cuts it off, however long a clone would take."""
        self._preparing = asyncio.create_task(self.kind.prepare())
        try:
            await self._preparing
        finally:
            self._preparing = None

    async def _watch(self, child: Child) -> None:
        """Probe until the process ends; kill it when it has been dead for too long."""
        answered_at, patience_s, settled = _now(), START_S, False
        began_at = self._ended_at
        while True:
            ready = await self.kind.is_ready()
            if self._state is State.PAUSED:
                answered_at = _now()
            elif ready and not settled:
                settled = await self._settle()
                if settled and began_at is not None:
                    self._journal.say(f"{self.name} is back after {_now() - began_at:.1f} s")
                answered_at, patience_s = _now(), DEAD_S
            elif ready:
                answered_at = _now()
                self._note_ready()
            else:
                self._note_unready(settled=settled)
                if await self.kind.is_alive():
                    answered_at, patience_s = _now(), DEAD_S
            if _now() - answered_at > patience_s:
                self._journal.say(f"{self.name} has not answered for {patience_s:.0f} s: killed")
                child.signal_tree(signal.SIGKILL)
            await self._wait_for_change(PROBE_S if self.ready.is_set() else STARTING_PROBE_S)

    async def _settle(self) -> bool:
        try:
            await self.kind.settle()
        except (StackError, OSError) as error:
            self._report("is not ready", error)
            return False
        self._note_ready()
        return True

    def _report(self, what: str, error: StackError | OSError) -> None:
        """Print why the process does not run, once for all tries in a row that end alike."""
        why = describe_os_error(error) if isinstance(error, OSError) else str(error)
        line = f"{self.name} {what}: {why}"
        if line != self._reported:
            self._reported = line
            self._journal.say(line)

    def _note_ready(self) -> None:
        self._reported = None
        self._state = State.READY
        self._backoff.note_ready(_now())
        self.ready.set()

    def _note_unready(self, *, settled: bool) -> None:
        self._backoff.note_unready(_now())
        self.ready.clear()
        if settled:
            self._state = State.UNREADY

    async def _end_child(self) -> None:
        self._wake()
        if self._preparing is not None:
            self._preparing.cancel()
        if self._child is not None:
            await self._child.stop()

    async def _wait_while_held(self) -> None:
        while not self._ending.is_set() and (left_s := self._held_until - _now()) > 0:
            self._state = State.HELD
            await self._wait_for_change(min(left_s, 3600.0))

    async def _wait_for_change(self, seconds: float) -> None:
        """Wait, or until a command wants attention."""
        self._changed.clear()
        with suppress(TimeoutError):
            async with asyncio.timeout(seconds):
                await self._changed.wait()

    def _wake(self) -> None:
        self._changed.set()

    def _signal(self, which: signal.Signals) -> None:
        if self._child is None:
            raise StackError(f"{self.name} is not running ({self.state.value}).")
        self._child.signal_tree(which)

    def _write(self, lines: list[str]) -> None:
        self._journal.write(self.name, lines)


def _now() -> float:
    return asyncio.get_running_loop().time()


def _describe(status: int) -> str:
    if status < 0:
        with suppress(ValueError):
            return signal.Signals(-status).name
    return f"exit status {status}"
