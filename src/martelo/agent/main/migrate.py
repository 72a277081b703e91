"""`migrate`: the agent's tables."""

from martelo.agent.adapters.migrate import FOLDER
from martelo.agent.settings import MigrateSettings
from martelo.runtime import logs, migrations
from martelo.runtime.settings import load


def run() -> None:
    """Bring the tables up to date."""
    settings = load(MigrateSettings)
    logs.configure(settings.log_format, settings.log_level, "agent-migrate")
    migrations.migrate(
        FOLDER, settings.database_owner_url, settings.database_url, application="agent-migrate"
    )
