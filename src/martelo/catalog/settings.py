"""Every setting of the catalog's processes; units are in the names."""

from martelo.runtime.process.settings import ProcessSettings, ServerSettings


class ApiSettings(ServerSettings):
    """`catalog-api`, which reads and writes on the primary."""

    database_url: str
    accounts_url: str
    images_url: str
    service_key: str | None = None


class ReplicaSettings(ServerSettings):
    """`catalog-replica`, which only reads: from the standby if there is one."""

    database_reader_url: str
    accounts_url: str
    service_key: str | None = None


class MigrateSettings(ProcessSettings):
    """The `migrate` one-off; it needs the right to make tables.

    With `DATABASE_URL` its role is granted the use of the tables; a house may grant that itself.
    """

    database_url: str | None = None
    database_owner_url: str
