"""Questions to a process over its port, each with a deadline."""

import asyncio
import ssl
import struct
from collections.abc import Awaitable, Callable

DEADLINE_S = 2.0
SSL_REQUEST = struct.pack("!II", 8, 80877103)
"""The first message of PostgreSQL's protocol that is answered without a user: with one byte."""


LOOPBACK = "127.0.0.1"


async def answers_http(
    port: int, path: str, *, host: str = LOOPBACK, has_tls: bool = False
) -> bool:
    """Return whether `GET path` is answered 200; with TLS, any certificate will do."""
    request = f"GET {path} HTTP/1.0\r\nHost: localhost\r\nAccept: */*\r\n\r\n"
    reply = await _ask(host, port, request.encode("ascii"), _read_line, has_tls=has_tls)
    return reply.startswith((b"HTTP/1.0 200", b"HTTP/1.1 200"))


async def wait_for_http(
    port: int, path: str, *, host: str = LOOPBACK, has_tls: bool = False
) -> None:
    """Return once `GET path` is answered 200."""
    while not await answers_http(port, path, host=host, has_tls=has_tls):  # noqa: ASYNC110 - another process has no Event
        await asyncio.sleep(0.1)


async def answers_ping(port: int, user: str, password: str) -> bool:
    """Return whether Valkey lets `user` in and answers PING; not while it loads its data."""
    reply = await _ask(
        LOOPBACK, port, f"AUTH {user} {password}\r\nPING\r\n".encode("ascii"), _read_two_lines
    )
    return reply.startswith(b"+OK\r\n+PONG")


async def read_loading_percent(port: int, user: str, password: str) -> float | None:
    """Return how much of its log Valkey has loaded; `None` if it is not loading or not there."""
    values = await read_valkey_info(port, user, password, "persistence")
    if values.get("loading") != "1":
        return None
    return float(values.get("loading_loaded_perc", "0"))


async def read_valkey_info(port: int, user: str, password: str, section: str) -> dict[str, str]:
    """Return what Valkey's INFO says in `section`; nothing if it does not answer."""
    request = f"AUTH {user} {password}\r\nINFO {section}\r\n".encode("ascii")
    reply = await _ask(LOOPBACK, port, request, _read_bulk)
    return dict(line.split(":", 1) for line in reply.decode().splitlines() if ":" in line)


async def accepts_postgresql(port: int) -> bool:
    """Return whether a PostgreSQL server takes connections: an old one may live on without it."""
    return await _ask(LOOPBACK, port, SSL_REQUEST, lambda reader: reader.read(1)) in {b"N", b"S"}


async def _ask(
    host: str,
    port: int,
    request: bytes,
    read: Callable[[asyncio.StreamReader], Awaitable[bytes]],
    *,
    has_tls: bool = False,
) -> bytes:
    """Return what `read` reads of the answer; nothing when it does not come in time."""
    try:
        async with asyncio.timeout(DEADLINE_S):
            reader, writer = await asyncio.open_connection(
                host, port, ssl=_any_certificate() if has_tls else None
            )
            try:
                writer.write(request)
                await writer.drain()
                return await read(reader)
            finally:
                writer.close()
    except (OSError, ValueError, EOFError):
        # asyncio's TimeoutError is an OSError; ValueError: a line without end; EOFError: cut.
        return b""


def _any_certificate() -> ssl.SSLContext:
    """Return a context for our own port on this machine, whose certificate is for another name."""
    context = ssl.create_default_context()
    context.check_hostname = False
    context.verify_mode = ssl.CERT_NONE
    return context


async def _read_line(reader: asyncio.StreamReader) -> bytes:
    return await reader.readline()


async def _read_two_lines(reader: asyncio.StreamReader) -> bytes:
    return await reader.readline() + await reader.readline()


async def _read_bulk(reader: asyncio.StreamReader) -> bytes:
    """Read a status line, then a bulk string (RESP); `ValueError` if it is another reply."""
    await reader.readline()
    return await reader.readexactly(int((await reader.readline()).removeprefix(b"$")))
