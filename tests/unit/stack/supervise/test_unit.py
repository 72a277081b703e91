"""What a unit prints while its process cannot be started."""

import asyncio

from martelo.stack.errors import StackError
from martelo.stack.processes.child import Program
from martelo.stack.supervise.unit import Unit


class Damaged:
    """A process whose data cannot be read, for one reason and then for another."""

    name = "valkey"

    def __init__(self, unit_done: asyncio.Event) -> None:
        self.tries = 0
        self._done = unit_done

    async def prepare(self) -> None:
        self.tries += 1
        if self.tries == 5:
            self._done.set()
        raise StackError("the log is damaged" if self.tries < 4 else "the disk is full")

    def program(self) -> Program:
        raise AssertionError("never ready for it")

    async def is_alive(self) -> bool:
        return False

    async def is_ready(self) -> bool:
        return False

    async def settle(self) -> None:
        """Never reached."""


class Lines:
    """A journal that remembers what was said."""

    def __init__(self) -> None:
        self.said: list[str] = []

    def say(self, line: str) -> None:
        self.said.append(line)


class NoWait:
    """A backoff without pauses."""

    def note_end(self, _now: float) -> float:
        return 0.0

    def is_failing(self, _now: float) -> bool:
        return True


async def test_says_once_why_it_cannot_start() -> None:
    done, journal = asyncio.Event(), Lines()
    unit = Unit(Damaged(done), None, journal, NoWait())  # type: ignore[arg-type]

    life = asyncio.create_task(unit.run())
    await done.wait()
    await unit.stop()
    await life

    assert journal.said == [
        "valkey cannot start: the log is damaged",
        "valkey cannot start: the disk is full",
    ]
