"""A catalog on a real PostgreSQL: its database, and its stores."""

from dataclasses import dataclass

from sqlalchemy import Engine

from engines.databases import OwnedDatabase, context_environment, create_owned_database, migrate
from engines.postgresql import PostgresqlServer
from martelo.catalog.adapters.sql_catalog import SqlCatalog
from martelo.catalog.adapters.sql_products import SqlProducts
from martelo.runtime.postgresql.connections import open_engine


@dataclass(frozen=True)
class CatalogStores:
    """The stores of one fresh database."""

    database: OwnedDatabase
    engine: Engine
    catalog: SqlCatalog
    products: SqlProducts


def open_stores(postgresql: PostgresqlServer, *, connections: int = 8) -> CatalogStores:
    """Return the stores on a fresh, migrated database."""
    database = create_owned_database(postgresql, "catalog")
    migrate("catalog", database, context_environment(database))
    engine = open_engine(database.url, application="tests", pool_size=connections)
    return CatalogStores(database, engine, SqlCatalog(engine), SqlProducts(engine))
