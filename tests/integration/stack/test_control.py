"""The control socket, when a command fails because of the disk."""

import asyncio
import errno
import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from martelo.stack.errors import StackError
from martelo.stack.folder import DataFolder
from martelo.stack.supervise.control import ask, serve_control


async def test_says_which_file_a_command_could_not_write(tmp_path: Path) -> None:
    folder = DataFolder(tmp_path)
    folder.run.mkdir()

    async def fail(_request: Mapping[str, Any]) -> Mapping[str, Any]:
        raise OSError(errno.EROFS, os.strerror(errno.EROFS), "/data/postgresql/pg-b")

    async with await serve_control(folder.run, fail):
        with pytest.raises(StackError, match=r"^/data/postgresql/pg-b: .*mounted read-only"):
            await asyncio.to_thread(ask, folder, {"command": "restart"})
