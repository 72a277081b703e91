"""Every knob of the agent's processes; units stand in the names."""

from martelo.runtime.settings import ProcessSettings


class ApiSettings(ProcessSettings):
    """`agent-api`."""

    database_url: str
    accounts_url: str
    service_key: str | None = None


class MigrateSettings(ProcessSettings):
    """The `migrate` one-off; it needs the right to make tables.

    With `DATABASE_URL` its role is granted the use of the tables; a house may grant that itself.
    """

    database_url: str | None = None
    database_owner_url: str
