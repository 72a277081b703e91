"""The control socket: one JSON line asked, one answered; only the owner may open it."""

import asyncio
import json
import os
import socket
from collections.abc import Awaitable, Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from martelo.stack.errors import StackError, describe_os_error
from martelo.stack.folder import DataFolder

NAME = "control.sock"
CommandHandler = Callable[[Mapping[str, Any]], Awaitable[Mapping[str, Any]]]


async def serve_control(folder: Path, answer: CommandHandler) -> asyncio.Server:
    """Answer commands on a socket in `folder` until the server is closed."""

    async def handle(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            request = json.loads(await reader.readline())
            reply = await answer(request)
        except StackError as error:
            reply = {"error": str(error)}
        except OSError as error:
            reply = {"error": describe_os_error(error)}
        except (ValueError, KeyError, TypeError) as error:
            reply = {"error": f"This launcher does not understand the command: {error!r}"}
        try:
            writer.write(json.dumps(reply).encode() + b"\n")
            await writer.drain()
        except ConnectionError:
            return
        finally:
            writer.close()

    (folder / NAME).unlink(missing_ok=True)
    listener = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
    with _inside(folder):
        # The folder is 0700 already; the socket is 0600 from its first moment.
        mask = os.umask(0o177)
        try:
            listener.bind(NAME)
        finally:
            os.umask(mask)
    return await asyncio.start_unix_server(handle, sock=listener)


def ask(
    folder: DataFolder, request: Mapping[str, Any], *, timeout_s: float = 120
) -> dict[str, Any]:
    """Return the launcher's answer to a command.

    Raises:
        StackError: No stack runs there, it refused, or it did not answer in time.
    """
    with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as line:
        line.settimeout(timeout_s)
        try:
            with _inside(folder.run):
                line.connect(NAME)
        except OSError as error:
            raise StackError(
                f"No stack runs on {folder.path}. Start one with ./martelo up."
            ) from error
        try:
            line.sendall(json.dumps(request).encode() + b"\n")
            reply: dict[str, Any] = json.loads(b"".join(iter(lambda: line.recv(65_536), b"")))
        except (OSError, ValueError) as error:
            raise StackError(f"The launcher gave no answer: {error}") from error
    if "error" in reply:
        raise StackError(reply["error"])
    return reply


@contextmanager
def _inside(folder: Path) -> Iterator[None]:
    """Work inside `folder` for a moment: a socket's path may have 107 bytes, a folder's more."""
    before = os.open(".", os.O_RDONLY)
    try:
        os.chdir(folder)
        yield
    finally:
        os.fchdir(before)
        os.close(before)
