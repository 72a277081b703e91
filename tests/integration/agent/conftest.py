"""One PostgreSQL for all tests of the agent, and its API on it."""

from collections.abc import Iterator

import pytest

from engines.agent import Agent, Process, settle
from engines.postgresql import PostgresqlServer, start_postgresql
from fakes.neighbours import Neighbours


@pytest.fixture(scope="session")
def postgresql(tmp_path_factory: pytest.TempPathFactory) -> Iterator[PostgresqlServer]:
    server = start_postgresql(tmp_path_factory.mktemp("agent") / "postgresql")
    yield server
    server.stop()


@pytest.fixture(scope="session")
def neighbours() -> Iterator[Neighbours]:
    with Neighbours().answering() as answering:
        yield answering


@pytest.fixture(scope="session")
def settled(
    postgresql: PostgresqlServer, neighbours: Neighbours, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Agent]:
    agent = settle(postgresql, neighbours, tmp_path_factory.mktemp("agent-processes"))
    yield agent
    agent.close()


@pytest.fixture(scope="session")
def api(settled: Agent) -> Process:
    return settled.serve()


@pytest.fixture
def agent(settled: Agent) -> Agent:
    settled.empty()
    return settled
