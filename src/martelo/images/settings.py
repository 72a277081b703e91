"""Every setting of the images' processes; units are in the names."""

from pydantic import Field, Json

from martelo.runtime.identity.service_keys import ServiceCaller
from martelo.runtime.process.settings import ProcessSettings, ServerSettings


class ApiSettings(ServerSettings):
    """`images-api`; `service_callers` are who may ask whose a picture is."""

    database_url: str
    accounts_url: str
    service_callers: Json[dict[str, ServiceCaller]]
    service_key: str | None = None
    uploads_per_minute: int = Field(default=30, ge=1)


class MigrateSettings(ProcessSettings):
    """The `migrate` one-off; it needs the right to make tables.

    With `DATABASE_URL` its role is granted the use of the tables; a house may grant that itself.
    """

    database_url: str | None = None
    database_owner_url: str
