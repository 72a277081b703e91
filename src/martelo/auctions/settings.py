"""Every knob of the auctions' processes; units stand in the names."""

from pydantic import Field, Json

from martelo.runtime.service_keys import ServiceCaller
from martelo.runtime.settings import ProcessSettings
from martelo.runtime.valkey import ValkeySettings

BID_BURST = 40
"""Bids that an account may place at once, before `bids_per_second` holds."""


class StoreSettings(ProcessSettings, ValkeySettings):
    """What every process of the live store reads."""


class ApiSettings(StoreSettings):
    """`auctions-api`; `service_callers` are who may ask for the ends of the last days."""

    database_url: str
    accounts_url: str
    images_url: str
    service_key: str | None = None
    service_callers: Json[dict[str, ServiceCaller]] | None = None
    bids_per_second: float = Field(default=20, gt=0)


class FeedSettings(StoreSettings):
    """`auctions-live`; `auctions_url` is where archived lots are asked for."""

    auctions_url: str
    live_slow_s: float = Field(default=30, gt=0)
    live_drain_s: float = Field(default=2, ge=0)


class SocketIoSettings(StoreSettings):
    """`auctions-socketio`; `allowed_origins` are parted by commas, beside `public_url`'s own."""

    auctions_url: str
    accounts_url: str
    service_key: str | None = None
    public_url: str | None = None
    allowed_origins: str = ""
    bids_per_second: float = Field(default=20, gt=0)


class WorkerSettings(StoreSettings):
    """`auctions-worker`; `MARTELO_PORT` is its side port."""

    database_url: str
    kept_after_end_s: int = Field(default=86_400, ge=0)
    """How long the live store keeps an ended auction that the record holds."""


class VerifySettings(StoreSettings):
    """The `verify` one-off."""

    database_url: str


class MigrateSettings(StoreSettings):
    """The `migrate` one-off; it needs the rights to load functions and to make tables.

    With `DATABASE_URL` its role is granted the use of the tables; a house may grant that itself.
    """

    database_url: str | None = None
    database_owner_url: str
    valkey_admin_url: str | None = None
    martelo_partitions: int = Field(default=16, ge=1, le=100)
