"""The whole stack: units and one-offs in order up, and in order down."""

import asyncio
from collections.abc import Callable, Iterable
from contextlib import suppress

from martelo.stack.engines.pair import Pair, PairMember
from martelo.stack.environment import ProcessEnvironment
from martelo.stack.errors import StackError
from martelo.stack.processes.child import start_child
from martelo.stack.processes.guard import Guard
from martelo.stack.supervise.application import python_program
from martelo.stack.supervise.journal import Journal
from martelo.stack.supervise.unit import Kind, State, Unit
from martelo.stack.topology import plan
from martelo.stack.topology.process import OneOff, Process, Stage


class Supervisor:
    """Runs the selected processes; names of the PostgreSQL pair follow their roles."""

    def __init__(
        self,
        kinds: Iterable[Kind],
        one_offs: Iterable[OneOff],
        environment: ProcessEnvironment,
        guard: Guard,
        journal: Journal,
    ) -> None:
        self.units = [Unit(kind, guard, journal) for kind in kinds]
        self.environment = environment
        self.one_offs = list(one_offs)
        self._guard = guard
        self._journal = journal
        self._done = {one_off.name: asyncio.Event() for one_off in self.one_offs}
        self._lives: set[asyncio.Task[None]] = set()
        self._failing_over = asyncio.Lock()

    def find(self, name: str) -> Unit:
        """Return the unit called `name` now.

        Raises:
            StackError: There is none.
        """
        for unit in self.units:
            if unit.name == name:
                return unit
        names = ", ".join(unit.name for unit in self.units)
        raise StackError(f"There is no process {name!r} here. There are: {names}.")

    @property
    def place(self) -> str:
        """Where people find what runs: the public address, or its names without a gateway."""
        names = {unit.name for unit in self.units}
        return self.environment.public_url if "gateway" in names else ", ".join(sorted(names))

    async def bring_up(self) -> None:
        """Start all but the demo in order; return when it is ready and every one-off done.

        Raises:
            ExceptionGroup: Of `StackError`: a one-off failed.
        """
        await self._bring_up(demo=False)

    async def bring_up_demo(self) -> None:
        """Start the demo, where there is one, on a stack that is up.

        Raises:
            ExceptionGroup: Of `StackError`: a one-off failed, and what needs it was not started.
        """
        await self._bring_up(demo=True)

    async def read_one_off(self, one_off: OneOff) -> list[str]:
        """Return what a one-off prints, which goes into no log.

        Raises:
            StackError: It failed.
        """
        lines: list[str] = []
        await self.run_one_off(one_off, lines.extend)
        return lines

    async def run_one_off(
        self, one_off: OneOff, write: Callable[[list[str]], None] | None = None
    ) -> None:
        """Run a one-off to its end; `write` takes its lines instead of the journal.

        Raises:
            StackError: It failed; the message carries its last words.
        """
        program = python_program(one_off, self.environment.of(one_off))
        child = await start_child(
            one_off.name,
            program,
            self._guard,
            write or (lambda lines: self._journal.write(one_off.name, lines)),
        )
        try:
            status = await child.wait()
        except asyncio.CancelledError:
            await child.stop()
            raise
        if status != 0:
            words = "\n  ".join(self._journal.last_lines(one_off.name)[-8:])
            raise StackError(f"{one_off.name} failed (status {status}):\n  {words}")

    async def bring_down(self, note: Callable[[Stage], None] | None = None) -> None:
        """Stop workers, gateway, APIs, engines; each stage is passed to `note` before it stops."""
        for stage in Stage:
            if note is not None:
                note(stage)
            units = [unit for unit in self.units if self.process_of(unit).stage is stage]
            await asyncio.gather(*(unit.stop() for unit in units))
        if self._lives:
            await asyncio.wait(self._lives)

    def kill_all(self) -> None:
        """Kill everything at once."""
        for unit in self.units:
            with suppress(StackError):
                unit.kill(0)

    async def fail_over(self, pair: Pair) -> None:
        """Stop the primary for certain, promote the standby, make the old one its standby.

        Raises:
            StackError: There is no standby that could take over, or it lacks commits.
        """
        async with self._failing_over:
            old, standby = self.find("postgresql"), self.find("postgresql-replica")
            # While its primary is down a standby that runs receives nothing, hence is not ready;
            # whether it has everything `promote` finds out.
            if standby.state not in {State.READY, State.UNREADY}:
                raise StackError(f"The standby is {standby.state.value}; it must be running.")
            await old.park()
            try:
                await pair.promote()
            finally:
                old.unpark()

    async def _bring_up(self, *, demo: bool) -> None:
        units = [unit for unit in self.units if self.process_of(unit).demo is demo]
        one_offs = [one_off for one_off in self.one_offs if one_off.demo is demo]
        async with asyncio.TaskGroup() as group:
            for unit in units:
                group.create_task(self._start_in_order(unit))
            for one_off in one_offs:
                group.create_task(self._run_in_order(one_off))

    def process_of(self, unit: Unit) -> Process:
        """Return what the plan says of a unit under the name it has now.

        Raises:
            StackError: The plan has no process of that name.
        """
        process = plan.find_process(unit.name, self.environment.processes)
        if process is None:
            raise StackError(f"The table of processes has no {unit.name}.")
        return process

    async def _start_in_order(self, unit: Unit) -> None:
        process = self.process_of(unit)
        running = {other.name for other in self.units}
        for name in (*process.needs, *(name for name in process.after if name in running)):
            await self._wait_for(name)
        life = asyncio.create_task(unit.run(), name=unit.name)
        self._lives.add(life)
        await unit.ready.wait()

    async def _run_in_order(self, one_off: OneOff) -> None:
        for name in one_off.needs:
            await self._wait_for(name)
        await self.run_one_off(one_off)
        self._done[one_off.name].set()

    async def _wait_for(self, name: str) -> None:
        """Wait for what is started here; a store of the house's own is there already."""
        if name in self._done:
            await self._done[name].wait()
        elif name in {unit.name for unit in self.units}:
            await self.find(name).ready.wait()


def role_of(unit: Unit) -> str | None:
    """Return `primary` or `standby` for a server of the pair."""
    if isinstance(unit.kind, PairMember):
        return "primary" if unit.kind.is_primary else "standby"
    return None
