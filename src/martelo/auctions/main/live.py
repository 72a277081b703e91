"""`auctions-live`: event streams over HTTP, and events and bids over WebSocket."""

import time

import uvloop

from martelo.auctions.live.http.server import FeedServer, Timing
from martelo.auctions.live.limits import Limits
from martelo.auctions.live.metrics import LiveMetrics
from martelo.auctions.live.origins import parse_origins
from martelo.auctions.live.websocket.session import SessionDependencies
from martelo.auctions.main.feed import (
    BACKLOG,
    BUFFER_BYTES,
    FEED_TIMEOUT_S,
    build_bidding,
    build_hub,
    calm_collector,
    known_id,
    open_archive,
    raise_file_limit,
    running,
)
from martelo.auctions.ports.failures import RecordUnavailable, StoreUnavailable
from martelo.auctions.settings import FeedSettings
from martelo.runtime.buckets import TokenBuckets
from martelo.runtime.process.commands import Command
from martelo.runtime.process.metrics import open_registry
from martelo.runtime.valkey.async_client import connect_async

FRAMES_PER_S = 20
FRAMES_AT_ONCE = 100
"""Frames of a connection that make us ask somebody: who it is, or what it wants to watch."""


def run(settings: FeedSettings) -> None:
    """Serve viewers and bidders until SIGTERM or SIGINT."""
    raise_file_limit()
    calm_collector()
    uvloop.run(_serve(settings))


async def _serve(settings: FeedSettings) -> None:
    registry = open_registry()
    feed_valkey = connect_async(settings.address_url, timeout_s=FEED_TIMEOUT_S)
    # Bids wait for replicas too: longer than the feed waits for anything.
    bids_valkey = connect_async(settings.address_url, timeout_s=settings.valkey_timeout_ms / 1000)
    archive = open_archive(settings.auctions_url)
    limits = Limits(
        window_s=settings.live_window_ms / 1000,
        buffer_bytes=BUFFER_BYTES,
        slow_s=settings.live_slow_s,
    )
    hub = build_hub(feed_valkey, archive, limits, LiveMetrics(registry))
    buckets = TokenBuckets(rate_per_s=FRAMES_PER_S, burst=FRAMES_AT_ONCE, clock=time.monotonic)
    sessions = SessionDependencies(
        hub,
        build_bidding(settings, bids_valkey, archive, registry),
        known_id,
        buckets if settings.rate_limits == "on" else None,
    )
    origins = parse_origins(settings.public_url, settings.allowed_origins)
    server = FeedServer(registry, sessions, origins, Timing(drain_s=settings.live_drain_s))
    async with running(hub, feed_valkey) as stop:
        await server.run(settings.host, settings.port, BACKLOG, stop)
    await bids_valkey.close()


COMMAND = Command(
    name="auctions-live",
    settings=FeedSettings,
    run=run,
    unavailable=(RecordUnavailable, StoreUnavailable),
)
