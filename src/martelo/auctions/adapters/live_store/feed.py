"""The live store as the feed to viewers reads it."""

from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import aclosing

import structlog
from msgspec import MsgspecError
from redis.asyncio import Redis
from redis.exceptions import RedisError

from martelo.auctions.adapters.live_store import calls
from martelo.auctions.adapters.live_store.async_connection import AsyncConnection
from martelo.auctions.adapters.live_store.connection import Words
from martelo.auctions.adapters.live_store.keys import (
    auction_keys,
    auction_of_channel,
    partition_keys,
    partition_of,
)
from martelo.auctions.adapters.live_store.subscriptions import Subscriptions
from martelo.auctions.domain.masking import Names
from martelo.auctions.ports.failures import StoreUnavailable
from martelo.auctions.ports.readings import Reading
from martelo.auctions.public_entries import (
    MESSAGE_DECODER,
    NAMES_ERASED,
    PublicEntry,
    Published,
    numbers_in,
    with_names,
)
from martelo.kernel.ids import AuctionId

BIDS = 50
EPOCH_AGE_S = 1.0
"""A server is asked for its replication id at most this often."""

VIEWERS_TTL_MS = 30_000
BATCH_SIZE = 500

log = structlog.get_logger(__name__)


class ValkeyFeed:
    """`Feed` on a server or a Cluster; `process` names this process among those with viewers."""

    def __init__(
        self,
        connection: AsyncConnection,
        subscriptions: Subscriptions,
        process: str,
        clock: Callable[[], float],
    ) -> None:
        self._connection = connection
        self._subscriptions = subscriptions
        self._process = process
        self._clock = clock
        self._epochs: dict[int, tuple[float, str]] = {}

    async def epoch(self, auction_id: AuctionId) -> str:
        """Return the replication id of the primary that owns the auction's partition."""
        try:
            key = partition_keys(partition_of(auction_id)).ends
            node = await self._connection.valkey.node_of(key)
            cached = self._epochs.get(id(node))
            if cached is None or cached[0] <= self._clock():
                cached = (self._clock() + EPOCH_AGE_S, await _replication_id(node))
                self._epochs[id(node)] = cached
        except (RedisError, OSError) as error:
            await self._connection.refresh_after(error)
            raise StoreUnavailable(str(error)) from error
        return cached[1]

    async def read(self, auction_id: AuctionId) -> Reading | None:
        call = calls.read_call(auction_id, None, BIDS)
        reply = await self._connection.ask(call.keys[0], *call.command)
        return calls.reading(auction_id, None, reply)

    async def public_entries(
        self, auction_id: AuctionId, after_seq: int, limit: int
    ) -> list[Published]:
        ledger = auction_keys(auction_id).ledger
        found: list[PublicEntry] = []
        start = f"{after_seq + 1}-0"
        while len(found) < limit:
            rows = await self._connection.ask(ledger, "XRANGE", ledger, start, "+", "COUNT", limit)
            found += calls.public_rows(rows)
            if len(rows) < limit:
                break
            start = f"({rows[-1][0].decode()}"
        return with_names(found[:limit], await self._names(auction_id, found[:limit]))

    async def latest_seqs(self, auction_ids: Sequence[AuctionId]) -> dict[AuctionId, int]:
        """Return the last public `seq` of each that is live, in few rounds.

        The id of a ledger's last entry says it: a raise carries the last public `seq`.
        """
        found: dict[AuctionId, int] = {}
        for first in range(0, len(auction_ids), BATCH_SIZE):
            ledgers = {
                auction_keys(auction_id).ledger: auction_id
                for auction_id in auction_ids[first : first + BATCH_SIZE]
            }
            commands: dict[str, Words] = {
                ledger: ("XREVRANGE", ledger, "+", "-", "COUNT", 1) for ledger in ledgers
            }
            replies = await self._connection.ask_each(commands)
            found |= {
                ledgers[ledger]: int(rows[0][0].partition(b"-")[0])
                for ledger, rows in replies.items()
                if rows
            }
        return found

    async def subscribe(self, auction_id: AuctionId) -> None:
        await self._subscriptions.subscribe(auction_keys(auction_id).channel)

    async def unsubscribe(self, auction_id: AuctionId) -> None:
        await self._subscriptions.unsubscribe(auction_keys(auction_id).channel)

    async def messages(self) -> AsyncIterator[tuple[AuctionId, Published | None]]:
        # A broken connection may mean another server: its history may differ.
        self._epochs.clear()
        async with aclosing(self._subscriptions.messages()) as messages:
            async for channel, payload in messages:
                if payload == NAMES_ERASED:
                    yield auction_of_channel(channel), None
                    continue
                try:
                    published = MESSAGE_DECODER.decode(payload)
                except MsgspecError as error:
                    log.warning("unreadable-message", channel=channel, reason=str(error))
                    continue
                yield auction_of_channel(channel), published

    async def count_viewers(self, auction_id: AuctionId, count: int) -> int:
        call = calls.watch_call(auction_id, self._process, count, VIEWERS_TTL_MS)
        return int(await self._connection.ask(call.keys[0], *call.command))

    async def _names(self, auction_id: AuctionId, entries: Sequence[PublicEntry]) -> Names:
        numbers = sorted(set[int]().union(*map(numbers_in, entries)))
        if not numbers:
            return {}
        words = calls.names_words(auction_id, numbers)
        return calls.names(numbers, await self._connection.ask(words[1], *words))


async def _replication_id(node: Redis) -> str:
    return str((await node.info("replication"))["master_replid"])
