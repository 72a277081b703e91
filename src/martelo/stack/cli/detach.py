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

from martelo.stack.errors import StackError
from martelo.stack.supervise.log_files import open_private

READY_S = 180.0


def start_detached(
    arguments: Sequence[str], environment: Mapping[str, str], log: Path
) -> dict[str, Any]:
    """Start `up` with `arguments` in the background and return what it reports once it is up.

    Raises:
        StackError: It ended instead, or is still starting after three minutes.
    """
    read_end, write_end = os.pipe()
    command = [sys.executable, "-P", "-m", "martelo.stack.cli.main", *arguments]
    log.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    with open_private(log) as output:
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
        received = _read_line(line.fileno())
    if received is None:
        raise StackError(
            f"The stack is not ready after {READY_S:.0f} s. It goes on in the background: "
            "see ./martelo status and ./martelo logs, or end it with ./martelo down."
        )
    if not received:
        status = process.wait()
        raise StackError(f"The launcher ended (status {status}); its last words are in {log}.")
    message: dict[str, Any] = json.loads(received)
    if "error" in message:
        process.wait()
        raise StackError(message["error"])
    return message


def _read_line(descriptor: int) -> bytes | None:
    """Return the line that comes in time, empty if the other end was closed instead."""
    deadline = time.monotonic() + READY_S
    read = b""
    while (left_s := deadline - time.monotonic()) > 0:
        if not select.select([descriptor], [], [], left_s)[0]:
            break
        chunk = os.read(descriptor, 65_536)
        read += chunk
        if not chunk or read.endswith(b"\n"):
            return read
    return None
