"""Valkey or Redis for asyncio: which server holds a key; the twin of `client.py`."""

from typing import Protocol

import redis
from redis.asyncio import BlockingConnectionPool, Redis
from redis.asyncio.cluster import RedisCluster
from redis.asyncio.retry import Retry
from redis.backoff import NoBackoff
from redis.exceptions import RedisClusterException

from martelo.runtime.valkey.client import CONNECT_TIMEOUT_S, parse_address

CONNECTIONS = 16
"""To each server; calls beyond wait for one."""


class AsyncValkey(Protocol):
    """Which server holds a key; one connection pool per server."""

    async def node_of(self, key: str) -> Redis:
        """Return the client of the primary that owns `key`'s slot."""

    async def any_node(self) -> Redis:
        """Return the client of some primary: every one carries every channel."""

    async def refresh(self) -> None:
        """Read the topology again, after a redirection or a lost connection."""

    async def close(self) -> None:
        """Close every connection."""


class AsyncSingleServer:
    """One server that owns every key."""

    def __init__(self, client: Redis) -> None:
        self._client = client

    async def node_of(self, key: str) -> Redis:  # noqa: ARG002 - every key is here
        """Return the one client."""
        return self._client

    async def any_node(self) -> Redis:
        """Return the one client."""
        return self._client

    async def refresh(self) -> None:
        """Do nothing: there is no topology."""

    async def close(self) -> None:
        """Close every connection."""
        await self._client.aclose()


class AsyncCluster:
    """A Cluster; keys of one hash tag share a server.

    redis-py's client is used for the slots alone: calls go through plain clients of the servers, so
    that no retry and no redirection happens behind our back.
    """

    def __init__(self, slots: RedisCluster, options: dict[str, object]) -> None:
        self._slots = slots
        self._options = options
        self._clients: dict[tuple[str, int], Redis] = {}

    async def node_of(self, key: str) -> Redis:
        """Return the client of the primary that owns `key`'s slot."""
        await self._known()
        node = self._slots.get_node_from_key(key)
        if node is None:
            raise redis.exceptions.ConnectionError(f"no server owns the slot of {key}")
        return self._client(node.host, int(node.port))

    async def any_node(self) -> Redis:
        """Return the client of some primary."""
        await self._known()
        for node in self._slots.get_primaries():
            return self._client(node.host, int(node.port))
        raise redis.exceptions.ConnectionError("the cluster has no primary")

    async def refresh(self) -> None:
        """Ask the Cluster for its slots; if none of its servers answers, the last ones stay."""
        await self._known()
        try:
            # At most one request at a time: those who wait meanwhile share its result.
            await self._slots.nodes_manager.initialize()
        except RedisClusterException as error:
            raise redis.exceptions.ConnectionError(str(error)) from error

    async def close(self) -> None:
        """Close every connection."""
        for client in self._clients.values():
            await client.aclose()
        await self._slots.aclose()

    async def _known(self) -> None:
        try:
            await self._slots.initialize()
        except RedisClusterException as error:
            raise redis.exceptions.ConnectionError(str(error)) from error

    def _client(self, host: str, port: int) -> Redis:
        client = self._clients.get((host, port))
        if client is None:
            client = _open(f"redis://{host}:{port}/0", self._options)
            self._clients[host, port] = client
        return client


def connect_async(url: str, *, timeout_s: float) -> AsyncValkey:
    """Return a client of the store at `url`; it connects on first use.

    Raises:
        ValueError: `url` is not the address of a store.
    """
    address = parse_address(url)
    options: dict[str, object] = {
        "socket_timeout": timeout_s,
        "socket_connect_timeout": CONNECT_TIMEOUT_S,
        "retry": Retry(NoBackoff(), 0),
        "protocol": 2,
    }
    if not address.is_cluster:
        return AsyncSingleServer(_open(address.url, options))
    slots = RedisCluster.from_url(address.url, **options)
    known = slots.connection_kwargs
    credentials = {name: known[name] for name in ("username", "password") if known.get(name)}
    return AsyncCluster(slots, options | credentials)


def _open(url: str, options: dict[str, object]) -> Redis:
    pool = BlockingConnectionPool.from_url(
        url, max_connections=CONNECTIONS, timeout=options["socket_timeout"], **options
    )
    return Redis.from_pool(pool)
