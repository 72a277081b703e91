"""Where processes of a stack share counts: in memory, since a full disk must not stop them.

They map these files into memory: written to on a full disk, a new page of one ends the process
(SIGBUS), and without inodes a worker that starts could not count at all.
"""

import os
import shutil
import stat
from pathlib import Path

MEMORY = Path("/dev/shm")  # noqa: S108 - the machine's own, and checked below
"""The file system in memory that Linux has."""


def memory_folder(run: Path, memory: Path = MEMORY) -> Path:
    """Return an existing folder in memory that belongs to the stack of the folder `run` alone.

    Where there is no memory to be had, it is a folder in `run`.
    """
    of = run.stat()
    path = memory / f"martelo-{os.geteuid()}-{of.st_dev:x}-{of.st_ino:x}"
    try:
        path.mkdir(mode=0o700, exist_ok=True)
        if _is_private(path):
            return path
    except OSError:
        pass
    path = run / "shared"
    path.mkdir(mode=0o700, exist_ok=True)
    return path


def empty(folder: Path) -> None:
    """Remove what is in a folder."""
    for entry in folder.iterdir():
        if entry.is_dir() and not entry.is_symlink():
            shutil.rmtree(entry)
        else:
            entry.unlink()


def _is_private(path: Path) -> bool:
    """Return whether a folder is our own: anybody may make names in memory."""
    found = path.lstat()
    is_ours = stat.S_ISDIR(found.st_mode) and found.st_uid == os.geteuid()
    return is_ours and stat.S_IMODE(found.st_mode) == stat.S_IRWXU
