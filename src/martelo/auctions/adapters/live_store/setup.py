"""Preparing a store: its partition count and the function library (the `migrate` one-off)."""

import time
from importlib.resources import files

import redis
import structlog
from redis.exceptions import RedisError, ResponseError

from martelo.auctions.adapters.live_store.keys import MAX_PARTITIONS
from martelo.auctions.ports.failures import StoreUnavailable
from martelo.contracts.channels import PARTITIONS_KEY
from martelo.runtime.valkey.client import Valkey

LOAD_TRIES = 50
LOAD_PAUSE_S = 0.2

log = structlog.get_logger(__name__)


class PartitionsDiffer(Exception):  # noqa: N818 - says what is found
    """The store was first used with another number of partitions."""


class ReplicasNotRequired(Exception):  # noqa: N818 - says what is found
    """A server would write changes that too few replicas can acknowledge."""


def library_source() -> str:
    """Return the function library."""
    return files("martelo.auctions.adapters.live_store").joinpath("auctions.lua").read_text("utf-8")


def prepare_store(valkey: Valkey, partitions: int, *, replicas: int = 0) -> None:
    """Fix the partition count on first use and load the library on every primary.

    `replicas`: how many must have a change before it is acknowledged.

    Raises:
        ReplicasNotRequired: A primary does not refuse writes while it has too few.
        PartitionsDiffer: The store keeps another count.
        StoreUnavailable: No primary took the library; one that waits for a replica is asked
            again for ten seconds, since loading is a write.
    """
    if not 1 <= partitions <= MAX_PARTITIONS:
        raise ValueError(f"partitions must be 1 to {MAX_PARTITIONS}")
    for node in valkey.primaries():
        _warn_unless_durable(node)
        if replicas:
            _check_replicas_required(node, replicas)
        _load(node, library_source())
    try:
        valkey.node_of(PARTITIONS_KEY).set(PARTITIONS_KEY, partitions, nx=True)
    except RedisError as error:
        raise StoreUnavailable(str(error)) from error
    stored = read_partitions(valkey)
    if stored != partitions:
        raise PartitionsDiffer(
            f"the store has {stored} partitions, MARTELO_PARTITIONS={partitions}"
        )


def read_partitions(valkey: Valkey) -> int:
    """Return the store's partition count.

    Raises:
        StoreUnavailable: It does not answer, or was not prepared.
    """
    try:
        stored = valkey.node_of(PARTITIONS_KEY).get(PARTITIONS_KEY)
    except RedisError as error:
        raise StoreUnavailable(str(error)) from error
    if stored is None:
        raise StoreUnavailable("the store is not prepared: run migrate")
    return int(stored)


def _warn_unless_durable(node: "redis.Redis") -> None:
    """Say so where the server's own settings would break what is promised of a 201."""
    try:
        persistence, memory = node.info("persistence"), node.info("memory")
    except RedisError as error:
        raise StoreUnavailable(str(error)) from error
    if not persistence.get("aof_enabled"):
        log.warning("store-not-durable", wanted="appendonly yes, appendfsync always")
    if memory.get("maxmemory_policy") not in {None, "noeviction"}:
        log.warning("store-evicts", wanted="maxmemory-policy noeviction")


def _check_replicas_required(node: "redis.Redis", replicas: int) -> None:
    """Check that the server refuses a write before it happens, not after `WAIT`."""
    try:
        replication = node.info("replication")
    except RedisError as error:
        raise StoreUnavailable(str(error)) from error
    # Shown only where `min-replicas-to-write` and `min-replicas-max-lag` are above 0.
    if "min_slaves_good_slaves" not in replication:
        raise ReplicasNotRequired(
            f"VALKEY_WAIT_REPLICAS={replicas}, but a server takes writes without replicas: "
            f"set min-replicas-to-write {replicas} on every server"
        )


def _load(node: "redis.Redis", source: str) -> None:
    for _ in range(LOAD_TRIES):
        try:
            node.function_load(source, replace=True)
        except ResponseError as error:
            if "NOREPLICAS" not in str(error):
                raise
            log.warning("waiting-for-replica", error=str(error))
            time.sleep(LOAD_PAUSE_S)
        except RedisError as error:
            raise StoreUnavailable(str(error)) from error
        else:
            return
    raise StoreUnavailable("no replica came to hold the function library")
