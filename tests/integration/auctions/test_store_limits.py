"""A store that lacks replicas or memory: what it refuses, it does not write."""

from collections.abc import Iterator
from pathlib import Path

import pytest
import redis
from prometheus_client import CollectorRegistry

from engines.lots import BIDDERS, PARTITIONS, Lots
from engines.valkey import ValkeyServer, running, valkey_binary
from martelo.auctions.adapters.live_store.connection import Connection, Durability
from martelo.auctions.adapters.live_store.setup import ReplicasNotRequired, prepare_store
from martelo.auctions.adapters.live_store.store import ValkeyStore
from martelo.auctions.domain.bidding import Bid
from martelo.auctions.ports.failures import OutcomeUnknown, StoreFull, StoreUnavailable
from martelo.auctions.worker.metrics import WorkerMetrics
from martelo.auctions.worker.writes import WriteProbe
from martelo.runtime.valkey.client import connect


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ValkeyServer]:
    folder: Path = tmp_path_factory.mktemp("replicas")
    with running(ValkeyServer(valkey_binary(), folder)) as server:
        prepare_store(connect(server.url, timeout_s=5), PARTITIONS)
        yield server


@pytest.fixture
def admin(server: ValkeyServer) -> Iterator[redis.Redis]:
    with server.client() as client:
        yield client
        client.config_set("min-replicas-to-write", 0)
        client.config_set("maxmemory", 0)


@pytest.fixture
def lots(server: ValkeyServer) -> Lots:
    connection = Connection(connect(server.url, timeout_s=5), Durability())
    return Lots(ValkeyStore(connection, PARTITIONS))


def test_a_bid_without_a_replica_does_not_move_the_price(
    server: ValkeyServer, admin: redis.Redis, lots: Lots
) -> None:
    auction_id = lots.create()
    waiting = Connection(connect(server.url, timeout_s=5), Durability(1, 100))
    store = ValkeyStore(waiting, PARTITIONS)
    admin.config_set("min-replicas-to-write", 1)

    with pytest.raises(StoreUnavailable, match="replicas"):
        store.place_bid(auction_id, Bid(BIDDERS[0], amount_cents=100))

    reading = store.read(auction_id)
    assert reading is not None
    assert not reading.bids


def test_a_bid_is_written_where_the_server_does_not_require_replicas(
    server: ValkeyServer, lots: Lots
) -> None:
    auction_id = lots.create()
    waiting = Connection(connect(server.url, timeout_s=5), Durability(1, 100))

    with pytest.raises(OutcomeUnknown):
        ValkeyStore(waiting, PARTITIONS).place_bid(auction_id, Bid(BIDDERS[0], amount_cents=100))

    reading = lots.store.read(auction_id)
    assert reading is not None
    assert reading.bids


def test_migrate_refuses_such_a_server(server: ValkeyServer) -> None:
    valkey = connect(server.url, timeout_s=5)

    with pytest.raises(ReplicasNotRequired, match="min-replicas-to-write"):
        prepare_store(valkey, PARTITIONS, replicas=1)


def test_the_probe_reports_whether_writes_are_accepted(admin: redis.Redis, lots: Lots) -> None:
    probe = WriteProbe(lots.store, WorkerMetrics(CollectorRegistry()))
    probe.step()
    admin.config_set("min-replicas-to-write", 1)

    with pytest.raises(StoreUnavailable):
        probe.step()


def test_new_auctions_are_refused_while_bids_still_have_room(
    admin: redis.Redis, lots: Lots
) -> None:
    auction_id = lots.create()
    admin.config_set("maxmemory", int(admin.info("memory")["used_memory"] / 0.92))

    with pytest.raises(StoreFull):
        lots.create()

    assert lots.bid(auction_id) == 2


def test_the_worker_measures_memory_log_and_replicas(admin: redis.Redis, lots: Lots) -> None:
    max_bytes = admin.info("memory")["used_memory"] * 2
    admin.config_set("maxmemory", max_bytes)

    registry = CollectorRegistry()

    WriteProbe(lots.store, WorkerMetrics(registry)).look()

    def measured(name: str) -> float | None:
        return registry.get_sample_value(f"martelo_store_{name}")

    assert measured("memory_ratio") == pytest.approx(0.5, abs=0.2)
    assert measured("memory_max_bytes") == max_bytes
    assert measured("memory_used_bytes") == pytest.approx(max_bytes / 2, rel=0.4)
    assert (measured("log_written"), measured("replicas")) == (1, 0)
