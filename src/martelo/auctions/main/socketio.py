"""`auctions-socketio`: the same feed over Socket.IO, and bids on the live store."""

import uvloop

from martelo.auctions.live.limits import Limits
from martelo.auctions.live.metrics import LiveMetrics
from martelo.auctions.live.origins import parse_origins
from martelo.auctions.live.socketio.app import Health, serve
from martelo.auctions.live.socketio.events import SocketIo
from martelo.auctions.main.feed import (
    BACKLOG,
    BUFFER_BYTES,
    build_bidding,
    build_hub,
    calm_collector,
    known_id,
    open_archive,
    raise_file_limit,
    running,
)
from martelo.auctions.ports.failures import RecordUnavailable, StoreUnavailable
from martelo.auctions.settings import SocketIoSettings
from martelo.runtime.process.commands import Command
from martelo.runtime.process.metrics import open_registry
from martelo.runtime.valkey.async_client import connect_async


def run(settings: SocketIoSettings) -> None:
    """Serve Socket.IO until SIGTERM or SIGINT."""
    raise_file_limit()
    calm_collector()
    uvloop.run(_serve(settings))


async def _serve(settings: SocketIoSettings) -> None:
    registry = open_registry()
    valkey = connect_async(settings.address_url, timeout_s=settings.valkey_timeout_ms / 1000)
    archive = open_archive(settings.auctions_url)
    limits = Limits(buffer_bytes=BUFFER_BYTES)
    hub = build_hub(valkey, archive, limits, LiveMetrics(registry))
    bidding = build_bidding(settings, valkey, archive, registry)
    origins = parse_origins(settings.public_url, settings.allowed_origins)
    transport = SocketIo(hub, bidding, known_id, origins, settings.port)
    async with running(hub, valkey) as stop:
        await serve(
            transport,
            Health(hub, registry),
            host=settings.host,
            port=settings.port,
            backlog=BACKLOG,
            stop=stop,
        )


COMMAND = Command(
    name="auctions-socketio",
    settings=SocketIoSettings,
    run=run,
    unavailable=(RecordUnavailable, StoreUnavailable),
)
