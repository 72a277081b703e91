"""The user that engines run as: PostgreSQL refuses root."""

import os
import pwd
import shutil
import subprocess
import sys
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path

from martelo.stack.errors import StackError
from martelo.stack.processes import shim


@dataclass(frozen=True)
class EngineUser:
    """The shim's options for an engine, and the owner of its files (`None`: who starts it)."""

    shim_options: list[str] = field(default_factory=list)
    owner: tuple[int, int] | None = None

    def give_ownership(self, folder: Path) -> None:
        """Give the engine `folder` and everything in it."""
        folder.mkdir(mode=0o700, exist_ok=True)
        if self.owner is not None:
            for path in (folder, *folder.rglob("*")):
                os.chown(path, *self.owner, follow_symlinks=False)

    def run(self, command: list[str], environment: dict[str, str], timeout_s: float) -> str:
        """Run a tool of an engine to its end and return what it printed.

        Raises:
            StackError: It failed or took too long; the message ends with its last lines.
        """
        name = Path(command[0]).name
        try:
            done = subprocess.run(
                _shim(self.shim_options, command),
                stdin=subprocess.DEVNULL,
                stdout=subprocess.PIPE,
                stderr=subprocess.STDOUT,
                env=environment,
                cwd="/",
                text=True,
                errors="replace",
                timeout=timeout_s,
                check=False,
            )
        except subprocess.TimeoutExpired as error:
            raise StackError(f"{name} did not end within {timeout_s:.0f} s.") from error
        if done.returncode != 0:
            words = " / ".join(done.stdout.strip().splitlines()[-4:])
            raise StackError(f"{name} failed: {words}")
        return done.stdout


def choose_engine_user(data: Path, programs: Iterable[Path]) -> EngineUser:
    """Return the user that this system allows.

    Raises:
        StackError: Under root, namespaces are forbidden and `nobody` cannot reach the data or one
            of the programs.
    """
    if os.geteuid() != 0:
        return EngineUser()
    true = shutil.which("true") or "/bin/true"
    if sys.platform == "linux" and _succeeds(["--namespace"], [true]):
        return EngineUser(["--namespace"])
    # Entered by others, not listed: what is in it stays closed but for the engines' own folders.
    data.chmod(0o711)
    nobody = pwd.getpwnam("nobody")
    options = ["--user", f"{nobody.pw_uid}:{nobody.pw_gid}"]
    test = shutil.which("test") or "/usr/bin/test"
    reachable = [[test, "-x", str(data)], *([test, "-x", str(path)] for path in programs)]
    for question in reachable:
        if not _succeeds(options, question):
            raise StackError(
                "PostgreSQL refuses to run as root, this system forbids user namespaces, and the "
                f"user nobody cannot reach {question[-1]}. Start Martelo as an ordinary user, or "
                "move it and its data (--data) where others may enter, such as /srv/martelo."
            )
    return EngineUser(options, (nobody.pw_uid, nobody.pw_gid))


def engine_environment() -> dict[str, str]:
    """Return an environment that exists everywhere: a missing locale breaks initdb."""
    return {
        "PATH": "/usr/local/bin:/usr/bin:/bin",
        "LC_ALL": "C.UTF-8" if sys.platform == "linux" else "C",
        "TZ": "UTC",
    }


def _succeeds(options: list[str], command: list[str]) -> bool:
    done = subprocess.run(
        _shim(options, command), stdin=subprocess.DEVNULL, capture_output=True, check=False
    )
    return done.returncode == 0


def _shim(options: list[str], command: list[str]) -> list[str]:
    shim_file = str(shim.__file__)
    parent = ["--parent", str(os.getpid()), "--death-signal", "9"]
    return [sys.executable, "-I", "-S", shim_file, *parent, *options, "--", *command]
