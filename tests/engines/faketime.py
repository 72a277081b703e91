"""A faked clock for processes of tests: libfaketime, preloaded."""

import glob
from pathlib import Path

import pytest

LIBRARY = "libfaketimeMT.so.1"
FOLDERS = (
    "/usr/lib/*/faketime",
    "/usr/lib/faketime",
    "/usr/lib64/faketime",
    "/usr/local/lib/faketime",
)


def faketime_library() -> str:
    """Return the library's path; fail the test without it, because then nothing is proved."""
    found = [path for folder in FOLDERS for path in glob.glob(f"{folder}/{LIBRARY}")]  # noqa: PTH207 - a pattern from the root
    if not found:
        pytest.fail(
            f"{LIBRARY} is missing: processes cannot be run under a shifted clock. "
            "Install it (Debian and Ubuntu: apt-get install faketime; as root, ./martelo test "
            "does it by itself)."
        )
    return found[0]


class FakedClock:
    """A wall clock that can be set while the process runs; its monotonic clock stays real."""

    def __init__(self, file: Path) -> None:
        self._file = file
        self.set_ahead(0)

    def set_ahead(self, seconds: int) -> None:
        """Let the clock be `seconds` ahead of the machine's."""
        written = self._file.with_suffix(".new")
        written.write_text(f"{seconds:+d}\n")
        written.replace(self._file)

    @property
    def environment(self) -> dict[str, str]:
        """What a process needs in its environment to have this clock."""
        return {
            "LD_PRELOAD": faketime_library(),
            "FAKETIME_TIMESTAMP_FILE": str(self._file),
            "FAKETIME_NO_CACHE": "1",
            "FAKETIME_DONT_FAKE_MONOTONIC": "1",
        }
