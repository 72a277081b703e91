"""The finished streams and the channel of hints, read-only.

The agent has one consumer group in each partition's stream, from its beginning. It acknowledges
entries and never deletes them: the streams belong to the auctions, and others read them too.
"""

from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager, suppress
from typing import Any

import msgspec
import redis
import structlog
from redis.exceptions import RedisError, ResponseError

from martelo.agent.ports.ends import EndsUnavailable, StreamEntry
from martelo.contracts.channels import FINISHED_CHANNEL, PARTITIONS_KEY, finished_stream
from martelo.contracts.finished import DECODER, AuctionFinished
from martelo.runtime.valkey.client import Valkey
from martelo.runtime.valkey.subscription import channel_messages

GROUP = "agent"
CONSUMER = "worker"
"""One name for all workers: entries are pending only briefly, and any worker may take them over."""


log = structlog.get_logger(__name__)


class ValkeyEnds:
    """`EndSource` on Valkey."""

    def __init__(self, valkey: Valkey) -> None:
        self._valkey = valkey
        self._prepared: set[int] = set()

    def partitions(self) -> int:
        """Return the store's partition count."""
        with self._named_faults():
            count = self._valkey.node_of(PARTITIONS_KEY).get(PARTITIONS_KEY)
        if count is None:
            raise EndsUnavailable("the store is not prepared")
        return int(count)

    def fresh(self, partition: int, limit: int) -> list[StreamEntry]:
        """Return entries of a partition that no worker has read yet."""
        with self._reading(partition) as (node, stream):
            found: Any = node.xreadgroup(GROUP, CONSUMER, {stream: ">"}, count=limit)
        # One stream was requested, so at most one is returned.
        return [entry for _, rows in found or [] for entry in _entries(rows)]

    def abandoned(self, partition: int, limit: int, idle_ms: int) -> list[StreamEntry]:
        """Return entries that were read at least `idle_ms` ago and not acknowledged."""
        with self._reading(partition) as (node, stream):
            found = node.xautoclaim(stream, GROUP, CONSUMER, idle_ms, "0-0", count=limit)
        return _entries(found[1])

    def acknowledge(self, partition: int, entry_ids: Sequence[str]) -> None:
        """Acknowledge entries, which need not be read again."""
        with self._reading(partition) as (node, stream):
            node.xack(stream, GROUP, *entry_ids)

    def lag(self, partition: int) -> int:
        """Return how many entries of a partition are not acknowledged."""
        with self._reading(partition) as (node, stream):
            groups: list[dict[str, Any]] = node.xinfo_groups(stream)
        ours = [group for group in groups if group["name"] == GROUP.encode()]
        return sum(int(group.get("lag") or 0) + int(group["pending"]) for group in ours)

    def hints(self, timeout_s: float) -> Iterator[AuctionFinished | None]:
        """Yield ends as they are announced, and `None` after each silence."""
        try:
            client = self._valkey.primaries()[0]
            for message in channel_messages(client, FINISHED_CHANNEL, timeout_s):
                end = None if message is None else _decode(message[1])
                if message is None or end is not None:
                    yield end
        except RedisError as error:
            raise EndsUnavailable(str(error)) from error

    @contextmanager
    def _reading(self, partition: int) -> Iterator[tuple["redis.Redis", str]]:
        """Yield the server and stream of a partition, after creating its group if needed."""
        stream = finished_stream(partition)
        try:
            with self._named_faults():
                node = self._valkey.node_of(stream)
                if partition not in self._prepared:
                    _create_group(node, stream)
                    self._prepared.add(partition)
                yield node, stream
        except EndsUnavailable:
            # The store may have been replaced or emptied; then the group is created again.
            self._prepared.discard(partition)
            raise

    @contextmanager
    def _named_faults(self) -> Iterator[None]:
        try:
            yield
        except RedisError as error:
            with suppress(RedisError):
                self._valkey.refresh()
            raise EndsUnavailable(str(error)) from error


def _create_group(node: "redis.Redis", stream: str) -> None:
    try:
        node.xgroup_create(stream, GROUP, "0", mkstream=True)
    except ResponseError as error:
        if "BUSYGROUP" not in str(error):
            raise


def _entries(rows: Iterable[tuple[bytes, dict[bytes, bytes] | None]]) -> list[StreamEntry]:
    return [
        StreamEntry(row_id.decode(), _decode((fields or {}).get(b"event", b"")))
        for row_id, fields in rows
    ]


def _decode(event: bytes) -> AuctionFinished | None:
    try:
        return DECODER.decode(event)
    except msgspec.MsgspecError as error:
        log.error("end-unreadable", reason=str(error))  # noqa: TRY400 - the reason says it all
        return None
