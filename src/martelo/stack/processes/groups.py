"""The record of what runs: one row per process group, written by the guardian.

Standard library only, and light: the guardian loads it.
"""

import json
import os
import signal
import time
from collections.abc import Iterable
from dataclasses import asdict, dataclass
from pathlib import Path

from martelo.stack.errors import AlreadyRunningError, StackError
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


@dataclass(frozen=True)
class Owner:
    """Whose record it is: the launcher, and the folder it was written in.

    A copied or restored record carries the device and inode of another folder.
    """

    pid: int
    started: str
    device: int
    inode: int


@dataclass(frozen=True)
class Record:
    """What a launcher had running."""

    owner: Owner
    groups: tuple[Group, ...]


def identify_owner(path: Path) -> Owner:
    """Return this process as the owner of the record `path`.

    Raises:
        StackError: The system does not show this process.
    """
    entry = proctable.find_process(os.getpid())
    if entry is None:
        raise StackError("The process table cannot be read; is /proc mounted?")
    place = path.parent.stat()
    return Owner(entry.pid, entry.started, place.st_dev, place.st_ino)


def read_record(path: Path) -> Record | None:
    """Return the record; `None` if it cannot be read or was written in another folder."""
    try:
        content = json.loads(path.read_text(encoding="utf-8"))
        record = Record(Owner(**content["owner"]), tuple(Group(**row) for row in content["groups"]))
        place = path.parent.stat()
    except (OSError, ValueError, TypeError, KeyError):
        return None
    is_here = (record.owner.device, record.owner.inode) == (place.st_dev, place.st_ino)
    return record if is_here else None


def write_record(path: Path, record: Record) -> None:
    """Replace the record."""
    temporary = path.with_suffix(".new")
    temporary.write_text(json.dumps(asdict(record)), encoding="utf-8")
    temporary.replace(path)


def end_leftovers(path: Path) -> list[str]:
    """End what a lost launcher left running in this folder; return the names found alive.

    Raises:
        AlreadyRunningError: The launcher is not lost: only its lock was deleted.
    """
    record = read_record(path)
    if record is None:
        return []
    if is_running(record.owner):
        raise AlreadyRunningError(
            f"Martelo is already up on {path.parent.parent}: its launcher is process "
            f"{record.owner.pid}. End that process first."
        )
    return end_groups(record.groups)


def is_running(process: Group | Owner) -> bool:
    """Return whether the process still runs; another one with its number does not count."""
    entry = proctable.find_process(process.pid)
    return entry is not None and entry.started == process.started


def end_groups(groups: Iterable[Group], *, grace_s: float = GRACE_S) -> list[str]:
    """End what still runs of `groups`, with its stop signal first, then KILL.

    Return the names found alive.
    """
    alive = [group for group in groups if is_running(group)]
    trees = {group: proctable.find_tree(group.pid) for group in alive}
    for group in alive:
        # A stopped process (SIGSTOP) hears nothing but KILL until it is continued.
        proctable.send_signal(trees[group], signal.SIGCONT)
        proctable.send_signal([group.pid], signal.Signals(group.stop_signal))
    deadline = time.monotonic() + grace_s
    while any(is_running(group) for group in alive) and time.monotonic() < deadline:
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
