"""One PostgreSQL and one storefront for all tests of accounts."""

from collections.abc import Iterator

import pytest

from engines.postgresql import PostgresqlServer, start_postgresql
from engines.storefront import House, settle


@pytest.fixture(scope="session")
def postgresql(tmp_path_factory: pytest.TempPathFactory) -> Iterator[PostgresqlServer]:
    server = start_postgresql(tmp_path_factory.mktemp("postgresql"))
    yield server
    server.stop()


@pytest.fixture(scope="session")
def house(
    postgresql: PostgresqlServer, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[House]:
    house = settle(postgresql, tmp_path_factory.mktemp("house"), "accounts")
    try:
        house.start()
        yield house
    finally:
        house.stop()
