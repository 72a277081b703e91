"""The live store, as every process of the auctions opens it."""

import redis

from martelo.auctions.adapters.live_store.connection import Connection, Durability
from martelo.auctions.ports.failures import StoreUnavailable
from martelo.auctions.settings import StoreSettings
from martelo.runtime.valkey.client import Valkey, connect


def durability_of(settings: StoreSettings) -> Durability:
    """Return what must hold a change before it is acknowledged."""
    return Durability(settings.valkey_wait_replicas, settings.valkey_wait_timeout_ms)


def open_valkey(settings: StoreSettings, url: str | None = None) -> Valkey:
    """Return a client of the store, at `url` where it is another than the settings'.

    Raises:
        StoreUnavailable: A Cluster did not return its slots.
    """
    try:
        return connect(url or settings.address_url, timeout_s=settings.valkey_timeout_ms / 1000)
    except redis.exceptions.RedisError as error:
        raise StoreUnavailable(str(error)) from error


def open_connection(settings: StoreSettings) -> tuple[Connection, Valkey]:
    """Return a connection to the store that acknowledges as its settings say.

    Raises:
        StoreUnavailable: As `open_valkey`.
    """
    valkey = open_valkey(settings)
    return Connection(valkey, durability_of(settings)), valkey
