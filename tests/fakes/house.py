"""A hub on a store in memory, and viewers whose write buffers the test fills and empties."""

import asyncio
import time
from collections.abc import Callable
from dataclasses import dataclass, field

from fakes.event_stream import Event, parse_events
from fakes.memory_feed import MemoryFeed
from fakes.memory_store import MemoryStore
from martelo.auctions.domain.answers import Placed
from martelo.auctions.domain.auction import Person
from martelo.auctions.domain.bidding import Bid
from martelo.auctions.domain.creating import Draft
from martelo.auctions.domain.refusals import AuctionNotFound
from martelo.auctions.live.hub.frames import Encoding, Json, Snapshot, parse_position
from martelo.auctions.live.hub.hub import Hub, Watch
from martelo.auctions.live.hub.viewer import Viewer
from martelo.auctions.live.metrics import LiveMetrics
from martelo.auctions.live.sse.events import ENCODING
from martelo.kernel.ids import AccountId, AuctionId

ANA = Person(AccountId("a1"), "Ana")
BRUNO = Person(AccountId("b2"), "Bruno")
CARLA = Person(AccountId("c3"), "Carla")
LOT = AuctionId("07-0123456789abc")
SOON_S = 5
"""How long a test waits for an expected event."""


async def until(holds: Callable[[], object]) -> None:
    """Return once `holds` is true, or fail."""
    deadline = time.monotonic() + SOON_S
    while not holds():
        assert time.monotonic() < deadline, "it did not become true in time"
        await asyncio.sleep(0.001)


@dataclass
class FakeSink:
    """A viewer's connection that records each write."""

    writes: list[bytes] = field(default_factory=list)
    is_finished: bool = False
    is_cut: bool = False
    viewer: Viewer | None = None
    began: list[Snapshot | None] = field(default_factory=list)
    encoding: Encoding = ENCODING

    def attach(self, viewer: Viewer) -> None:
        self.viewer = viewer

    def begin(self, snapshot: Snapshot | None) -> None:
        self.began.append(snapshot)
        if snapshot is not None:
            self.write(snapshot.frame.encoded(self.encoding))

    def write(self, data: bytes) -> None:
        self.writes.append(data)

    def finish(self) -> None:
        self.is_finished = True

    def abort(self) -> None:
        self.is_cut = True

    @property
    def events(self) -> list[Event]:
        return parse_events(b"".join(self.writes))

    @property
    def names(self) -> list[str]:
        return [event.name for event in self.events]

    @property
    def seqs(self) -> list[int]:
        return [event.seq for event in self.events if event.name != "extended"]

    def fill(self) -> None:
        assert self.viewer is not None
        self.viewer.hold()

    def drain(self) -> None:
        assert self.viewer is not None
        self.viewer.release()


class FakeArchive:
    """The record of auctions that are no longer live."""

    def __init__(self) -> None:
        self.lots: dict[AuctionId, Json] = {}

    async def read(self, auction_id: AuctionId) -> Json:
        try:
            return self.lots[auction_id]
        except KeyError:
            raise AuctionNotFound from None


@dataclass
class House:
    """A feed with its store, and shortcuts for the actions of a test."""

    store: MemoryStore
    feed: MemoryFeed
    archive: FakeArchive
    hub: Hub
    metrics: LiveMetrics
    cents: int = 10_000

    def create(self, *, duration_ms: int = 600_000, starts_at_ms: int | None = None) -> None:
        draft = Draft("Bolo", "de fubá", 10_000, duration_ms=duration_ms, starts_at_ms=starts_at_ms)
        self.store.create(LOT, ANA, draft)
        self.feed.publish(LOT)

    def bid(self, *, publish: bool = True) -> int:
        """Place the next bid and return its `seq`."""
        by = BRUNO if self.cents % 2_000 else CARLA
        placed = self.store.place_bid(LOT, Bid(by, amount_cents=self.cents))
        assert isinstance(placed, Placed), placed
        self.cents += 11_000
        if publish:
            self.feed.publish(LOT)
        return placed.seq

    def close(self) -> None:
        self.store.clock_ms += 90 * 86_400_000
        self.store.close([LOT])
        self.feed.publish(LOT)

    async def watch(self, sink: FakeSink, after: str | None = None) -> Watch:
        return await self.hub.join(LOT, parse_position(after), sink, sink.attach)
