"""The Socket.IO process: the same hub, and bids on the live store."""

import time
from dataclasses import dataclass, field
from urllib.parse import urlsplit

import uvloop
from prometheus_client import CollectorRegistry

from martelo.auctions.adapters.valkey_async import AsyncConnection
from martelo.auctions.adapters.valkey_bids import ValkeyBids
from martelo.auctions.adapters.valkey_connection import Durability
from martelo.auctions.live.bidding import Bidding
from martelo.auctions.live.limits import Limits
from martelo.auctions.live.metrics import LiveMetrics
from martelo.auctions.live.processes import (
    BACKLOG,
    build_hub,
    known_id,
    open_archive,
    raise_file_limit,
    running,
)
from martelo.auctions.live.socketio import Origins, SocketIo
from martelo.auctions.live.socketio_app import Health, serve
from martelo.auctions.live.socketio_packets import SocketIoEncoding
from martelo.runtime.buckets import TokenBuckets
from martelo.runtime.http import open_client
from martelo.runtime.tokens import TokenVerifier
from martelo.runtime.valkey_async import connect_async

BID_BURST = 40
BUFFER_BYTES = 64 * 1024
"""Smaller than a stream's: one connection may watch many auctions."""


@dataclass(frozen=True, slots=True)
class SocketIoSettings:
    """What `socketio` needs to know."""

    host: str
    port: int
    valkey_url: str
    valkey_timeout_ms: int
    durability: Durability
    auctions_url: str
    accounts_url: str
    service_key: str | None
    public_url: str | None
    allowed_origins: tuple[str, ...]
    bids_per_second: float | None
    """`None` where rate limits are off."""
    limits: Limits = field(default_factory=lambda: Limits(buffer_bytes=BUFFER_BYTES))


def socketio(settings: SocketIoSettings) -> None:
    """Serve Socket.IO until SIGTERM or SIGINT."""
    raise_file_limit()
    uvloop.run(_socketio(settings))


async def _socketio(settings: SocketIoSettings) -> None:
    registry = CollectorRegistry()
    valkey = connect_async(settings.valkey_url, timeout_s=settings.valkey_timeout_ms / 1000)
    archive = open_archive(settings.auctions_url)
    hub = build_hub(valkey, archive, SocketIoEncoding(), settings.limits, LiveMetrics(registry))
    bidding = Bidding(
        bids=ValkeyBids(AsyncConnection(valkey, settings.durability)),
        verifier=TokenVerifier(
            settings.accounts_url, open_client(), time.time, service_key=settings.service_key
        ),
        buckets=_buckets(settings.bids_per_second),
        archive=archive,
        parse_id=known_id,
    )
    origins = Origins(_origins(settings))
    transport = SocketIo(hub, bidding, known_id, origins)
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
    named = set(settings.allowed_origins)
    if settings.public_url is not None:
        parts = urlsplit(settings.public_url)
        named.add(f"{parts.scheme}://{parts.netloc}")
    return frozenset(named)


def _buckets(bids_per_second: float | None) -> TokenBuckets | None:
    if bids_per_second is None:
        return None
    return TokenBuckets(rate_per_s=bids_per_second, burst=BID_BURST, clock=time.monotonic)
