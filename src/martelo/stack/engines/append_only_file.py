"""Valkey's append-only file: cut off what a power cut left after the last complete command."""

import os
import re
import time
from collections.abc import Iterator
from contextlib import suppress
from mmap import ACCESS_READ, mmap
from pathlib import Path

from martelo.stack.errors import StackError, naming

MANIFEST = "appendonly.aof.manifest"
INCREMENT = re.compile(r"^file (\S+) seq \d+ type i\b", re.MULTILINE)
"""A line of the manifest; the server appends to the last one's file."""

NUMBER = re.compile(rb"([*$])(\d{1,10})\r\n")
CUT_NUMBER = re.compile(rb"[*$]?\d{0,10}\r?\Z")
NEXT_COMMAND = re.compile(rb"\r\n\*\d{1,10}\r\n\$\d{1,10}\r\n")

Content = bytes | mmap


def cut_torn_end(folder: Path) -> str | None:
    """Cut the newest file in `folder` after its last complete command; return what was done.

    The bytes cut off are first copied into `folder`. A transaction counts as one command.

    Raises:
        StackError: The file is damaged before its end; nothing was changed.
    """
    file = _find_newest_increment(folder / "appendonlydir")
    if file is None or file.stat().st_size == 0:
        return None
    with (
        naming(file),
        file.open("rb") as opened,
        mmap(opened.fileno(), 0, access=ACCESS_READ) as content,
    ):
        complete, stopped = _find_end(content)
        if complete == len(content):
            return None
        if not _is_torn(content[stopped:]):
            raise StackError(
                f"{file} is damaged at byte {stopped}, before its end, so nothing was cut off. "
                "Restore the data folder from a backup; or, to lose everything after that byte, "
                f"copy the file and run: truncate -s {complete} {file}"
            )
        rest = content[complete:]
    copy = folder / f"{file.name}.cut-off-at-{complete}-{time.time_ns()}"
    _write_durably(copy, rest)
    _truncate_durably(file, complete)
    return (
        f"{file.name} ended in {len(rest)} bytes that are not a complete command, as after a "
        f"power cut: cut off, and copied to {copy}"
    )


def _find_newest_increment(folder: Path) -> Path | None:
    with suppress(FileNotFoundError):
        names: list[str] = INCREMENT.findall((folder / MANIFEST).read_text(encoding="utf-8"))
        if names and (folder / names[-1]).is_file():
            return folder / names[-1]
    return None


def _find_end(content: Content) -> tuple[int, int]:
    """Return where the last complete command or transaction ends, and where parsing stopped."""
    complete = stopped = 0
    is_open = False
    with suppress(EOFError, ValueError):
        for stopped, name in _parse_commands(content):
            is_open = name == b"MULTI" or (is_open and name != b"EXEC")
            if not is_open:
                complete = stopped
    return complete, stopped


def _is_torn(rest: bytes) -> bool:
    """Return whether `rest` is the beginning of one command, then zeros; either may be empty."""
    beginning = rest.rstrip(b"\0")
    if NEXT_COMMAND.search(beginning):
        # A damaged length would pass for a command that lasts until the end.
        return False
    try:
        return not list(_parse_commands(beginning))
    except EOFError:
        return True
    except ValueError:
        return False


def _parse_commands(content: Content) -> Iterator[tuple[int, bytes]]:
    """Yield where each command (RESP) ends, and its name in capitals.

    Raises:
        EOFError: The last one is cut.
        ValueError: What follows is not a command.
    """
    at = 0
    while at < len(content):
        count, at = _parse_number(content, at, b"*")
        name = b""
        for position in range(count):
            length, at = _parse_number(content, at, b"$")
            start, at = at, at + length + 2
            if at > len(content):
                raise EOFError
            if content[at - 2 : at] != b"\r\n":
                raise ValueError(at)
            name = content[start : at - 2].upper() if position == 0 else name
        yield at, name


def _parse_number(content: Content, at: int, mark: bytes) -> tuple[int, int]:
    found = NUMBER.match(content, at)
    if found is not None and found[1] == mark:
        return int(found[2]), found.end()
    if CUT_NUMBER.match(content, at):
        raise EOFError
    raise ValueError(at)


def _write_durably(path: Path, content: bytes) -> None:
    with naming(path), path.open("xb") as file:
        path.chmod(0o600)
        file.write(content)
        file.flush()
        os.fsync(file.fileno())


def _truncate_durably(path: Path, size_bytes: int) -> None:
    with naming(path), path.open("r+b") as file:
        file.truncate(size_bytes)
        os.fsync(file.fileno())
