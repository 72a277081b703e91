"""Every setting of the auctions' processes; units are in the names."""

from pathlib import Path
from typing import Annotated

from pydantic import Field, Json

from martelo.runtime.identity.service_keys import ServiceCaller
from martelo.runtime.process.settings import ProcessSettings, ServerSettings
from martelo.runtime.valkey.client import ValkeySettings

PublicUrl = Annotated[str, Field(pattern=r"^https?://[^/?#\s]+/?$")]

BID_BURST = 40
"""Bids that an account may place at once, before `bids_per_second` holds."""


class BidSettings(ProcessSettings):
    """What every process that takes bids reads."""

    bids_per_second: float = Field(default=20, gt=0)
    bid_confirmation_factor: int = Field(default=100, ge=0, le=1_000_000)
    """A bid above so many times the minimum bid has to be confirmed; 0: none has to."""


class StoreSettings(ProcessSettings, ValkeySettings):
    """What every process of the live store reads."""


class ContractSettings(ProcessSettings):
    """The `asyncapi` one-off; `public_url` is the server that the document names."""

    public_url: PublicUrl | None = None


class ApiSettings(StoreSettings, BidSettings, ContractSettings, ServerSettings):
    """`auctions-api`; `service_callers` are who may ask for the ends of the last days."""

    database_url: str
    accounts_url: str
    images_url: str
    max_open_lots: int = Field(default=200, ge=1)
    """Of an account that does not administer the house."""
    service_key: str | None = None
    service_callers: Json[dict[str, ServiceCaller]] | None = None


class SocketSettings(StoreSettings, BidSettings):
    """What the processes of the live feed read; `auctions_url`: where archived lots are asked for.

    `allowed_origins` are separated by commas, beside `public_url`'s own.
    """

    auctions_url: str
    accounts_url: str
    service_key: str | None = None
    public_url: str | None = None
    allowed_origins: str = ""


class FeedSettings(SocketSettings):
    """`auctions-live`."""

    live_window_ms: int = Field(default=20, ge=0, le=1_000)
    """Bids that follow another within this time go out with it in one write; 0: each by itself."""
    live_slow_s: float = Field(default=30, gt=0)
    live_drain_s: float = Field(default=2, ge=0)


class SocketIoSettings(SocketSettings):
    """`auctions-socketio`."""


class WorkerSettings(StoreSettings):
    """`auctions-worker`; `MARTELO_PORT` is its side port."""

    database_url: str
    kept_after_end_s: int = Field(default=86_400, ge=0)
    """How long the live store keeps an ended auction that the record holds."""
    data_folders: str = ""
    """Folders whose disks are measured, separated by commas."""

    @property
    def data_folder_paths(self) -> list[Path]:
        """The folders of `data_folders`."""
        return [Path(each.strip()) for each in self.data_folders.split(",") if each.strip()]


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
