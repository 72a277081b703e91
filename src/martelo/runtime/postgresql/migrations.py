"""A context's schema, brought to its newest version (the `migrate` one-offs)."""

from pathlib import Path

import structlog
from psycopg import sql
from psycopg.conninfo import conninfo_to_dict
from sqlalchemy import Connection, create_engine, text
from sqlalchemy.pool import NullPool

from martelo.runtime.postgresql.connections import connect, named_faults

MIGRATION_LOCK = 0x6D61_7274_0001
"""The advisory lock of whoever migrates; others wait for it. Every database has its own."""

LOCK_TIMEOUT_MS = 5_000
"""A migration that waits longer for a table gives up rather than hold everyone behind it."""

log = structlog.get_logger(__name__)


def migrate(folder: Path, owner_url: str, runtime_url: str | None, *, application: str) -> None:
    """Run the migrations of `folder` (Alembic's, with its `env.py`) on the database of `owner_url`.

    The role of `runtime_url`, if any, may then use the tables, and not change them.

    Raises:
        DatabaseUnavailable: It does not answer.
    """
    # Processes that serve share these packages and have no use for seven more megabytes.
    from alembic import command  # noqa: PLC0415
    from alembic.config import Config  # noqa: PLC0415

    engine = create_engine(
        "postgresql+psycopg://",
        creator=lambda: connect(
            owner_url,
            application=application,
            statement_timeout_ms=0,
            lock_timeout_ms=LOCK_TIMEOUT_MS,
        ),
        poolclass=NullPool,
    )
    with named_faults(), engine.connect() as lock, engine.connect() as connection:
        # Waiting for another migration is not a fault, however long it takes.
        lock.execute(text("SET lock_timeout = 0"))
        lock.execute(text("SELECT pg_advisory_lock(:key)"), {"key": MIGRATION_LOCK})
        config = Config()
        config.set_main_option("script_location", str(folder))
        config.attributes["connection"] = connection
        command.upgrade(config, "head")
        if runtime_url is not None:
            _grant(connection, runtime_url)
        connection.commit()
    log.info("migrated")


def _grant(connection: Connection, runtime_url: str) -> None:
    role = conninfo_to_dict(runtime_url).get("user")
    if role is None or role == connection.scalar(text("SELECT current_user")):
        return
    to = sql.Identifier(str(role)).as_string()
    rights = "SELECT, INSERT, UPDATE, DELETE"
    connection.execute(text(f"GRANT USAGE ON SCHEMA public TO {to}"))
    connection.execute(text(f"GRANT {rights} ON ALL TABLES IN SCHEMA public TO {to}"))
    connection.execute(text(f"REVOKE INSERT, UPDATE, DELETE ON alembic_version FROM {to}"))
