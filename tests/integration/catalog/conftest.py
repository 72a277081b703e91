"""One PostgreSQL for all tests of the catalog, and a fresh database for each module."""

from collections.abc import Iterator

import pytest

from engines.catalog import CatalogStores, open_stores
from engines.postgresql import PostgresqlServer, start_postgresql


@pytest.fixture(scope="session")
def postgresql(tmp_path_factory: pytest.TempPathFactory) -> Iterator[PostgresqlServer]:
    server = start_postgresql(tmp_path_factory.mktemp("catalog") / "postgresql")
    yield server
    server.stop()


@pytest.fixture(scope="module")
def stores(postgresql: PostgresqlServer) -> Iterator[CatalogStores]:
    stores = open_stores(postgresql)
    yield stores
    stores.engine.dispose()
