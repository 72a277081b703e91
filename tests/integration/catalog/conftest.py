"""One PostgreSQL for all tests of the catalog, and a fresh database and API for each module."""

from collections.abc import Iterator

import pytest

from engines.catalog import (
    CatalogNeighbours,
    CatalogProcess,
    CatalogStores,
    open_stores,
    prepare_process,
)
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


@pytest.fixture(scope="session")
def neighbours() -> Iterator[CatalogNeighbours]:
    neighbours = CatalogNeighbours()
    with neighbours.answering():
        yield neighbours


@pytest.fixture(scope="module")
def api(
    stores: CatalogStores, neighbours: CatalogNeighbours, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[CatalogProcess]:
    process = prepare_process("api", stores, neighbours, tmp_path_factory.mktemp("catalog-api"))
    try:
        process.start()
        yield process
    finally:
        process.stop()


@pytest.fixture(scope="module")
def replica(
    stores: CatalogStores, neighbours: CatalogNeighbours, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[CatalogProcess]:
    process = prepare_process(
        "replica", stores, neighbours, tmp_path_factory.mktemp("catalog-replica")
    )
    try:
        process.start()
        yield process
    finally:
        process.stop()
