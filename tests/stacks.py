"""A stack started through the launcher's command line, for tests from outside."""

import json
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, TypeVar

import psycopg

from martelo.stack.folder import DataFolder
from martelo.stack.processes import proctable
from martelo.stack.supervise.control import ask

REPOSITORY = Path(__file__).resolve().parents[1]
START_DEADLINE_S = 300.0
DEADLINE_S = 90.0
T = TypeVar("T")


class LaunchedStack:
    """A data folder and its launcher."""

    def __init__(self, data: Path, environment: Mapping[str, str] | None = None) -> None:
        self.data = data
        self.environment = {
            **os.environ,  # noqa: TID251 - a child inherits it
            "PYTHONPATH": str(REPOSITORY / "src"),
            **(environment or {}),
        }
        self._launcher: subprocess.Popen[str] | None = None

    def run(self, *words: str, timeout_s: float = DEADLINE_S) -> subprocess.CompletedProcess[str]:
        """Run a command of the launcher and wait for it."""
        return subprocess.run(
            self._command(words),
            env=self.environment,
            capture_output=True,
            text=True,
            timeout=timeout_s,
            check=False,
        )

    def do(self, *words: str) -> str:
        """Run a command that must succeed and return what it printed."""
        done = self.run(*words)
        assert done.returncode == 0, done.stdout + done.stderr
        return done.stdout

    def up(self, *only: str, words: tuple[str, ...] = ()) -> None:
        """Start it in the foreground and wait until every process of `only` is ready."""
        self._up([*words, "--no-demo", *(["--only", *only] if only else [])])

    def up_with_demo(self, *only: str) -> None:
        """Start it like `up`, with the demo."""
        self._up(["--only", *only] if only else [])

    def _up(self, options: list[str]) -> None:
        self._release()
        self._launcher = subprocess.Popen(
            self._command(["up", *options]),
            env=self.environment,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )
        assert self._launcher.stdout is not None
        output = []
        # Reading has no time-out: a launcher that never gets ready is ended.
        deadline = threading.Timer(START_DEADLINE_S, self._launcher.kill)
        deadline.start()
        try:
            for line in self._launcher.stdout:
                output.append(line)
                if "| ready after" in line:
                    # Its output is not read further: the launcher must cope with that.
                    return
        finally:
            deadline.cancel()
        raise AssertionError("".join(output))

    @property
    def launcher(self) -> subprocess.Popen[str]:
        """The foreground launcher."""
        assert self._launcher is not None
        return self._launcher

    def status(self) -> dict[str, Any]:
        """Return what `status --json` prints, without starting another Python."""
        return ask(DataFolder(self.data), {"command": "status"})

    def process(self, name: str) -> dict[str, Any]:
        """Return the status of one process."""
        [process] = [p for p in self.status()["processes"] if p["name"] == name]
        return dict(process)

    def wait_ready(self, name: str, *, other_than: int | None = None) -> dict[str, Any]:
        """Return a process once it is ready, under another pid than `other_than`."""

        def look() -> dict[str, Any] | None:
            process = self.process(name)
            is_new = process["pid"] not in {None, other_than}
            return process if process["state"] == "ready" and is_new else None

        return wait_for(look, f"{name} to be ready")

    def pids(self) -> list[int]:
        """Return every process of the stack, children, launcher and guardian included."""
        status = self.status()
        leaders = [process["pid"] for process in status["processes"] if process["pid"]]
        trees = [pid for leader in leaders for pid in proctable.find_tree(leader)]
        return [*trees, status["launcher"]["pid"], status["launcher"]["guardian_pid"]]

    def password(self, store: str, user: str) -> str:
        """Return a password from the stack's secrets."""
        passwords = json.loads((self.data / "secrets/passwords.json").read_text())
        return str(passwords[store][user])

    def connect(
        self, user: str, database: str, *, name: str = "postgresql"
    ) -> psycopg.Connection[tuple[Any, ...]]:
        """Return a connection to the server of the pair that has the role `name`."""
        return psycopg.connect(
            host="127.0.0.1",
            port=self.process(name)["ports"][0],
            user=user,
            password=self.password("postgresql", user),
            dbname=database,
            connect_timeout=5,
            autocommit=True,
        )

    def close(self) -> None:
        """End everything the test left running."""
        self.run("down")
        if self._launcher is not None and self._launcher.poll() is None:
            self._launcher.send_signal(signal.SIGKILL)
        self._release()

    def _release(self) -> None:
        """Reap a launcher that has ended."""
        if self._launcher is not None:
            self._launcher.wait()
            assert self._launcher.stdout is not None
            self._launcher.stdout.close()
            self._launcher = None

    def _command(self, words: tuple[str, ...] | list[str]) -> list[str]:
        first, *rest = words
        launcher = [sys.executable, "-P", "-m", "martelo.stack.cli.main"]
        return [*launcher, first, "--data", str(self.data), *rest]


def wait_for(look: Callable[[], T | None], what: str, *, seconds: float = DEADLINE_S) -> T:
    """Return the first result of `look` that is not `None`, or fail after `seconds`."""
    deadline = time.monotonic() + seconds
    while (found := look()) is None:
        assert time.monotonic() < deadline, f"waited {seconds:.0f} s for {what}"
        time.sleep(0.05)
    return found


def wait_until_gone(pids: list[int], *, seconds: float = 20.0) -> None:
    """Return once none of `pids` runs; a zombie does not count as running."""

    def look() -> bool | None:
        left = [pid for pid in pids if proctable.find_process(pid) is not None]
        return None if left else True

    wait_for(look, "every process to be gone", seconds=seconds)
