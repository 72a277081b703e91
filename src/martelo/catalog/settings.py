"""Every setting of the catalog's processes; units are in the names."""

from martelo.runtime.process.settings import ProcessSettings


class MigrateSettings(ProcessSettings):
    """The `migrate` one-off; it needs the right to make tables.

    With `DATABASE_URL` its role is granted the use of the tables; a house may grant that itself.
    """

    database_url: str | None = None
    database_owner_url: str
