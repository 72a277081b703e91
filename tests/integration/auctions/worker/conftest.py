"""One live store and one PostgreSQL for all tests of the record and the worker."""

from collections.abc import Iterator

import pytest

from engines.house import House, build_house
from engines.postgresql import start_postgresql
from engines.valkey import ValkeyServer, running, valkey_binary


@pytest.fixture(scope="session")
def built_house(tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    folder = tmp_path_factory.mktemp("house")
    postgresql = start_postgresql(folder / "postgresql")
    try:
        with running(ValkeyServer(valkey_binary(), folder / "valkey")) as valkey:
            house = build_house(valkey, postgresql)
            yield house
            house.engine.dispose()
    finally:
        postgresql.stop()


@pytest.fixture
def house(built_house: House) -> House:
    built_house.empty()
    return built_house
