"""The feed of a store in memory, with faults: lost messages, broken connections, silence."""

import asyncio
from collections import Counter
from collections.abc import AsyncIterator, Sequence

from fakes.memory_store import MemoryStore
from martelo.auctions.ports.failures import StoreUnavailable
from martelo.auctions.ports.readings import Reading
from martelo.auctions.public_entries import PublicEntry, Published, numbers_in, with_names
from martelo.kernel.ids import AuctionId

Message = tuple[AuctionId, Published | None]


class MemoryFeed:
    """`Feed` on `store`; `publish` sends new entries to the subscribers."""

    def __init__(self, store: MemoryStore) -> None:
        self.store = store
        self.replication_id = "first"
        self.is_down = False
        self.subscribed: set[AuctionId] = set()
        self.calls: Counter[str] = Counter()
        self.reported: dict[AuctionId, int] = {}
        self.others = 0
        self._published: dict[AuctionId, int] = {}
        self._queue: asyncio.Queue[Message | None] = asyncio.Queue()

    def publish(self, auction_id: AuctionId, *, lost: Sequence[int] = ()) -> None:
        """Send every entry not sent yet, except those whose `seq` is in `lost`."""
        known = self._published.get(auction_id, 0)
        for each in self._named(auction_id, known, 100_000):
            seq = self._published[auction_id] = each.entry.seq
            if auction_id in self.subscribed and seq not in lost:
                self._queue.put_nowait((auction_id, each))

    def send(self, auction_id: AuctionId, entry: PublicEntry) -> None:
        """Send one message, which may be a repetition."""
        self._queue.put_nowait((auction_id, Published(entry)))

    def erase_name(self, auction_id: AuctionId, number: int) -> None:
        """Erase a name, and send what says so."""
        self.store.erase_names([(auction_id, number)])
        self._queue.put_nowait((auction_id, None))

    def abort(self) -> None:
        """Break the connection of the subscriptions."""
        self.subscribed.clear()
        self._queue.put_nowait(None)

    async def epoch(self, auction_id: AuctionId) -> str:  # noqa: ARG002 - one server
        self._called("epoch")
        return self.replication_id

    async def read(self, auction_id: AuctionId) -> Reading | None:
        self._called("read")
        await asyncio.sleep(0)
        return self.store.read(auction_id)

    async def public_entries(
        self, auction_id: AuctionId, after_seq: int, limit: int
    ) -> list[Published]:
        self._called("public_entries")
        await asyncio.sleep(0)
        return self._named(auction_id, after_seq, limit)

    def _named(self, auction_id: AuctionId, after_seq: int, limit: int) -> list[Published]:
        entries = self.store.public_entries(auction_id, after_seq, limit)
        numbers = set[int]().union(*map(numbers_in, entries))
        return with_names(entries, self.store.names(auction_id, sorted(numbers)))

    async def latest_seqs(self, auction_ids: Sequence[AuctionId]) -> dict[AuctionId, int]:
        self._called("latest_seqs")
        readings = {name: self.store.read(name) for name in auction_ids}
        return {name: found.auction.seq for name, found in readings.items() if found}

    async def subscribe(self, auction_id: AuctionId) -> None:
        self._called("subscribe")
        self.subscribed.add(auction_id)

    async def unsubscribe(self, auction_id: AuctionId) -> None:
        self._called("unsubscribe")
        self.subscribed.discard(auction_id)

    async def messages(self) -> AsyncIterator[Message]:
        while True:
            message = await self._queue.get()
            if message is None:
                raise StoreUnavailable("cut")
            yield message

    async def count_viewers(self, auction_id: AuctionId, count: int) -> int:
        self._called("count_viewers")
        self.reported[auction_id] = count
        return self.others + count

    def _called(self, name: str) -> None:
        self.calls[name] += 1
        if self.is_down:
            raise StoreUnavailable("down")
