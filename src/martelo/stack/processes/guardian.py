"""The guardian: outlives the launcher by a moment, to end what the launcher left.

It reads the launcher's lines from standard input, a pipe whose other end only the launcher holds:
at its end of file the launcher is gone, however it went.
"""

import contextlib
import json
import os
import signal
import sys
from pathlib import Path

from martelo.stack.processes.groups import Group, end_groups, write_groups


def main(record: Path) -> None:
    """Keep the record of groups until the pipe ends, then end every group in it."""
    for ignored in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(ignored, signal.SIG_IGN)
    groups: dict[int, Group] = {}
    _keep(record, groups)
    for line in sys.stdin.buffer:
        message = json.loads(line)
        if "add" in message:
            group = Group(**message["add"])
            groups[group.pid] = group
        else:
            groups.pop(message["drop"], None)
        _keep(record, groups)
    end_groups(groups.values())
    with contextlib.suppress(OSError):
        record.unlink()


def _keep(record: Path, groups: dict[int, Group]) -> None:
    # A full disk costs the record on disk, never the one in memory.
    with contextlib.suppress(OSError):
        write_groups(record, groups.values())


if __name__ == "__main__":
    os.chdir("/")
    main(Path(sys.argv[1]))
