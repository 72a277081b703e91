"""`migrate`: bring the tables up to date."""

from martelo.agent.adapters.effects.migrate import FOLDER
from martelo.agent.settings import MigrateSettings
from martelo.runtime.postgresql import migrations
from martelo.runtime.postgresql.connections import DatabaseUnavailable
from martelo.runtime.process.commands import Command


def run(settings: MigrateSettings) -> None:
    """Bring the tables up to date."""
    migrations.migrate(
        FOLDER, settings.database_owner_url, settings.database_url, application="agent-migrate"
    )


COMMAND = Command(
    name="agent-migrate", settings=MigrateSettings, run=run, unavailable=(DatabaseUnavailable,)
)
