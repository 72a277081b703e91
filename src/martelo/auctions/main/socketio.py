"""`auctions-socketio`: the same feed over Socket.IO, and bids on the live store."""

import time
from urllib.parse import urlsplit

import uvloop
from prometheus_client import CollectorRegistry

from martelo.auctions.adapters.valkey_async import AsyncConnection
from martelo.auctions.adapters.valkey_bids import ValkeyBids
from martelo.auctions.adapters.valkey_standings import AsyncValkeyStandings
from martelo.auctions.live.bidding import Bidding
from martelo.auctions.live.limits import Limits
from martelo.auctions.live.metrics import LiveMetrics
from martelo.auctions.live.socketio import Origins, SocketIo
from martelo.auctions.live.socketio_app import Health, serve
from martelo.auctions.live.socketio_packets import SocketIoEncoding
from martelo.auctions.main.feed import (
    BACKLOG,
    build_hub,
    known_id,
    open_archive,
    raise_file_limit,
    running,
)
from martelo.auctions.main.store import durability_of, start_logs
from martelo.auctions.settings import BID_BURST, SocketIoSettings
from martelo.runtime.buckets import open_buckets
from martelo.runtime.http import open_client
from martelo.runtime.settings import load
from martelo.runtime.tokens import TokenVerifier
from martelo.runtime.valkey_async import connect_async

BUFFER_BYTES = 64 * 1024
"""Smaller than a stream's: one connection may watch many auctions."""


def run() -> None:
    """Serve Socket.IO until SIGTERM or SIGINT."""
    settings = load(SocketIoSettings)
    start_logs(settings, "auctions-socketio")
    raise_file_limit()
    uvloop.run(_serve(settings))


async def _serve(settings: SocketIoSettings) -> None:
    registry = CollectorRegistry()
    valkey = connect_async(settings.address_url, timeout_s=settings.valkey_timeout_ms / 1000)
    archive = open_archive(settings.auctions_url)
    limits = Limits(buffer_bytes=BUFFER_BYTES)
    hub = build_hub(valkey, archive, SocketIoEncoding(), limits, LiveMetrics(registry))
    connection = AsyncConnection(valkey, durability_of(settings))
    bidding = Bidding(
        bids=ValkeyBids(connection),
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
    transport = SocketIo(hub, bidding, known_id, Origins(_origins(settings)), settings.port)
    async with running(hub, valkey) as stop:
        await serve(
            transport,
            Health(hub, registry),
            host=settings.host,
            port=settings.port,
            backlog=BACKLOG,
            stop=stop,
        )


def _origins(settings: SocketIoSettings) -> frozenset[str]:
    named = {origin.strip() for origin in settings.allowed_origins.split(",")} - {""}
    if settings.public_url is not None:
        parts = urlsplit(settings.public_url)
        named.add(f"{parts.scheme}://{parts.netloc}")
    return frozenset(named)
