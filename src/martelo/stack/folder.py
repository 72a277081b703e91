"""The data folder: ours or refused, locked by one stack, with room to work in."""

import fcntl
import os
import shutil
import time
from dataclasses import dataclass
from pathlib import Path

from martelo.stack.errors import AlreadyRunningError, StackError, naming

MARKER = "martelo-data.txt"
MARKER_TEXT = (
    "A data folder of Martelo, format 1. ./martelo reset --data <this folder> deletes it.\n"
)
MIN_FREE_BYTES = 300 * 1024 * 1024


@dataclass(frozen=True)
class DataFolder:
    """The files of one stack."""

    path: Path

    @property
    def run(self) -> Path:
        """What matters while a stack runs: lock, control socket, record of groups."""
        return self.path / "run"

    @property
    def log(self) -> Path:
        """Logs, one file a process, and their older parts."""
        return self.path / "log"

    @property
    def secrets(self) -> Path:
        """Passwords and keys, made once."""
        return self.path / "secrets"

    @property
    def valkey(self) -> Path:
        """Valkey's files."""
        return self.path / "valkey"

    @property
    def postgresql(self) -> Path:
        """The folders of both PostgreSQL servers."""
        return self.path / "postgresql"

    @property
    def gateway(self) -> Path:
        """The rendered settings of nginx and its temporary files."""
        return self.path / "gateway"

    @property
    def groups(self) -> Path:
        """The guardian's record."""
        return self.run / "groups.json"

    def is_ours(self) -> bool:
        """Return whether a stack made it."""
        return (self.path / MARKER).is_file()

    def claim(self) -> None:
        """Make the folder, or take it if it is ours.

        Raises:
            StackError: It is somebody else's, cannot be written, or its disk is full.
        """
        try:
            self.path.mkdir(mode=0o700, parents=True, exist_ok=True)
            if not self.is_ours():
                self._refuse_foreign()
                (self.path / MARKER).write_text(MARKER_TEXT, encoding="utf-8")
            for folder in (self.run, self.log, self.secrets):
                folder.mkdir(mode=0o700, exist_ok=True)
        except FileExistsError as error:
            raise StackError(f"{self.path} is not a folder. Choose another with --data.") from error
        except OSError as error:
            raise StackError(
                f"The data folder {self.path} cannot be written: {error.strerror}. "
                "Choose another with --data."
            ) from error
        self._require_room()

    def _refuse_foreign(self) -> None:
        if any(self.path.iterdir()):
            raise StackError(
                f"{self.path} holds files that are not Martelo's, and nothing was touched. "
                "Choose an empty folder, or one that does not exist yet, with --data."
            )
        owner = self.path.stat().st_uid
        if os.geteuid() not in {0, owner}:
            raise StackError(f"{self.path} belongs to another user. Choose another with --data.")

    def _require_room(self) -> None:
        free = shutil.disk_usage(self.path).free
        if free < MIN_FREE_BYTES:
            raise StackError(
                f"Only {free // 1024**2} MB are free on the disk of {self.path}; "
                f"{MIN_FREE_BYTES // 1024**2} MB are needed. "
                "Make room, or choose a folder on another disk with --data."
            )


def lock_folder(folder: DataFolder) -> int:
    """Return the descriptor that holds the folder for this process as long as it is open.

    Raises:
        AlreadyRunningError: Another stack holds it.
    """
    descriptor = os.open(folder.run / "lock", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    # Who only looks whether it is held (`is_locked`) holds it for a moment.
    deadline = time.monotonic() + 0.3
    while True:
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
            break
        except BlockingIOError as error:
            if time.monotonic() > deadline:
                os.close(descriptor)
                raise AlreadyRunningError(f"A stack runs already on {folder.path}.") from error
            time.sleep(0.02)
    with naming(folder.run / "lock"):
        os.ftruncate(descriptor, 0)
        os.write(descriptor, f"{os.getpid()}\n".encode())
    return descriptor


def is_locked(folder: DataFolder) -> bool:
    """Return whether a stack holds the folder now."""
    try:
        descriptor = os.open(folder.run / "lock", os.O_RDWR | os.O_CLOEXEC)
    except FileNotFoundError:
        return False
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return True
    finally:
        os.close(descriptor)
    return False


def wait_unlocked(folder: DataFolder, seconds: float) -> bool:
    """Return whether the stack that holds the folder ends within `seconds`."""
    deadline = time.monotonic() + seconds
    while is_locked(folder):
        if time.monotonic() > deadline:
            return False
        time.sleep(0.05)
    return True
