"""Valkey or Redis, one server or a Cluster: which server holds a key, and how it is called.

Retries are off for everything here: a retried write may count twice, so a retry is the caller's,
with its idempotency key.
"""

from dataclasses import dataclass
from typing import Protocol
from urllib.parse import SplitResult, urlsplit, urlunsplit

import redis
from pydantic import Field, model_validator
from pydantic_settings import BaseSettings
from redis.backoff import NoBackoff
from redis.cluster import ClusterNode, RedisCluster
from redis.exceptions import RedisClusterException
from redis.retry import Retry

from martelo.runtime.valkey.connection_pool import ConnectionPool

CONNECT_TIMEOUT_S = 1.0
CLUSTER_SCHEMES = {"valkey+cluster", "redis+cluster"}
SCHEMES = {"valkey": "redis", "redis": "redis", "valkeys": "rediss", "rediss": "rediss"}


class ValkeySettings(BaseSettings):
    """The live store's address: `VALKEY_URL`, else `REDIS_HOST`, `REDIS_PORT`, `REDIS_DB`.

    `VALKEY_WAIT_REPLICAS` is how many replicas must hold a change before it is acknowledged; 0
    where there is no replica.
    """

    valkey_url: str | None = None
    redis_host: str | None = None
    redis_port: int = Field(default=6379, ge=1, le=65535)
    redis_db: int = Field(default=0, ge=0)
    valkey_wait_replicas: int = Field(default=0, ge=0, le=5)
    valkey_wait_timeout_ms: int = Field(default=1_000, ge=1)
    valkey_timeout_ms: int = Field(default=3_000, ge=1)

    @model_validator(mode="after")
    def _complete(self) -> "ValkeySettings":
        if self.valkey_url is None and self.redis_host is None:
            raise ValueError("VALKEY_URL (or REDIS_HOST) is missing")
        if self.valkey_timeout_ms <= self.valkey_wait_timeout_ms:
            raise ValueError("VALKEY_TIMEOUT_MS must exceed VALKEY_WAIT_TIMEOUT_MS")
        parse_address(self.address_url)
        return self

    @property
    def address_url(self) -> str:
        """The address, from whichever variables gave it."""
        return self.valkey_url or f"valkey://{self.redis_host}:{self.redis_port}/{self.redis_db}"


@dataclass(frozen=True, slots=True)
class Address:
    """Where the store is: a URL that redis-py reads, and whether it is a Cluster."""

    url: str
    is_cluster: bool


def parse_address(url: str) -> Address:
    """Return the address that `valkey://`, `redis://` or their `…+cluster://` say.

    Raises:
        ValueError: Another scheme, or no host.
    """
    parts = urlsplit(url)
    is_cluster = parts.scheme in CLUSTER_SCHEMES
    scheme = "redis" if is_cluster else SCHEMES.get(parts.scheme)
    if scheme is None or not parts.hostname:
        raise ValueError("a store's address is valkey://host:port/0 or valkey+cluster://host:port")
    return Address(urlunsplit(SplitResult(scheme, *parts[1:])), is_cluster)


class Valkey(Protocol):
    """Which server holds a key; one connection pool per server."""

    def node_of(self, key: str) -> "redis.Redis":
        """Return the client of the primary that owns `key`'s slot."""

    def pool_of(self, key: str) -> ConnectionPool:
        """Return a connection pool to that primary, for frequent calls."""

    def primaries(self) -> "list[redis.Redis]":
        """Return a client of every primary."""

    def refresh(self) -> None:
        """Read the topology again, after a redirection or a lost connection."""


class SingleServer:
    """One server that owns every key."""

    def __init__(self, client: "redis.Redis") -> None:
        self._client = client
        self._pool = ConnectionPool(client)

    def node_of(self, key: str) -> "redis.Redis":  # noqa: ARG002 - every key is here
        """Return the one client."""
        return self._client

    def pool_of(self, key: str) -> ConnectionPool:  # noqa: ARG002 - every key is here
        """Return the pool of the one server."""
        return self._pool

    def primaries(self) -> "list[redis.Redis]":
        """Return the one client."""
        return [self._client]

    def refresh(self) -> None:
        """Do nothing: there is no topology."""


class Cluster:
    """A Cluster; keys of one hash tag share a server."""

    def __init__(self, client: RedisCluster) -> None:
        self._client = client
        self._pools: dict[str, ConnectionPool] = {}

    def node_of(self, key: str) -> "redis.Redis":
        """Return the client of the primary that owns `key`'s slot."""
        return self._client.get_redis_connection(self._owner_of(key))

    def pool_of(self, key: str) -> ConnectionPool:
        """Return the pool of the primary that owns `key`'s slot."""
        node = self._owner_of(key)
        pool = self._pools.get(node.name)
        if pool is None:
            client = self._client.get_redis_connection(node)
            pool = self._pools.setdefault(node.name, ConnectionPool(client))
        return pool

    def primaries(self) -> "list[redis.Redis]":
        """Return a client of every primary."""
        nodes = self._client.get_primaries()  # type: ignore[no-untyped-call]
        return [self._client.get_redis_connection(node) for node in nodes]

    def refresh(self) -> None:
        """Ask the Cluster for its slots."""
        try:
            self._client.nodes_manager.initialize()
        except RedisClusterException as error:
            raise redis.exceptions.ConnectionError(str(error)) from error

    def _owner_of(self, key: str) -> ClusterNode:
        node = self._client.get_node_from_key(key)  # type: ignore[no-untyped-call]
        if node is None:
            raise redis.exceptions.ConnectionError(f"no server owns the slot of {key}")
        return node  # type: ignore[no-any-return]


def connect(url: str, *, timeout_s: float) -> Valkey:
    """Return a client of the store at `url`; a single server is connected to on first use.

    Raises:
        ValueError: `url` is not the address of a store.
        redis.exceptions.RedisError: A Cluster did not return its slots.
    """
    address = parse_address(url)
    options = {
        "socket_timeout": timeout_s,
        "socket_connect_timeout": CONNECT_TIMEOUT_S,
        "retry": Retry(NoBackoff(), 0),
        "protocol": 2,
    }
    if not address.is_cluster:
        return SingleServer(redis.Redis.from_url(address.url, **options))
    return Cluster(RedisCluster.from_url(address.url, **options))
