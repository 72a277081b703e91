"""The record of what runs: one line a process group, kept by the guardian.

Standard library only, and light: the guardian loads it.
"""

import json
import os
import signal
import time
from collections.abc import Iterable
from dataclasses import asdict, dataclass
from pathlib import Path

from martelo.stack.processes import proctable

GRACE_S = 5.0
"""How long a group may take to end by itself before it is killed."""


@dataclass(frozen=True)
class Group:
    """A started process: its leader's pid, when that started, and how it is asked to stop."""

    name: str
    pid: int
    started: str
    stop_signal: int


def read_groups(path: Path) -> list[Group]:
    """Return what `path` records; nothing if it cannot be read."""
    try:
        return [Group(**row) for row in json.loads(path.read_text(encoding="utf-8"))]
    except (FileNotFoundError, ValueError, TypeError):
        return []


def write_groups(path: Path, groups: Iterable[Group]) -> None:
    """Replace the record."""
    temporary = path.with_suffix(".new")
    temporary.write_text(json.dumps([asdict(group) for group in groups]), encoding="utf-8")
    temporary.replace(path)


def is_alive(group: Group) -> bool:
    """Return whether the leader still runs; another process with its number does not count."""
    entry = proctable.find_process(group.pid)
    return entry is not None and entry.started == group.started


def end_groups(groups: Iterable[Group], *, grace_s: float = GRACE_S) -> list[str]:
    """End what still runs of `groups`: asked first, then killed. Return the names found alive."""
    alive = [group for group in groups if is_alive(group)]
    trees = {group: proctable.find_tree(group.pid) for group in alive}
    for group in alive:
        # A stopped process (SIGSTOP) hears nothing but KILL until it is continued.
        proctable.send_signal(trees[group], signal.SIGCONT)
        proctable.send_signal([group.pid], signal.Signals(group.stop_signal))
    deadline = time.monotonic() + grace_s
    while any(is_alive(group) for group in alive) and time.monotonic() < deadline:
        time.sleep(0.05)
    for group in alive:
        members = [pid for pid in trees[group] if pid != os.getpid()]
        proctable.send_signal(_still_of(members, group), signal.SIGKILL)
    return [group.name for group in alive]


def _still_of(members: list[int], group: Group) -> list[int]:
    """Return the members that still run and started no earlier than their leader."""
    return [
        pid
        for pid in members
        if (entry := proctable.find_process(pid)) is not None
        and _age_key(entry.started) >= _age_key(group.started)
    ]


def _age_key(started: str) -> int:
    """Return the start as a number where it is one (Linux: clock ticks since boot)."""
    ticks = started.rpartition(":")[2]
    return int(ticks) if proctable.LINUX and ticks.isdecimal() else 0
