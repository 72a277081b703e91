"""What the parts of a check print while they run side by side, and how far each is."""

import re
import sys
import threading
from dataclasses import dataclass, field
from typing import TextIO

TEST_LINE = re.compile(
    r".* (?P<outcome>PASSED|SKIPPED|XFAIL|FAILED|ERROR|XPASS)\b"
    r".*\[ *(?P<done>\d+)/(?P<total>\d+)\]$"
)
"""A test's line in a verbose pytest that counts."""

QUIET_OUTCOMES = {"PASSED", "SKIPPED", "XFAIL"}
PLAIN_TENTHS = 10
"""Where nothing can be overwritten, a part reports each tenth."""

CLEAR_LINE = "\r\x1b[K"


@dataclass
class Progress:
    """One stream for all parts; `is_live` where its last line can be overwritten."""

    stream: TextIO = field(default_factory=lambda: sys.stdout)
    is_live: bool = False
    _running: dict[str, str] = field(default_factory=dict)
    _tenths: dict[str, int] = field(default_factory=dict)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def begin(self, part: str) -> None:
        """Report that a part runs."""
        with self._lock:
            self._running[part] = part
            self._write(part, "== begins")

    def end(self, part: str, verdict: str) -> None:
        """Report how a part ended."""
        with self._lock:
            self._running.pop(part, None)
            self._write(part, f"== {verdict}")

    def show(self, part: str, line: str) -> None:
        """Print a part's line, or count it where it is that of a test that did not fail."""
        test = TEST_LINE.search(line)
        with self._lock:
            if test is not None:
                self._advance(part, int(test["done"]), int(test["total"]))
            if test is None or test["outcome"] not in QUIET_OUTCOMES:
                self._write(part, line)

    def _advance(self, part: str, done: int, total: int) -> None:
        self._running[part] = f"{part} {done}/{total}"
        tenth = done * PLAIN_TENTHS // total
        if self.is_live:
            self._redraw()
        elif tenth > self._tenths.get(part, 0):
            self._tenths[part] = tenth
            self._write(part, f"{done} of {total} tests")

    def _write(self, part: str, line: str) -> None:
        # In one call, so that no other output comes between.
        self.stream.write(f"{CLEAR_LINE if self.is_live else ''}{part} | {line}\n")
        self._redraw()
        self.stream.flush()

    def _redraw(self) -> None:
        if self.is_live:
            self.stream.write(f"{CLEAR_LINE}{' · '.join(self._running.values())}")
            self.stream.flush()
