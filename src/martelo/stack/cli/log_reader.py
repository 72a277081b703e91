"""`logs`: the newest lines of several processes, merged by time, and what follows."""

import heapq
import os
import time
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path

from martelo.stack.errors import StackError
from martelo.stack.supervise.log_files import KEPT, part_path

POLL_S = 0.2


def list_logs(folder: Path) -> list[str]:
    """Return the names that have a log."""
    return sorted(path.name.removesuffix(".log") for path in folder.glob("*.log"))


def require_logs(folder: Path, names: Iterable[str]) -> list[str]:
    """Return `names`, or all that have a log.

    Raises:
        StackError: One has none.
    """
    known = list_logs(folder)
    wanted = list(names) or known
    for name in wanted:
        if name not in known:
            there = ", ".join(known) or "none yet"
            raise StackError(f"{folder} has no log of {name!r}. There are: {there}.")
    return wanted


def read_newest(folder: Path, names: Iterable[str], count: int) -> list[tuple[str, str]]:
    """Return the newest `count` lines of all `names` together, as name and line, oldest first."""
    streams = [
        [(line, name) for line in deque(_lines(folder / f"{name}.log"), maxlen=count)]
        for name in names
    ]
    merged = heapq.merge(*streams, key=lambda pair: pair[0][:24])
    return [(name, line) for line, name in deque(merged, maxlen=count)]


def follow(folder: Path, names: Iterable[str], show: Callable[[str, str], None]) -> None:
    """Show every line that is written from now on, until interrupted."""
    tails = {name: _Tail(folder / f"{name}.log") for name in names}
    while True:
        for name, tail in tails.items():
            for line in tail.read():
                show(name, line)
        time.sleep(POLL_S)


def _lines(path: Path) -> Iterator[str]:
    parts = [part_path(path, number) for number in range(KEPT, 0, -1)]
    for part in (*parts, path):
        if part.exists():
            with part.open(encoding="utf-8", errors="replace") as file:
                yield from (line.rstrip("\n") for line in file)


class _Tail:
    """Reads a log from its end on, also when it is turned over."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._file = path.open(encoding="utf-8", errors="replace")
        self._file.seek(0, 2)
        self._rest = ""

    def read(self) -> list[str]:
        text = self._rest + self._file.read()
        if self._is_turned_over():
            self._file.close()
            self._file = self._path.open(encoding="utf-8", errors="replace")
            text += self._file.read()
        *lines, self._rest = text.split("\n")
        return lines

    def _is_turned_over(self) -> bool:
        try:
            return self._path.stat().st_ino != os.fstat(self._file.fileno()).st_ino
        except FileNotFoundError:
            return False
