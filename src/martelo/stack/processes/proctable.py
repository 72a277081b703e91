"""What the system knows of processes: alive, since when, whose children, how much memory.

Standard library only, and light: the guardian loads it.
"""

import contextlib
import os
import signal
import subprocess
import sys
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

PROC = Path("/proc")
LINUX = sys.platform == "linux"


@dataclass(frozen=True)
class ProcessEntry:
    """One line of the process table; `started` is an opaque text, equal for the same process."""

    pid: int
    parent: int
    group: int
    session: int
    state: str
    started: str


def find_process(pid: int) -> ProcessEntry | None:
    """Return the running process `pid`; one that has ended and is only not reaped is none."""
    entry = _read_stat(pid) if LINUX else next((e for e in _ask_ps() if e.pid == pid), None)
    return entry if entry is not None and entry.state not in "ZX" else None


def list_processes() -> list[ProcessEntry]:
    """Return every process that can be seen."""
    if not LINUX:
        return _ask_ps()
    pids = (int(path.name) for path in PROC.iterdir() if path.name.isdecimal())
    return [entry for pid in pids if (entry := _read_stat(pid)) is not None]


def find_tree(pid: int) -> list[int]:
    """Return the running processes that descend from `pid` or share its group, itself included.

    Children that made a session of their own (PostgreSQL's do) are found by descent.
    """
    running = [entry for entry in list_processes() if entry.state not in "ZX"]
    members = {entry.pid for entry in running if pid in {entry.pid, entry.group, entry.session}}
    grown = True
    while grown:
        children = {entry.pid for entry in running if entry.parent in members} - members
        members |= children
        grown = bool(children)
    return sorted(members)


def send_signal(pids: Iterable[int], which: signal.Signals) -> None:
    """Send a signal to each process that is still there and ours."""
    for pid in pids:
        with contextlib.suppress(ProcessLookupError, PermissionError):
            os.kill(pid, which)


def measure_pss_bytes(pids: Iterable[int]) -> int:
    """Return the sum of the proportional set sizes; on macOS, which has none, of resident sizes."""
    if not LINUX:
        return _ask_ps_for_resident_bytes(set(pids))
    return sum(_read_pss_bytes(pid) for pid in pids)


def _read_stat(pid: int) -> ProcessEntry | None:
    try:
        text = (PROC / str(pid) / "stat").read_text(encoding="utf-8", errors="replace")
    except (FileNotFoundError, ProcessLookupError, PermissionError):
        return None
    # The command's name is in brackets and may itself hold brackets and spaces.
    fields = text[text.rindex(")") + 2 :].split()
    return ProcessEntry(
        pid=pid,
        parent=int(fields[1]),
        group=int(fields[2]),
        session=int(fields[3]),
        state=fields[0],
        started=f"{_read_boot_id()}:{fields[19]}",
    )


def _read_boot_id() -> str:
    return (PROC / "sys/kernel/random/boot_id").read_text(encoding="ascii").strip()


def _read_pss_bytes(pid: int) -> int:
    try:
        text = (PROC / str(pid) / "smaps_rollup").read_text(encoding="ascii")
    except OSError:
        return 0
    for line in text.splitlines():
        if line.startswith("Pss:"):
            return int(line.split()[1]) * 1024
    return 0


def _ask_ps() -> list[ProcessEntry]:
    """Return the table by `ps`, for systems without /proc; it does not show sessions."""
    command = ["/bin/ps", "-axo", "pid=,ppid=,pgid=,state=,lstart="]
    output = subprocess.run(command, capture_output=True, text=True, check=True, timeout=10).stdout
    entries = []
    for line in output.splitlines():
        pid, parent, group, state, started = line.split(maxsplit=4)
        entries.append(
            ProcessEntry(int(pid), int(parent), int(group), int(group), state[0], started.strip())
        )
    return entries


def _ask_ps_for_resident_bytes(pids: set[int]) -> int:
    command = ["/bin/ps", "-axo", "pid=,rss="]
    output = subprocess.run(command, capture_output=True, text=True, check=True, timeout=10).stdout
    rows = (line.split() for line in output.splitlines())
    return sum(int(resident) * 1024 for pid, resident in rows if int(pid) in pids)
