"""Changing the tables: one process at a time, as their owner."""

from collections.abc import Iterator
from contextlib import contextmanager

from django.db import connection
from psycopg import sql
from psycopg.conninfo import conninfo_to_dict
from pydantic import SecretStr

_LOCK = 0x6D617274
"""Our advisory lock ("mart"), in a database that nobody else uses."""


@contextmanager
def only_one() -> Iterator[None]:
    """Wait until no other process changes the tables, and keep others waiting meanwhile."""
    with connection.cursor() as cursor:
        cursor.execute("SET statement_timeout = '60s'")
        cursor.execute("SET lock_timeout = '60s'")
        cursor.execute("SELECT pg_advisory_lock(%s)", [_LOCK])
    try:
        yield
    finally:
        # The lock ends with its session.
        connection.close()


def grant_use(database_url: SecretStr) -> None:
    """Let the runtime role read and write rows, and nothing more."""
    role = str(conninfo_to_dict(database_url.get_secret_value())["user"])
    if role == connection.settings_dict["USER"]:
        return
    with connection.cursor() as cursor:
        for template in (
            "GRANT USAGE ON SCHEMA public TO {role}",
            "GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA public TO {role}",
            "GRANT USAGE, SELECT ON ALL SEQUENCES IN SCHEMA public TO {role}",
        ):
            statement = sql.SQL(template).format(role=sql.Identifier(role))
            cursor.execute(statement.as_string(cursor.connection))
