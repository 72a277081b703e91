"""Connections to a server: commands sent together and answered in order, on a plain socket.

redis-py opens, authenticates and secures each connection, and its reply errors and shapes are
used. After that a connection is a socket and hiredis, since the client between them costs more
than the exchange itself (ADR 18).
"""

import socket
import ssl
import struct
import time
from collections.abc import Callable, Mapping, Sequence
from functools import partial
from typing import Any, cast

import hiredis
import redis
from redis._parsers.base import BaseParser
from redis.exceptions import RedisError, ResponseError

IDLE_S = 0.02
"""A connection unused for so long is checked before it is used: the server may have closed it.

No server ends and is back in less; until it is back, a call fails anyway.
"""

READ_BYTES = 16_384

Reply = Any
Words = tuple[str | int | float | bytes, ...]


class NotSent(redis.exceptions.ConnectionError):
    """There was no connection, so nothing was sent."""


class ConnectionPool:
    """The connections to one server; shared by threads, each connection used by one at a time."""

    def __init__(self, client: "redis.Redis") -> None:
        # Not the pool's `make_connection`: it counts what it made, and takes nothing back.
        pool = client.connection_pool
        self._open = partial(pool.connection_class, **pool.connection_kwargs)
        self._shapes: Mapping[str, Callable[..., Reply]] = client.response_callbacks
        self._idle: list[_PooledConnection] = []

    def exchange(self, *commands: Words) -> list[Reply]:
        """Send `commands` together and return their replies; a refused one's is its exception.

        Raises:
            NotSent: The server cannot be reached.
            redis.exceptions.ConnectionError, redis.exceptions.TimeoutError: The commands were
                sent, or some of them, and not all replies came.
        """
        connection = self._ready()
        try:
            replies = connection.exchange(commands)
        except BaseException:
            # What is still in flight would be read as the next one's reply.
            connection.close()
            raise
        self._idle.append(connection)
        return list(map(self._shaped, commands, replies))

    def _ready(self) -> "_PooledConnection":
        while True:
            try:
                connection = self._idle.pop()
            except IndexError:
                return _PooledConnection(cast("redis.Connection", self._open()))
            if connection.is_good():
                return connection
            connection.close()

    def _shaped(self, words: Words, reply: Reply) -> Reply:
        shape = self._shapes.get(str(words[0]))
        if shape is None or isinstance(reply, RedisError):
            return reply
        # redis-py pairs members with their scores where it gets this option.
        return shape(reply, withscores=True) if words[-1] == "WITHSCORES" else shape(reply)


class _PooledConnection:
    """One connection."""

    def __init__(self, connection: "redis.Connection") -> None:
        self._connection = connection
        try:
            connection.connect()  # type: ignore[no-untyped-call]
        except (RedisError, OSError) as error:
            connection.disconnect()  # type: ignore[no-untyped-call]
            raise NotSent(str(error)) from error
        opened = connection._sock  # noqa: SLF001 - redis-py opens it and lends it to nobody
        self._socket = cast("socket.socket", opened)
        self._reader = hiredis.Reader(
            protocolError=redis.exceptions.InvalidResponse, replyError=BaseParser.parse_error
        )
        self._used_at_s = time.monotonic()
        _let_kernel_time(self._socket)

    def exchange(self, commands: Sequence[Words]) -> list[Reply]:
        """Return the replies to `commands`."""
        try:
            # The stub declares one word; any number is accepted.
            packed = [hiredis.pack_command(words) for words in commands]  # type: ignore[arg-type]
            self._socket.sendall(b"".join(packed))
            replies = [self._reply() for _ in commands]
        except (BlockingIOError, TimeoutError) as error:
            raise redis.exceptions.TimeoutError("no reply in time") from error
        except OSError as error:
            raise redis.exceptions.ConnectionError(str(error)) from error
        self._used_at_s = time.monotonic()
        return replies

    def is_good(self) -> bool:
        """Return whether the server has not closed the connection, as far as is known here."""
        if time.monotonic() - self._used_at_s < IDLE_S:
            return True
        try:
            return not self._connection.can_read(0)
        except (RedisError, OSError):
            return False

    def __del__(self) -> None:
        # redis-py's object holds itself, and would leave its socket to the garbage collector.
        self.close()

    def close(self) -> None:
        """Close the connection."""
        self._connection.disconnect()  # type: ignore[no-untyped-call]

    def _reply(self) -> Reply:
        reply = self._reader.gets()
        while reply is False:
            received = self._socket.recv(READ_BYTES)
            if not received:
                raise redis.exceptions.ConnectionError("the server closed the connection")
            self._reader.feed(received)
            reply = self._reader.gets()
        if isinstance(reply, RedisError) and not isinstance(reply, ResponseError):
            raise reply  # of the connection, as LOADING: what follows it fails too
        return reply


def _let_kernel_time(opened: socket.socket) -> None:
    """Let the kernel enforce the timeout: Python's own polls before each call.

    That is two more calls an exchange, and in each another thread may take the interpreter. TLS
    stays with Python's, since it may have to read in order to write.
    """
    timeout_s = opened.gettimeout()
    if timeout_s is None or isinstance(opened, ssl.SSLSocket):
        return
    whole_s, rest_s = divmod(timeout_s, 1)
    interval = struct.pack("ll", int(whole_s), int(rest_s * 1_000_000))
    for option in (socket.SO_RCVTIMEO, socket.SO_SNDTIMEO):
        opened.setsockopt(socket.SOL_SOCKET, option, interval)
    opened.settimeout(None)
