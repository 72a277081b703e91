"""Copies that the launcher set aside instead of deleting them, and how to be rid of them."""

import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from martelo.stack.folder import DataFolder

PATTERNS = (
    ("postgresql/*.set-aside-*", "a server's folder that a failover left behind"),
    ("valkey/*.cut-off-at-*", "what was cut off the end of the store's log"),
    ("before-upgrade-*", "the data as an older version left them"),
)


@dataclass(frozen=True, slots=True)
class Copy:
    """One copy: a file or a folder."""

    path: Path
    what: str
    size_bytes: int

    def remove(self) -> None:
        """Delete it."""
        if self.path.is_dir():
            shutil.rmtree(self.path)
        else:
            self.path.unlink()


def find_copies(folder: DataFolder) -> list[Copy]:
    """Return the copies in a data folder, the oldest first."""
    found = [(path, what) for pattern, what in PATTERNS for path in folder.path.glob(pattern)]
    found.sort(key=lambda pair: pair[0].lstat().st_mtime)
    return [Copy(path, what, measure_bytes(path)) for path, what in found]


def measure_bytes(path: Path) -> int:
    """Return how many bytes a file takes, or all files of a folder."""
    return sum(each.lstat().st_size for each in _files(path))


def _files(path: Path) -> Iterator[Path]:
    if not path.is_dir():
        yield path
        return
    for each in path.rglob("*"):
        if each.is_file() and not each.is_symlink():
            yield each
