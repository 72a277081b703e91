"""Calls to the live store from asynchronous processes; the twin of `connection.py`."""

from collections import defaultdict
from collections.abc import Mapping, Sequence

import hiredis
import structlog
from redis.asyncio import Redis
from redis.asyncio.connection import AbstractConnection
from redis.exceptions import MovedError, RedisError, ResponseError

from martelo.auctions.adapters.live_store.calls import Call
from martelo.auctions.adapters.live_store.connection import (
    LOST,
    MAX_MOVES,
    Durability,
    Reply,
    Words,
    require_held,
    was_refused_whole,
)
from martelo.auctions.ports.failures import OutcomeUnknown, StoreUnavailable
from martelo.runtime.valkey.async_client import AsyncValkey
from martelo.runtime.valkey.connection_pool import NotSent

log = structlog.get_logger(__name__)


class AsyncConnection:
    """The store's servers, in one event loop."""

    def __init__(self, valkey: AsyncValkey, durability: Durability) -> None:
        self.valkey = valkey
        self._durability = durability

    async def ask(self, key: str, *words: str | float | bytes) -> Reply:
        """Return the reply to a command whose repetition would do no harm.

        Raises:
            StoreUnavailable: There was none.
        """
        for _ in range(MAX_MOVES):
            try:
                node = await self.valkey.node_of(key)
                return await node.execute_command(*words)  # type: ignore[no-untyped-call]
            except MovedError:
                await self._refresh()
            except (RedisError, OSError) as error:
                await self.refresh_after(error)
                raise StoreUnavailable(str(error)) from error
        raise StoreUnavailable("the cluster keeps moving")

    async def ask_each(self, commands: Mapping[str, Words]) -> dict[str, Reply]:
        """Return the reply to each key's command, in one round trip per server.

        Raises:
            StoreUnavailable: A server did not answer.
        """
        for _ in range(MAX_MOVES):
            try:
                return await self._one_round(commands)
            except MovedError:
                await self._refresh()
            except (RedisError, OSError) as error:
                await self.refresh_after(error)
                raise StoreUnavailable(str(error)) from error
        raise StoreUnavailable("the cluster keeps moving")

    async def decide(self, call: Call) -> Reply:
        """Return the acknowledged reply to a call that may change something.

        Raises:
            OutcomeUnknown: It was sent, and it may have happened.
            StoreUnavailable: It cannot have happened.
        """
        for _ in range(MAX_MOVES):
            try:
                node = await self.valkey.node_of(call.keys[0])
                return await self._acknowledged(node, call.command)
            except MovedError:
                await self._refresh()
            except (RedisError, OSError) as error:
                await self.refresh_after(error)
                if was_refused_whole(error):
                    raise StoreUnavailable(str(error)) from error
                raise OutcomeUnknown(str(error)) from error
        raise StoreUnavailable("the cluster keeps moving")

    async def _acknowledged(self, node: Redis, words: Words) -> Reply:
        """Send the words past redis-py's own packing, which costs more than all else together."""
        durability = self._durability
        commands = [words]
        if durability.replicas:
            commands.append(("WAIT", durability.replicas, durability.timeout_ms))
        # The stub of hiredis means a tuple of one word.
        packed = b"".join(hiredis.pack_command(words) for words in commands)  # type: ignore[arg-type]
        pool = node.connection_pool
        try:
            connection = await pool.get_connection()  # type: ignore[no-untyped-call]
        except (RedisError, OSError) as error:
            raise NotSent(str(error)) from error
        try:
            await connection.send_packed_command(packed, check_health=False)
            answers = [await _answer(connection) for _ in commands]
        except BaseException:
            # A reply may be on its way, which the next caller must not take for its own.
            await connection.disconnect(nowait=True)
            raise
        finally:
            await pool.release(connection)
        if isinstance(answers[0], Exception):
            raise answers[0]
        if durability.replicas:
            require_held(answers[1], durability.replicas)
        return answers[0]

    async def _one_round(self, commands: Mapping[str, Words]) -> dict[str, Reply]:
        nodes: dict[int, Redis] = {}
        owned: dict[int, list[str]] = defaultdict(list)
        for key in commands:
            node = await self.valkey.node_of(key)
            nodes[id(node)] = node
            owned[id(node)].append(key)
        replies: dict[str, Reply] = {}
        for name, keys in owned.items():
            replies |= await _pipelined(nodes[name], keys, commands)
        return replies

    async def _refresh(self) -> None:
        try:
            await self.valkey.refresh()
        except (RedisError, OSError) as error:
            raise StoreUnavailable(str(error)) from error

    async def refresh_after(self, failure: Exception) -> None:
        """Read the topology for the next call if a server was lost: it redirects nobody."""
        if not isinstance(failure, (*LOST, OSError)):
            return
        try:
            await self.valkey.refresh()
        except (RedisError, OSError) as error:
            # The failure at hand is the one to raise.
            log.debug("topology-unknown", error=str(error))


async def _answer(connection: AbstractConnection) -> Reply:
    """Return a reply, or what the server refused with: the next reply is still to be read."""
    try:
        return await connection.read_response()
    except ResponseError as error:
        return error


async def _pipelined(
    node: Redis, keys: Sequence[str], commands: Mapping[str, Words]
) -> dict[str, Reply]:
    async with node.pipeline(transaction=False) as pipe:
        for key in keys:
            pipe.execute_command(*commands[key])
        return dict(zip(keys, await pipe.execute(), strict=True))
