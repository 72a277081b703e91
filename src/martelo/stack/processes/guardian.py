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

from martelo.stack.processes.groups import Group, Owner, Record, end_groups, write_record


def main(path: Path, owner: Owner) -> None:
    """Write the record of groups until the pipe ends, then end every group in it."""
    for ignored in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(ignored, signal.SIG_IGN)
    groups: dict[int, Group] = {}
    _write(path, owner, groups)
    for line in sys.stdin.buffer:
        message = json.loads(line)
        if "add" in message:
            group = Group(**message["add"])
            groups[group.pid] = group
        else:
            groups.pop(message["drop"], None)
        _write(path, owner, groups)
    end_groups(groups.values())
    with contextlib.suppress(OSError):
        path.unlink()


def _write(path: Path, owner: Owner, groups: dict[int, Group]) -> None:
    # A full disk costs the record on disk, never the one in memory.
    with contextlib.suppress(OSError):
        write_record(path, Record(owner, tuple(groups.values())))


if __name__ == "__main__":
    os.chdir("/")
    main(Path(sys.argv[1]), Owner(**json.loads(sys.argv[2])))
