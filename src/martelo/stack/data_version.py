"""Which version's data a folder holds: read before anything starts, so that none half migrates.

A folder of a newer version is refused. One of an older version is copied before this version's
migrations change it.
"""

import json
import shutil
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path

from martelo.stack.copies import Copy, find_copies, measure_bytes
from martelo.stack.credentials import write_private
from martelo.stack.errors import StackError
from martelo.stack.folder import MIN_FREE_BYTES, DataFolder

SOFTWARE = "0.1.0"
"""The version of Martelo, as in `pyproject.toml`."""

HISTORY = (
    (
        "accounts 0001, 0002; agent 0001, 0002, 0003, 0004; auctions 0001, 0002; images 0001; "
        "a packed auction of 30 members"
    ),
    "accounts 0003, 0004, 0005, 0006, 0007; auctions 0003; a packed auction of 31 members",
    (
        "accounts 0008; agent 0005; auctions 0004; catalog 0001; "
        "a packed auction of 29 members, without names"
    ),
)
"""What each version of the data added, the oldest first: migrations, and packed states.

A migration, or a change of what is packed in the live store, adds an entry.
"""

VERSION = len(HISTORY)
STAMP = "data-version.json"
MAX_COPIES = 2
"""Copies of older data that are kept; the oldest are deleted when another is made."""


@dataclass(frozen=True, slots=True)
class Stamp:
    """The version of a folder's data, and of the software that wrote it."""

    version: int
    software: str


def read_stamp(folder: DataFolder) -> Stamp | None:
    """Return the stamp of a folder; `None` where it has no data yet.

    Raises:
        StackError: The stamp cannot be read.
    """
    path = folder.path / STAMP
    try:
        members = json.loads(path.read_text("utf-8"))
        return Stamp(int(members["version"]), str(members["software"]))
    except FileNotFoundError:
        # Folders from before there was a stamp have data of version 1.
        return Stamp(1, "0.1.0") if folder.postgresql.exists() else None
    except (ValueError, TypeError, KeyError) as error:
        raise StackError(
            f"{path} cannot be read: it does not say which version's data these are. Bring it back "
            "from a backup."
        ) from error


def require_readable(folder: DataFolder) -> None:
    """Refuse the data of a newer version.

    Raises:
        StackError: They are of a newer version, or it is not known.
    """
    stamp = read_stamp(folder)
    if stamp is not None and stamp.version > VERSION:
        raise StackError(
            f"The data folder {folder.path} was used by Martelo {stamp.software} (data version "
            f"{stamp.version}); this is Martelo {SOFTWARE} (data version {VERSION}), which cannot "
            f"read it. Start a Martelo of data version {stamp.version} or newer."
        )


def bring_up_to_date(folder: DataFolder, say: Callable[[str], None]) -> None:
    """Stamp a folder with this version, after a copy of older data. Nothing may run on it.

    Raises:
        StackError: There is no room for the copy, or it failed; nothing was changed.
    """
    stamp = read_stamp(folder)
    if stamp is not None and stamp.version < VERSION:
        say(f"copying the data of version {stamp.version} before they are upgraded")
        copy = _copy(folder, stamp)
        say(
            f"the copy is {copy}; ./martelo copies lists and removes copies, and "
            "docs/operations.md says how to return to one"
        )
    if stamp is None or stamp.version != VERSION or stamp.software != SOFTWARE:
        members = {"version": VERSION, "software": SOFTWARE}
        write_private(folder.path / STAMP, json.dumps(members) + "\n")


def _copy(folder: DataFolder, stamp: Stamp) -> Path:
    """Copy what an upgrade changes, complete or not at all; return where it is."""
    # What a cut-off start left takes room that this copy may need.
    for path in folder.path.glob("unfinished-before-upgrade-*"):
        shutil.rmtree(path)
    sources = [path for path in (folder.postgresql, folder.valkey) if path.exists()]
    needed = sum(map(measure_bytes, sources))
    free = shutil.disk_usage(folder.path).free
    if free < needed + MIN_FREE_BYTES:
        raise StackError(
            f"The data of version {stamp.version} are copied before they are upgraded; that takes "
            f"{needed // 1024**2} MB and only {free // 1024**2} MB are free on the disk of "
            f"{folder.path}. Make room."
        )
    made_at = time.strftime("%Y%m%dT%H%M%SZ", time.gmtime())
    kept = folder.path / f"before-upgrade-{stamp.version}-{made_at}"
    unfinished = folder.path / f"unfinished-{kept.name}"
    try:
        _copy_files(sources, folder.path / STAMP, unfinished)
    except BaseException:
        shutil.rmtree(unfinished, ignore_errors=True)
        raise
    unfinished.rename(kept)
    for copy in _older_copies(folder)[:-MAX_COPIES]:
        copy.remove()
    return kept


def _copy_files(sources: Iterable[Path], stamp: Path, target: Path) -> None:
    try:
        for source in sources:
            ignored = shutil.ignore_patterns("*.set-aside-*", "*.cut-off-at-*")
            shutil.copytree(source, target / source.name, symlinks=True, ignore=ignored)
        if stamp.exists():
            shutil.copy(stamp, target)
    except shutil.Error as error:
        # One entry for each file: where a disk fails or is full, thousands that say the same.
        path, _, why = error.args[0][0]
        raise StackError(
            f"{path} cannot be copied: {why}. Older data are copied before they are upgraded; "
            "nothing was changed. Make room, or mend the disk."
        ) from error


def _older_copies(folder: DataFolder) -> list[Copy]:
    return [copy for copy in find_copies(folder) if copy.path.name.startswith("before-upgrade-")]
