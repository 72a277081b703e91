"""Lines on the terminal, each with the coloured name of who said it."""

import contextlib
import queue
import sys
import threading
import zlib
from typing import TextIO

from martelo.stack.topology import plan

COLOURS = (36, 33, 32, 35, 34, 96, 93, 92, 95, 94)
WIDTH = max(len(process.name) for process in plan.LARGEST_PLAN)
WAITING_LINES = 10_000


class TerminalOutput:
    """Writes from a thread of its own.

    A terminal may block (Ctrl-S, a slow connection). The stack must not: lines it cannot
    take in time are left out here, and are in the log files all the same.
    """

    def __init__(self, output: TextIO, *, colour: bool) -> None:
        self._output = output
        self._colour = colour
        self._lines: queue.Queue[str | None] = queue.Queue(WAITING_LINES)
        self._left_out = 0
        self._thread = threading.Thread(target=self._write, name="console", daemon=True)
        self._thread.start()

    def say(self, name: str, line: str) -> None:
        """Print `line` as said by `name`, or leave it out when the terminal is far behind."""
        try:
            self._lines.put_nowait(format_line(name, line, colour=self._colour))
        except queue.Full:
            self._left_out += 1

    def close(self) -> None:
        """Print what waits, for two seconds at most."""
        try:
            self._lines.put(None, timeout=1)
        except queue.Full:
            return
        self._thread.join(timeout=2)

    def _write(self) -> None:
        while (line := self._lines.get()) is not None:
            if self._left_out:
                line += f"({self._left_out} lines left out, see the log files)\n"
                self._left_out = 0
            try:
                self._output.write(line)
                if self._lines.empty():
                    self._output.flush()
            except (OSError, ValueError):
                # The terminal is gone; the log files are not.
                continue
        with contextlib.suppress(OSError, ValueError):
            self._output.flush()


def format_line(name: str, line: str, *, colour: bool) -> str:
    """Return the line as it is printed."""
    label = f"{name:<{WIDTH}}"
    if colour:
        number = COLOURS[zlib.crc32(name.encode()) % len(COLOURS)]
        label = f"\x1b[{number}m{label}\x1b[0m"
    return f"{label} | {line}\n"


def open_console(*, colour: bool) -> TerminalOutput:
    """Return a console on standard output, coloured where that is a terminal."""
    return TerminalOutput(sys.stdout, colour=colour and sys.stdout.isatty())
