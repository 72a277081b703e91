"""Databases as in production: an owner who migrates, and a role that may only use the tables."""

import os
import secrets
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import dataclass

from psycopg import sql

from engines.postgresql import PostgresqlServer


@dataclass(frozen=True)
class OwnedDatabase:
    """A database, and the URLs of its runtime role and of its owner."""

    name: str
    url: str
    owner_url: str


def create_owned_database(postgresql: PostgresqlServer, prefix: str) -> OwnedDatabase:
    """Make an empty database with roles of its own."""
    name = f"{prefix}_{secrets.token_hex(4)}"
    owner, password = f"{name}_owner", secrets.token_hex(8)
    for role in (owner, name):
        postgresql.create_role(role, password)
    for statement in (
        "CREATE DATABASE {0} OWNER {1}",
        "REVOKE ALL ON DATABASE {0} FROM PUBLIC",
        "GRANT CONNECT ON DATABASE {0} TO {0}",
    ):
        named = sql.SQL(statement).format(sql.Identifier(name), sql.Identifier(owner))
        postgresql.execute(named)
    return OwnedDatabase(
        name,
        postgresql.url(name, user=name, password=password),
        postgresql.url(name, user=owner, password=password),
    )


def context_environment(database: OwnedDatabase, **settings: str) -> dict[str, str]:
    """Return the environment of a context's processes on `database`."""
    return {
        "PATH": os.defpath,
        "PYTHONPATH": os.pathsep.join(sys.path),
        "MARTELO_ENV": "development",
        "DATABASE_URL": database.url,
        **settings,
    }


def migrate(context: str, database: OwnedDatabase, environment: Mapping[str, str]) -> None:
    """Run a context's `migrate` to its end."""
    migrated = subprocess.run(
        [sys.executable, "-m", f"martelo.{context}.main", "migrate"],
        env={**environment, "DATABASE_OWNER_URL": database.owner_url},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert migrated.returncode == 0, migrated.stdout + migrated.stderr
