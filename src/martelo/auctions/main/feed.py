"""What the feed's processes share: a hub on the live store, run until SIGTERM or SIGINT."""

import asyncio
import contextlib
import gc
import resource
import secrets
import signal
import socket
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from prometheus_client import CollectorRegistry

from martelo.auctions.adapters.live_store.async_connection import AsyncConnection
from martelo.auctions.adapters.live_store.bids import ValkeyBids
from martelo.auctions.adapters.live_store.connection import Durability
from martelo.auctions.adapters.live_store.feed import ValkeyFeed
from martelo.auctions.adapters.live_store.keys import MAX_PARTITIONS, parse_auction_id
from martelo.auctions.adapters.live_store.standings import AsyncValkeyStandings
from martelo.auctions.adapters.live_store.subscriptions import Subscriptions
from martelo.auctions.live.bids.batches import Batches
from martelo.auctions.live.bids.bidding import Bidding
from martelo.auctions.live.hub.archive import ApiArchive, Archive
from martelo.auctions.live.hub.dependencies import Dependencies
from martelo.auctions.live.hub.hub import Hub
from martelo.auctions.live.limits import Limits
from martelo.auctions.live.metrics import BidMetrics, LiveMetrics
from martelo.auctions.main.store import durability_of
from martelo.auctions.settings import BID_BURST, SocketSettings
from martelo.kernel.ids import AuctionId
from martelo.runtime.buckets import open_buckets
from martelo.runtime.http.client import open_client
from martelo.runtime.identity.tokens import TokenVerifier
from martelo.runtime.valkey.async_client import AsyncValkey

FEED_TIMEOUT_S = 2.0
BACKLOG = 65_535
"""Above any viewer count; the system lowers it to its own bound."""

BUFFER_BYTES = 64 * 1024
"""For each viewer; one connection may watch many auctions."""


@asynccontextmanager
async def running(hub: Hub, valkey: AsyncValkey) -> AsyncIterator[asyncio.Event]:
    """Run the hub; yield what is set when the process is to stop, or the hub has failed."""
    stop = stop_on_signals()
    task = asyncio.create_task(hub.run())
    task.add_done_callback(lambda _task: stop.set())
    try:
        yield stop
        await hub.close()
    finally:
        task.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await task
        await valkey.close()


def build_hub(valkey: AsyncValkey, archive: Archive, limits: Limits, metrics: LiveMetrics) -> Hub:
    """Return a hub on a store, with its record behind it."""
    process = f"{socket.gethostname()}-{secrets.token_hex(8)}"
    feed = ValkeyFeed(
        AsyncConnection(valkey, Durability()),
        Subscriptions(valkey, FEED_TIMEOUT_S),
        process,
        time.monotonic,
    )
    return Hub(Dependencies(feed, archive, limits, metrics, time.monotonic, {}))


def build_bidding(
    settings: SocketSettings, valkey: AsyncValkey, archive: Archive, registry: CollectorRegistry
) -> Bidding:
    """Return what takes bids that come over sockets."""
    connection = AsyncConnection(valkey, durability_of(settings))
    bids = ValkeyBids(connection, confirmation_factor=settings.bid_confirmation_factor)
    return Bidding(
        batches=Batches(bids, BidMetrics(registry)),
        standings=AsyncValkeyStandings(connection, time.monotonic),
        verifier=TokenVerifier(
            settings.accounts_url, open_client(), time.time, service_key=settings.service_key
        ),
        buckets=open_buckets(
            "bids", settings, rate_per_s=settings.bids_per_second, burst=BID_BURST
        ),
        archive=archive,
        parse_id=known_id,
    )


def open_archive(auctions_url: str) -> Archive:
    """Return where lots are found that are no longer live."""
    return ApiArchive(auctions_url, open_client(), time.monotonic)


def known_id(text: str) -> AuctionId | None:
    """Return the auction id that `text` is; the store knows whether there is such a partition."""
    return parse_auction_id(text, MAX_PARTITIONS)


def stop_on_signals() -> asyncio.Event:
    """Return what SIGTERM and SIGINT set."""
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, stop.set)
    return stop


def calm_collector() -> None:
    """Look for garbage in cycles rarely: what was made at the start stays, and cycles are few.

    Else every few hundred bids, and every few viewers, each object of the process is visited.
    """
    gc.freeze()
    gc.set_threshold(50_000, 20, 50)


def raise_file_limit() -> None:
    """Let this process hold as many connections as the system allows."""
    _, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))
