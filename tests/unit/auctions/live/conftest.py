"""A hub on a store in memory."""

import asyncio
import time
from collections.abc import AsyncIterator

import pytest
from prometheus_client import CollectorRegistry

from fakes.house import FakeArchive, House
from fakes.memory_feed import MemoryFeed
from fakes.memory_store import MemoryStore
from martelo.auctions.live.hub.dependencies import Dependencies
from martelo.auctions.live.hub.hub import Hub
from martelo.auctions.live.limits import Limits
from martelo.auctions.live.metrics import LiveMetrics


@pytest.fixture
def limits() -> Limits:
    return Limits(
        window_s=0.005,
        buffer_bytes=4_000,
        slow_s=0.2,
        recent=50,
        compare_s=0.02,
        count_s=0.01,
        backoff_s=0.001,
        linger_s=0.05,
        snapshot_age_s=0.0,
    )


@pytest.fixture
async def house(limits: Limits) -> AsyncIterator[House]:
    store, archive = MemoryStore(), FakeArchive()
    store.clock_ms = int(time.time() * 1000)
    feed, metrics = MemoryFeed(store), LiveMetrics(CollectorRegistry())
    hub = Hub(Dependencies(feed, archive, limits, metrics, time.monotonic, {}))
    running = asyncio.create_task(hub.run())
    yield House(store, feed, archive, hub, metrics)
    await hub.close()
    running.cancel()
    await asyncio.gather(running, return_exceptions=True)
