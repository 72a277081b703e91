"""`auctions-live`: event streams over HTTP."""

import uvloop
from prometheus_client import CollectorRegistry

from martelo.auctions.live.limits import Limits
from martelo.auctions.live.metrics import LiveMetrics
from martelo.auctions.live.server import Server, Timing
from martelo.auctions.main.feed import (
    BACKLOG,
    FEED_TIMEOUT_S,
    build_hub,
    known_id,
    open_archive,
    raise_file_limit,
    running,
)
from martelo.auctions.main.store import start_logs
from martelo.auctions.settings import FeedSettings
from martelo.runtime.settings import load
from martelo.runtime.valkey_async import connect_async


def run() -> None:
    """Serve event streams until SIGTERM or SIGINT."""
    settings = load(FeedSettings)
    start_logs(settings, "auctions-live")
    raise_file_limit()
    uvloop.run(_serve(settings))


async def _serve(settings: FeedSettings) -> None:
    registry = CollectorRegistry()
    valkey = connect_async(settings.address_url, timeout_s=FEED_TIMEOUT_S)
    archive = open_archive(settings.auctions_url)
    limits = Limits(slow_s=settings.live_slow_s)
    hub = build_hub(valkey, archive, limits, LiveMetrics(registry))
    server = Server(hub, registry, known_id, Timing(drain_s=settings.live_drain_s))
    async with running(hub, valkey) as stop:
        await server.run(settings.host, settings.port, BACKLOG, stop)
