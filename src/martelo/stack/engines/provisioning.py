"""Databases and roles: one database a context, an owner for migrations, a user for the rest."""

from psycopg import AsyncConnection, Error, sql

from martelo.stack.engines.postgresql import SLOT, PostgresqlServer
from martelo.stack.errors import StackError
from martelo.stack.topology import plan

Row = tuple[object, ...]

NO_WAITING = "SET synchronous_commit = local"
"""The standby is started once the primary is provisioned, so commits here cannot wait for it."""


async def provision(server: PostgresqlServer, passwords: dict[str, str]) -> None:
    """Make what is missing on a primary; nothing is changed that is there.

    Raises:
        StackError: The server refused.
    """
    try:
        async with await server.connect("postgres") as connection:
            await connection.execute(NO_WAITING)
            await _make_slot(connection)
            await _make_replicator(connection, passwords["replicator"])
            for database in plan.DATABASES:
                await _make_roles(connection, database, passwords)
                if not await _exists(connection, "pg_database", "datname", database):
                    await _make_database(connection, database)
                await _grant(server, database)
    except Error as error:
        raise StackError(f"PostgreSQL cannot be provisioned: {error}") from error


async def _make_slot(connection: AsyncConnection[Row]) -> None:
    if not await _exists(connection, "pg_replication_slots", "slot_name", SLOT):
        await connection.execute("SELECT pg_create_physical_replication_slot(%s, true)", [SLOT])


async def _make_replicator(connection: AsyncConnection[Row], password: str) -> None:
    if not await _exists(connection, "pg_roles", "rolname", "replicator"):
        statement = sql.SQL("CREATE ROLE replicator LOGIN REPLICATION PASSWORD {}")
        await connection.execute(statement.format(password))
        # Everyone may enter these by default, and would be in a database not their own.
        for database in ("postgres", "template1"):
            await _execute(connection, "REVOKE CONNECT ON DATABASE {} FROM PUBLIC", database)


async def _make_roles(
    connection: AsyncConnection[Row], database: str, passwords: dict[str, str]
) -> None:
    for role in (database, f"{database}_owner"):
        if not await _exists(connection, "pg_roles", "rolname", role):
            statement = sql.SQL("CREATE ROLE {} LOGIN PASSWORD {}")
            await connection.execute(statement.format(sql.Identifier(role), passwords[role]))


async def _make_database(connection: AsyncConnection[Row], database: str) -> None:
    owner = f"{database}_owner"
    await _execute(connection, "CREATE DATABASE {} OWNER {}", database, owner)
    await _execute(connection, "REVOKE ALL ON DATABASE {} FROM PUBLIC", database)
    await _execute(connection, "GRANT CONNECT, TEMPORARY ON DATABASE {} TO {}", database, database)


async def _grant(server: PostgresqlServer, database: str) -> None:
    """Let the runtime role use, not change, what the owner makes, now and later."""
    owner = f"{database}_owner"
    async with await server.connect(database) as connection, connection.transaction():
        await connection.execute(NO_WAITING)
        if await (await connection.execute("SELECT 1 FROM pg_default_acl")).fetchone():
            return
        await _execute(connection, "GRANT USAGE ON SCHEMA public TO {}", database)
        for rights in (
            "USAGE ON SCHEMAS",
            "SELECT, INSERT, UPDATE, DELETE ON TABLES",
            "USAGE, SELECT ON SEQUENCES",
        ):
            statement = f"ALTER DEFAULT PRIVILEGES FOR ROLE {{}} GRANT {rights} TO {{}}"
            await _execute(connection, statement, owner, database)


async def _exists(connection: AsyncConnection[Row], table: str, column: str, value: str) -> bool:
    statement = sql.SQL("SELECT 1 FROM {} WHERE {} = %s").format(
        sql.Identifier(table), sql.Identifier(column)
    )
    return await (await connection.execute(statement, [value])).fetchone() is not None


async def _execute(connection: AsyncConnection[Row], text: str, *names: str) -> None:
    statement = sql.SQL(text).format(*(sql.Identifier(name) for name in names))
    await connection.execute(statement)
