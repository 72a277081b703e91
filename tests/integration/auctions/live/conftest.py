"""A Valkey server, a store on it, their neighbours, and the live processes beside them."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

from engines.live_process import LiveProcess, running_process
from engines.lots import PARTITIONS, Lots
from engines.valkey import ValkeyServer, running, valkey_binary
from fakes.neighbours import Neighbours
from martelo.auctions.adapters.live_store.connection import Connection, Durability
from martelo.auctions.adapters.live_store.setup import prepare_store
from martelo.auctions.adapters.live_store.store import ValkeyStore
from martelo.runtime.valkey.client import connect

Start = Callable[..., LiveProcess]


@pytest.fixture
def engine(tmp_path: Path) -> Iterator[ValkeyServer]:
    with running(ValkeyServer(valkey_binary(), tmp_path / "valkey")) as server:
        prepare_store(connect(server.url, timeout_s=5), PARTITIONS)
        yield server


@pytest.fixture
def lots(engine: ValkeyServer) -> Lots:
    return Lots(ValkeyStore(Connection(connect(engine.url, timeout_s=5), Durability()), PARTITIONS))


@pytest.fixture
def neighbours() -> Iterator[Neighbours]:
    with Neighbours().answering() as answering:
        yield answering


@pytest.fixture
def start(engine: ValkeyServer, neighbours: Neighbours, tmp_path: Path) -> Iterator[Start]:
    """Return what starts a process by its name, with settings of its own."""
    with ExitStack() as stack:

        def started(name: str, **settings: str) -> LiveProcess:
            process = LiveProcess(name, tmp_path, engine.url, neighbours.url, **settings)
            return stack.enter_context(running_process(process))

        yield started


@pytest.fixture
def feed(start: Start) -> LiveProcess:
    return start("live", LIVE_DRAIN_S="0.5", SERVICE_KEY="svc_auctions_s3cret")
