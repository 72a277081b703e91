"""`migrate`: the agent's tables."""

from martelo.agent.adapters.effects.migrate import FOLDER
from martelo.agent.settings import MigrateSettings
from martelo.runtime.postgresql import migrations
from martelo.runtime.process import logs
from martelo.runtime.process.settings import load


def run() -> None:
    """Bring the tables up to date."""
    settings = load(MigrateSettings)
    logs.configure(settings.log_format, settings.log_level, "agent-migrate")
    migrations.migrate(
        FOLDER, settings.database_owner_url, settings.database_url, application="agent-migrate"
    )
