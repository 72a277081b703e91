"""PostgreSQL: engines whose address may name several servers, and what their faults mean."""

from collections.abc import Iterator
from contextlib import contextmanager

import psycopg
from psycopg.conninfo import conninfo_to_dict
from sqlalchemy import Engine, create_engine
from sqlalchemy.exc import DBAPIError, InterfaceError, OperationalError
from sqlalchemy.exc import TimeoutError as NoFreeConnection

from martelo.runtime.postgresql.keepalives import SILENCE

CONNECT_TIMEOUT_S = 2
POOL_TIMEOUT_S = 2
RECYCLE_S = 300
STATEMENT_TIMEOUT_MS = 5_000
LOCK_TIMEOUT_MS = 2_000
READ_ONLY = "25006"


class DatabaseUnavailable(Exception):  # noqa: N818 - a state, not a fault of the code
    """The database did not answer, or not in time; a transaction then may have been committed."""


def connect(
    url: str,
    *,
    application: str,
    statement_timeout_ms: int = STATEMENT_TIMEOUT_MS,
    lock_timeout_ms: int = LOCK_TIMEOUT_MS,
) -> "psycopg.Connection[tuple[object, ...]]":
    """Return a connection to the first server of the libpq `url` that fits; no call waits forever.

    0 switches a timeout off, as a migration needs it.
    """
    given = conninfo_to_dict(url)
    options = f"-c statement_timeout={statement_timeout_ms} -c lock_timeout={lock_timeout_ms}"
    return psycopg.connect(
        url,
        application_name=application,
        connect_timeout=int(given.get("connect_timeout") or CONNECT_TIMEOUT_S),
        options=f"{given.get('options') or ''} {options}".strip(),
        **SILENCE,
    )


def open_engine(url: str, *, application: str, pool_size: int) -> Engine:
    """Return an engine on the libpq `url`; it connects on first use."""
    return create_engine(
        "postgresql+psycopg://",
        # SQLAlchemy's own address cannot name two servers.
        creator=lambda: connect(url, application=application),
        pool_size=pool_size,
        max_overflow=0,
        pool_timeout=POOL_TIMEOUT_S,
        pool_pre_ping=True,
        pool_recycle=RECYCLE_S,
    )


@contextmanager
def named_faults() -> Iterator[None]:
    """Raise `DatabaseUnavailable` where a fault is the database's state, not the statement's."""
    try:
        yield
    except (InterfaceError, NoFreeConnection, OperationalError) as error:
        raise DatabaseUnavailable(_first_line(error)) from error
    except DBAPIError as error:
        if error.connection_invalidated or _sqlstate(error) == READ_ONLY:
            raise DatabaseUnavailable(_first_line(error)) from error
        raise


def _sqlstate(error: DBAPIError) -> str | None:
    return error.orig.sqlstate if isinstance(error.orig, psycopg.Error) else None


def _first_line(error: Exception) -> str:
    return str(error).partition("\n")[0]
