"""`migrate`: bring the tables up to date."""

from pathlib import Path

from martelo.catalog.settings import MigrateSettings
from martelo.runtime.postgresql import migrations
from martelo.runtime.postgresql.connections import DatabaseUnavailable
from martelo.runtime.process.commands import Command

MIGRATIONS = Path(__file__).parents[1] / "adapters" / "migrations"


def run(settings: MigrateSettings) -> None:
    """Bring the tables up to date."""
    migrations.migrate(
        MIGRATIONS,
        settings.database_owner_url,
        settings.database_url,
        application="catalog-migrate",
    )


COMMAND = Command(
    name="catalog-migrate", settings=MigrateSettings, run=run, unavailable=(DatabaseUnavailable,)
)
