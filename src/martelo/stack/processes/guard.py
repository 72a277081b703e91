"""The launcher's end of the guardian's pipe."""

import asyncio
import contextlib
import json
import os
import subprocess
import sys
from dataclasses import asdict
from pathlib import Path

from martelo.stack.processes.groups import Group, identify_owner


class Guard:
    """Reports to the guardian what runs, and restarts it when it is lost."""

    def __init__(self, record: Path) -> None:
        self._record = record
        self._groups: dict[int, Group] = {}
        self._process: subprocess.Popen[bytes] | None = None

    @property
    def pid(self) -> int | None:
        """The guardian's process."""
        return self._process.pid if self._process is not None else None

    def start(self) -> None:
        """Start a guardian and report everything that runs."""
        self._process = subprocess.Popen(
            [
                sys.executable,
                "-S",
                "-P",
                "-m",
                "martelo.stack.processes.guardian",
                str(self._record),
                json.dumps(asdict(identify_owner(self._record))),
            ],
            stdin=subprocess.PIPE,
            # A session of its own: Ctrl-C in the terminal is for the launcher.
            start_new_session=True,
            env={"PYTHONPATH": os.pathsep.join(filter(None, sys.path)), "LC_ALL": "C.UTF-8"},
        )
        for group in self._groups.values():
            self._send({"add": asdict(group)})

    def add(self, group: Group) -> None:
        """Have `group` ended should the launcher vanish."""
        self._groups[group.pid] = group
        self._send({"add": asdict(group)})

    def drop(self, pid: int) -> None:
        """Forget a group that has ended."""
        if self._groups.pop(pid, None) is not None:
            self._send({"drop": pid})

    async def watch(self) -> None:
        """Restart the guardian whenever it is lost."""
        while True:
            await asyncio.sleep(1)
            if self._process is not None and self._process.poll() is not None:
                self._close_pipe()
                self.start()

    def stop(self) -> None:
        """Let the guardian go; it ends what is still recorded, which is nothing by now."""
        if self._process is not None:
            self._close_pipe()
            self._process.wait()

    def _send(self, message: dict[str, object]) -> None:
        if self._process is not None and self._process.stdin is not None:
            # Lost between two looks of `watch`: the next one gets everything.
            with contextlib.suppress(OSError):
                self._process.stdin.write(json.dumps(message).encode() + b"\n")
                self._process.stdin.flush()

    def _close_pipe(self) -> None:
        if self._process is not None and self._process.stdin is not None:
            with contextlib.suppress(OSError):
                self._process.stdin.close()
