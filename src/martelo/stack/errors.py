"""What goes wrong in a way its reader can put right."""

import errno
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

_REMEDIES = {
    errno.EROFS: "Its disk is mounted read-only: mount it for writing, or use another",
    errno.ENOSPC: "Its disk is full: make room, or choose another with --data",
    errno.EDQUOT: "The quota of this user is used up: make room, or choose another with --data",
    errno.EIO: "Its disk fails: look at the system's log, and bring the data back from a backup",
    errno.EACCES: "Give this user the right to it, or choose another with --data",
    errno.EPERM: "Give this user the right to it, or choose another with --data",
}


def describe_os_error(error: OSError) -> str:
    """Return one line about a failure of the system: which file, why, and what to do."""
    why = error.strerror or str(error)
    if error.filename is None:
        return f"{why}."
    remedy = _REMEDIES.get(error.errno or 0)
    return f"{error.filename}: {why}." if remedy is None else f"{error.filename}: {why}. {remedy}."


@contextmanager
def naming(path: Path) -> Iterator[None]:
    """Name `path` in failures of the system that name no file, as those of `write` and `fsync`."""
    try:
        yield
    except OSError as error:
        if error.filename is None and error.errno is not None:
            error.filename = str(path)
        raise


class StackError(Exception):
    """A plain sentence for the person at the terminal: what is wrong and what to do.

    `exit_code` is what the command line ends with.
    """

    exit_code = 1


class AlreadyRunningError(StackError):
    """A stack holds this data folder already."""

    exit_code = 3
