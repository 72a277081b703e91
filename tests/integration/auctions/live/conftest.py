"""A Valkey server, a store on it, and a `live` process beside them."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from engines.feed_process import FeedProcess, running_feed
from engines.lots import PARTITIONS, Lots
from engines.valkey import Server, running, valkey_binary
from martelo.auctions.adapters.valkey_connection import Connection, Durability
from martelo.auctions.adapters.valkey_setup import prepare_store
from martelo.auctions.adapters.valkey_store import ValkeyStore
from martelo.runtime.valkey import connect


@pytest.fixture
def engine(tmp_path: Path) -> Iterator[Server]:
    with running(Server(valkey_binary(), tmp_path / "valkey")) as server:
        prepare_store(connect(server.url, timeout_s=5), PARTITIONS)
        yield server


@pytest.fixture
def lots(engine: Server) -> Lots:
    return Lots(ValkeyStore(Connection(connect(engine.url, timeout_s=5), Durability()), PARTITIONS))


@pytest.fixture
def feed(engine: Server, tmp_path: Path) -> Iterator[FeedProcess]:
    with running_feed(FeedProcess(engine.url, tmp_path)) as process:
        yield process
