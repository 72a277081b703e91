"""Log files: one a process, lines with the instant they came, turned over at 10 MB, three kept."""

import os
import stat
from datetime import UTC, datetime
from io import BufferedWriter
from pathlib import Path

MAX_BYTES = 10 * 1024 * 1024
KEPT = 3


class LogFile:
    """The file of one process. A full disk loses lines, never the process."""

    def __init__(self, path: Path, *, max_bytes: int = MAX_BYTES) -> None:
        self._path = path
        self._max_bytes = max_bytes
        self._file: BufferedWriter | None = None
        self._size_bytes = 0
        self.lost_lines = 0

    def write(self, lines: list[str]) -> None:
        """Append `lines` and hand them to the system."""
        stamp = format_stamp(datetime.now(UTC))
        block = "".join(f"{stamp} {line}\n" for line in lines).encode("utf-8", "replace")
        try:
            if self._file is None or self._size_bytes + len(block) > self._max_bytes:
                self._turn_over()
            if self._file is not None:
                self._file.write(block)
                self._file.flush()
                self._size_bytes += len(block)
        except OSError:
            self.lost_lines += len(lines)
            self._drop()

    def close(self) -> None:
        """Close the file."""
        self._drop()

    def _turn_over(self) -> None:
        if self._file is not None:
            self._drop()
            for number in range(KEPT - 1, 0, -1):
                older = part_path(self._path, number)
                if older.exists():
                    older.replace(part_path(self._path, number + 1))
            self._path.replace(part_path(self._path, 1))
        self._file = open_private(self._path)
        self._size_bytes = self._path.stat().st_size

    def _drop(self) -> None:
        """Forget the file, and what of it the disk would not take."""
        file, self._file = self._file, None
        if file is not None:
            try:
                file.close()
            except OSError:
                file.raw.close()


def open_private(path: Path) -> BufferedWriter:
    """Open a file to append to, which only its owner can read; an older one is made so."""
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
    if stat.S_ISREG(os.fstat(descriptor).st_mode):
        os.fchmod(descriptor, 0o600)
    return os.fdopen(descriptor, "ab")


def part_path(path: Path, number: int) -> Path:
    """Return the path of the `number`th older part, `name.log.1` the newest."""
    return path.with_name(f"{path.name}.{number}")


def format_stamp(at: datetime) -> str:
    """Return an instant as `2026-01-31T12:00:00.250Z`; stamps sort as text."""
    return f"{at:%Y-%m-%dT%H:%M:%S}.{at.microsecond // 1000:03d}Z"
