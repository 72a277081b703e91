"""The record's schema, brought to the newest version (the `migrate` one-off)."""

from pathlib import Path

import structlog
from psycopg import sql
from psycopg.conninfo import conninfo_to_dict
from sqlalchemy import Connection, create_engine, text
from sqlalchemy.pool import NullPool

from martelo.runtime.postgresql import connect, named_faults

MIGRATION_LOCK = 0x6D61_7274_0001
"""The advisory lock of whoever migrates this database; others wait for it."""

LOCK_TIMEOUT_MS = 5_000
"""A migration that waits longer for a table gives up rather than hold everyone behind it."""

log = structlog.get_logger(__name__)


def migrate_record(owner_url: str, runtime_url: str | None) -> None:
    """Migrate the database of `owner_url`; let the role of `runtime_url`, if any, use its tables.

    Raises:
        DatabaseUnavailable: It does not answer.
    """
    # Processes that serve share this module's package and have no use for seven more megabytes.
    from alembic import command  # noqa: PLC0415
    from alembic.config import Config  # noqa: PLC0415

    engine = create_engine(
        "postgresql+psycopg://",
        creator=lambda: connect(
            owner_url,
            application="auctions-migrate",
            statement_timeout_ms=0,
            lock_timeout_ms=LOCK_TIMEOUT_MS,
        ),
        poolclass=NullPool,
    )
    with named_faults(), engine.connect() as lock, engine.connect() as connection:
        # Waiting for another migration is no fault, however long it takes.
        lock.execute(text("SET lock_timeout = 0"))
        lock.execute(text("SELECT pg_advisory_lock(:key)"), {"key": MIGRATION_LOCK})
        config = Config()
        config.set_main_option("script_location", str(Path(__file__).parent / "migrations"))
        config.attributes["connection"] = connection
        command.upgrade(config, "head")
        if runtime_url is not None:
            _grant(connection, runtime_url)
        connection.commit()
    log.info("record-migrated")


def _grant(connection: Connection, runtime_url: str) -> None:
    role = conninfo_to_dict(runtime_url).get("user")
    if role is None or role == connection.scalar(text("SELECT current_user")):
        return
    to = sql.Identifier(str(role)).as_string()
    rights = "SELECT, INSERT, UPDATE, DELETE"
    connection.execute(text(f"GRANT USAGE ON SCHEMA public TO {to}"))
    connection.execute(text(f"GRANT {rights} ON ALL TABLES IN SCHEMA public TO {to}"))
    connection.execute(text(f"REVOKE INSERT, UPDATE, DELETE ON alembic_version FROM {to}"))
