"""One running stack for all tests that call it from outside, and its accounts."""

from collections.abc import Iterator

import pytest

from engines.ports import free_port
from stacks import LaunchedStack
from visitors import Account, House


@pytest.fixture(scope="session")
def house(tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    """Run everything, without limits by address: all of these tests come from one."""
    stack = LaunchedStack(tmp_path_factory.mktemp("house") / "data", {"MARTELO_RATE_LIMITS": "off"})
    try:
        stack.up(words=("--port", str(free_port())))
        yield House(stack)
    finally:
        stack.close()


@pytest.fixture(scope="session")
def ana(house: House) -> Account:
    return house.register("Ana")


@pytest.fixture(scope="session")
def bruno(house: House) -> Account:
    return house.register("Bruno")


@pytest.fixture(scope="session")
def carla(house: House) -> Account:
    return house.register("Carla")


@pytest.fixture(scope="session")
def admin(house: House) -> Account:
    return house.register_admin("Rute")
