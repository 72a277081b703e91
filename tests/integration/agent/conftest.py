"""One PostgreSQL for all tests of the agent, and its API on it."""

from collections.abc import Iterator

import pytest

from engines.agent import Agent, Process, prepare_agent
from engines.agent_world import SERVICE_KEY, AgentNeighbours
from engines.postgresql import PostgresqlServer, start_postgresql


@pytest.fixture(scope="session")
def postgresql(tmp_path_factory: pytest.TempPathFactory) -> Iterator[PostgresqlServer]:
    server = start_postgresql(tmp_path_factory.mktemp("agent") / "postgresql")
    yield server
    server.stop()


@pytest.fixture(scope="session")
def neighbours() -> Iterator[AgentNeighbours]:
    neighbours = AgentNeighbours()
    with neighbours.answering():
        yield neighbours


@pytest.fixture(scope="session")
def prepared(
    postgresql: PostgresqlServer,
    neighbours: AgentNeighbours,
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[Agent]:
    agent = prepare_agent(
        postgresql,
        neighbours,
        tmp_path_factory.mktemp("agent-processes"),
        SERVICE_KEY=SERVICE_KEY,
        MAIL_FROM="casa@leiloes.example",
    )
    yield agent
    agent.close()


@pytest.fixture(scope="session")
def api(prepared: Agent) -> Process:
    return prepared.serve()


@pytest.fixture
def agent(prepared: Agent, neighbours: AgentNeighbours) -> Agent:
    prepared.empty()
    neighbours.is_down = False
    neighbours.gone.clear()
    return prepared
