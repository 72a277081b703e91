"""Where every line of the stack goes: the terminal, and the file of who said it."""

from collections import deque
from collections.abc import Set as AbstractSet
from pathlib import Path

from martelo.stack.supervise.console import TerminalOutput
from martelo.stack.supervise.log_files import LogFile

LAUNCHER = "martelo"
REMEMBERED_LINES = 20


class Journal:
    """Keeps the lines of all processes and the launcher's own; prints those of `shown`, or all."""

    def __init__(
        self, folder: Path, console: TerminalOutput, *, shown: AbstractSet[str] | None = None
    ) -> None:
        self._folder = folder
        self._console = console
        self._shown = shown
        self._files: dict[str, LogFile] = {}
        self._last: dict[str, deque[str]] = {}

    def write(self, name: str, lines: list[str]) -> None:
        """Keep `lines` of the process `name` and show them."""
        if name not in self._files:
            self._files[name] = LogFile(self._folder / f"{name}.log")
            self._last[name] = deque(maxlen=REMEMBERED_LINES)
        self._files[name].write(lines)
        self._last[name].extend(lines)
        if self._shown is None or name in self._shown:
            for line in lines:
                self._console.say(name, line)

    def say(self, line: str) -> None:
        """Keep and show a line of the launcher itself."""
        self.write(LAUNCHER, [line])

    def last_lines(self, name: str) -> list[str]:
        """Return the newest lines of `name`, oldest first."""
        return list(self._last.get(name, ()))

    def close(self) -> None:
        """Close every file and the terminal."""
        for file in self._files.values():
            file.close()
        self._console.close()
