"""`up --detach`: the same launcher in a session of its own, and a wait until it is ready."""

import json
import os
import select
import subprocess
import sys
import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from martelo.stack.cli.log_reader import read_newest
from martelo.stack.errors import StackError
from martelo.stack.folder import DataFolder
from martelo.stack.supervise.control import ask
from martelo.stack.supervise.journal import LAUNCHER
from martelo.stack.supervise.log_files import open_private
from martelo.stack.supervise.unit import State

READY_S = 180.0
FAILING_S = 20.0
"""How long a process may keep ending before the wait is given up."""
LOOK_S = 1.0
LAST_LINES = 8


def start_detached(
    arguments: Sequence[str], environment: Mapping[str, str], folder: DataFolder
) -> dict[str, Any]:
    """Start `up` with `arguments` in the background and return what it reports once it is up.

    Raises:
        StackError: It ended instead, a process of it fails again and again, or it is still
            starting after three minutes.
    """
    log = folder.log / "launcher.out"
    read_end, write_end = os.pipe()
    command = [sys.executable, "-P", "-m", "martelo.stack.cli.main", *arguments]
    log.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    with open_private(log) as output:
        beginning = os.fstat(output.fileno()).st_size
        process = subprocess.Popen(
            [*command, "--tell", str(write_end)],
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=output,
            pass_fds=[write_end],
            start_new_session=True,
            env=dict(environment),
        )
    os.close(write_end)
    with os.fdopen(read_end, "rb") as line:
        received = _read_line(line.fileno(), folder)
    if received is None:
        raise StackError(
            f"The stack is not ready after {READY_S:.0f} s. It goes on in the background: "
            "see ./martelo status and ./martelo logs, or end it with ./martelo down."
        )
    if not received:
        status = process.wait()
        raise StackError(f"The launcher ended (status {status}):\n{_read_tail(log, beginning)}")
    message: dict[str, Any] = json.loads(received)
    if "error" in message:
        process.wait()
        raise StackError(message["error"])
    return message


def describe_failing(folder: DataFolder) -> str | None:
    """Return the names of the processes that keep ending, with the newest lines of their logs."""
    try:
        processes = ask(folder, {"command": "status"}, timeout_s=5)["processes"]
    except StackError:
        return None
    names = [each["name"] for each in processes if each["state"] == State.FAILING.value]
    if not names:
        return None
    # Why a process could not even be started is in the launcher's own log.
    lines = [
        f"  {name} | {line}"
        for source in (*names, LAUNCHER)
        for name, line in read_newest(folder.log, [source], LAST_LINES)
    ]
    return "\n".join([f"{', '.join(names)} fails again and again:", *lines])


def _read_line(descriptor: int, folder: DataFolder) -> bytes | None:
    """Return the line that comes in time, empty if the other end was closed instead.

    Raises:
        StackError: A process keeps ending.
    """
    began = time.monotonic()
    read = b""
    while (waited_s := time.monotonic() - began) < READY_S:
        if not select.select([descriptor], [], [], LOOK_S)[0]:
            failing = describe_failing(folder) if waited_s >= FAILING_S else None
            if failing is not None:
                raise StackError(
                    f"{failing}\nThe stack goes on trying in the background: see ./martelo status, "
                    "or end it with ./martelo down."
                )
            continue
        chunk = os.read(descriptor, 65_536)
        read += chunk
        if not chunk or read.endswith(b"\n"):
            return read
    return None


def _read_tail(log: Path, beginning: int) -> str:
    """Return the last lines of a log, after a place in it."""
    lines = log.read_bytes()[beginning:].decode(errors="replace").splitlines()
    return "\n".join(f"  {line}" for line in lines[-LAST_LINES:])
