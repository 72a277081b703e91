"""The effects in memory and in PostgreSQL, with one way to let time pass."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta

import pytest
from sqlalchemy import Engine, text

from engines.databases import create_owned_database
from engines.postgresql import PostgresqlServer, start_postgresql
from fakes.memory_effects import MemoryEffects
from martelo.agent.adapters.effects.migrate import FOLDER
from martelo.agent.adapters.effects.sql_effects import SqlEffects
from martelo.agent.domain.effects import State
from martelo.agent.ports.effects import EffectStore
from martelo.runtime.postgresql.connections import open_engine
from martelo.runtime.postgresql.migrations import migrate

LEASE_S = 300
SEND_BUDGET_S = 120


@dataclass
class Effects:
    """The store, and what only a test may do with it."""

    store: EffectStore
    engine: Engine | None = None

    def pass_time(self, seconds: float) -> None:
        """Let time pass."""
        if isinstance(self.store, MemoryEffects):
            self.store.now_s += seconds
        self._execute(
            "UPDATE effect SET due_at = due_at - :passed, created_at = created_at - :passed,"
            " changed_at = changed_at - :passed",
            passed=timedelta(seconds=seconds),
        )

    def states(self) -> dict[str, State]:
        """Return the state of each effect by its kind; for tests with one end."""
        if isinstance(self.store, MemoryEffects):
            return {row.kind.value: row.state for row in self.store.rows.values()}
        assert self.engine is not None
        with self.engine.connect() as connection:
            rows = connection.execute(text("SELECT kind, state FROM effect")).all()
        return {row.kind: State(row.state) for row in rows}

    def texts(self) -> dict[str, bool]:
        """Return whether each effect has its text, by its kind; for tests with one end."""
        if isinstance(self.store, MemoryEffects):
            return {row.kind.value: row.frozen is not None for row in self.store.rows.values()}
        assert self.engine is not None
        with self.engine.connect() as connection:
            rows = connection.execute(text("SELECT kind, frozen IS NOT NULL AS has FROM effect"))
            return {row.kind: row.has for row in rows}

    def _execute(self, statement: str, **values: object) -> None:
        if self.engine is not None:
            with self.engine.begin() as connection:
                connection.execute(text(statement), values)


@pytest.fixture(scope="session")
def postgresql(tmp_path_factory: pytest.TempPathFactory) -> Iterator[PostgresqlServer]:
    server = start_postgresql(tmp_path_factory.mktemp("effects") / "postgresql")
    yield server
    server.stop()


@pytest.fixture(scope="session")
def engine(postgresql: PostgresqlServer) -> Iterator[Engine]:
    database = create_owned_database(postgresql, "agent")
    migrate(FOLDER, database.owner_url, database.url, application="test")
    engine = open_engine(database.url, application="test", pool_size=8)
    yield engine
    engine.dispose()


@pytest.fixture(params=["memory", "postgresql"])
def effects(request: pytest.FixtureRequest) -> Effects:
    if request.param == "memory":
        return Effects(MemoryEffects(lease_s=LEASE_S, send_budget_s=SEND_BUDGET_S))
    engine: Engine = request.getfixturevalue("engine")
    with engine.begin() as connection:
        connection.execute(text("DELETE FROM intervention"))
        connection.execute(text("DELETE FROM effect"))
        connection.execute(text("DELETE FROM report"))
    store = SqlEffects(
        engine, lease=timedelta(seconds=LEASE_S), send_budget=timedelta(seconds=SEND_BUDGET_S)
    )
    return Effects(store, engine)
