"""One connection to the store that carries the messages of many auctions.

redis-py's own `PubSub` reconnects behind our back, and what was published meanwhile is lost
without a word: here a break is an error, and whoever listens catches up.
"""

import asyncio
from collections.abc import AsyncGenerator

import structlog
from redis.asyncio.connection import AbstractConnection
from redis.exceptions import RedisError

from martelo.auctions.ports.failures import StoreUnavailable
from martelo.runtime.valkey.async_client import AsyncValkey

QUIET_S = 5.0
"""After so long without a word the server is asked for one; a second silence is a break."""

log = structlog.get_logger(__name__)


class Subscriptions:
    """Subscribes and unsubscribes while somebody iterates over `messages`."""

    def __init__(self, valkey: AsyncValkey, timeout_s: float) -> None:
        self._valkey = valkey
        self._timeout_s = timeout_s
        self._connection: AbstractConnection | None = None
        self._connected = asyncio.Event()
        self._confirmations: dict[str, asyncio.Future[None]] = {}

    async def subscribe(self, channel: str) -> None:
        """Receive `channel` from now on; returns when the store has confirmed.

        Raises:
            StoreUnavailable: There is no connection, or no confirmation came.
        """
        confirmation = self._confirmations.get(channel)
        try:
            async with asyncio.timeout(self._timeout_s):
                await self._connected.wait()
                if confirmation is None:
                    confirmation = asyncio.get_running_loop().create_future()
                    self._confirmations[channel] = confirmation
                    await self._send("SUBSCRIBE", channel)
                await asyncio.shield(confirmation)
        except (TimeoutError, RedisError, OSError) as error:
            raise StoreUnavailable(f"not subscribed: {error}") from error

    async def unsubscribe(self, channel: str) -> None:
        """Receive `channel` no more.

        Raises:
            StoreUnavailable: The connection broke.
        """
        try:
            await self._send("UNSUBSCRIBE", channel)
        except (RedisError, OSError) as error:
            raise StoreUnavailable(str(error)) from error

    async def messages(self) -> AsyncGenerator[tuple[str, bytes]]:
        """Connect, and yield channel and payload of each message.

        Raises:
            StoreUnavailable: The connection broke or could not be made.
        """
        try:
            connection = await self._connect()
            while True:
                reply = await self._read(connection)
                match reply:
                    case [b"message", bytes() as channel, bytes() as payload]:
                        yield channel.decode(), payload
                    case [b"subscribe", bytes() as channel, _]:
                        self._confirm(channel.decode())
                    case _:  # unsubscribed, or the answer to PING
                        continue
        except (RedisError, OSError, TimeoutError) as error:
            raise StoreUnavailable(str(error) or type(error).__name__) from error
        finally:
            await self._disconnect()

    async def _connect(self) -> AbstractConnection:
        await self._valkey.refresh()
        node = await self._valkey.any_node()
        connection: AbstractConnection = node.connection_pool.make_connection()  # type: ignore[no-untyped-call]
        await connection.connect()  # type: ignore[no-untyped-call]
        # With a time-out of its own redis-py sends in a task, which the connection may not live
        # to see: `_send` has one.
        connection.socket_timeout = None
        self._connection = connection
        self._connected.set()
        return connection

    async def _disconnect(self) -> None:
        connection, self._connection = self._connection, None
        self._connected.clear()
        for confirmation in self._confirmations.values():
            if not confirmation.done():
                confirmation.set_exception(StoreUnavailable("the connection broke"))
                confirmation.exception()  # perhaps nobody waits for it any more
        self._confirmations.clear()
        if connection is not None:
            await connection.disconnect(nowait=True)

    async def _read(self, connection: AbstractConnection) -> object:
        reply: object = await connection.read_response(timeout=QUIET_S)
        if reply is None:
            await self._send("PING")
            reply = await connection.read_response(timeout=QUIET_S)
        if reply is None:
            raise StoreUnavailable("no word from the store")
        return reply

    async def _send(self, *words: str) -> None:
        connection = self._connection
        # redis-py would reconnect by itself, without what was subscribed.
        if connection is None or not connection.is_connected:
            raise StoreUnavailable("no connection")
        async with asyncio.timeout(self._timeout_s):
            await connection.send_command(*words, check_health=False)

    def _confirm(self, channel: str) -> None:
        confirmation = self._confirmations.pop(channel, None)
        if confirmation is not None and not confirmation.done():
            confirmation.set_result(None)
