"""CPU seconds of process trees, from `/proc` (Linux)."""

import os
import time
from collections.abc import Iterable
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

PROC = Path("/proc")
TICKS_PER_S = os.sysconf("SC_CLK_TCK")


@dataclass(frozen=True)
class ProcessTimes:
    """One row of the process table; `reaped_s` is the CPU time of exited children.

    `reaped_s` counts ticks of 10 ms, added when the parent waits for a child. `own_s` is exact.
    """

    pid: int
    parent: int
    session: int
    own_s: float
    reaped_s: float


class CpuMeter:
    """Reads the CPU time of process trees, including exited children."""

    def __init__(self, *leaders: int) -> None:
        self._leaders = frozenset(leaders)

    def read_s(self) -> float:
        """Return user and system seconds since the trees started."""
        members = tree_of(self._leaders, list_times())
        return sum(each.own_s + each.reaped_s for each in members)


def tree_of(leaders: Iterable[int], table: list[ProcessTimes]) -> list[ProcessTimes]:
    """Return the processes that descend from `leaders` or are in sessions they lead.

    A process that ended and is not reaped counts: its time is not yet in its parent's.
    """
    wanted = set(leaders)
    members = {each.pid for each in table if each.pid in wanted or each.session in wanted}
    while grown := {each.pid for each in table if each.parent in members} - members:
        members |= grown
    return [each for each in table if each.pid in members]


def list_times() -> list[ProcessTimes]:
    """Return the process table."""
    pids = (int(path.name) for path in PROC.iterdir() if path.name.isdecimal())
    return [found for pid in pids if (found := _read(pid)) is not None]


def resident_bytes(pid: int) -> int:
    """Return the memory of a process, without the kernel's socket buffers."""
    pages = int((PROC / str(pid) / "statm").read_text(encoding="ascii").split()[1])
    return pages * os.sysconf("SC_PAGE_SIZE")


def own_s() -> float:
    """Return the CPU seconds of this process, the load generator of most benchmarks."""
    return time.process_time()


def parse_stat(text: str, own_exact_s: float | None) -> ProcessTimes:
    """Return the times in `/proc/<pid>/stat`; `own_exact_s` replaces its own time in ticks."""
    pid = int(text[: text.index(" ")])
    # The command's name is in parentheses, and may contain parentheses and spaces.
    fields = text[text.rindex(")") + 2 :].split()
    user, system, reaped_user, reaped_system = (int(word) for word in fields[11:15])
    own = (user + system) / TICKS_PER_S if own_exact_s is None else own_exact_s
    return ProcessTimes(
        pid=pid,
        parent=int(fields[1]),
        session=int(fields[3]),
        own_s=own,
        reaped_s=(reaped_user + reaped_system) / TICKS_PER_S,
    )


def _read(pid: int) -> ProcessTimes | None:
    with suppress(FileNotFoundError, ProcessLookupError, PermissionError):
        text = (PROC / str(pid) / "stat").read_text(encoding="utf-8", errors="replace")
        return parse_stat(text, _exact_s(pid))
    return None


def _exact_s(pid: int) -> float | None:
    """Return a process's CPU time from its CPU clock (`clock_getcpuclockid`), in nanoseconds.

    The clock's id is derived from the process id; Python has no function for it.
    """
    try:
        return time.clock_gettime_ns((~pid << 3) | 2) / 1e9
    except OSError:
        return None
