"""A jump of a real server's clock closes nothing until it is corrected or accepted."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from prometheus_client import CollectorRegistry

from engines.faketime import FakedClock
from engines.house import ANA, PARTITIONS
from engines.valkey import ValkeyServer, running, valkey_binary
from martelo.auctions.adapters.live_store.connection import Connection, Durability
from martelo.auctions.adapters.live_store.keys import random_auction_id
from martelo.auctions.adapters.live_store.ledgers import ValkeyLedgers
from martelo.auctions.adapters.live_store.outages import ValkeyOutages
from martelo.auctions.adapters.live_store.resumption import Resumption
from martelo.auctions.adapters.live_store.setup import prepare_store
from martelo.auctions.adapters.live_store.store import ValkeyStore
from martelo.auctions.domain.answers import Opened
from martelo.auctions.domain.creating import Draft
from martelo.auctions.domain.entries import Closed
from martelo.auctions.worker.ends import Ends
from martelo.auctions.worker.metrics import WorkerMetrics
from martelo.auctions.worker.outage_hold import OutageHold
from martelo.auctions.worker.precedence import Precedence
from martelo.auctions.worker.store_clock import StoreClock, StoreClockJumped
from martelo.kernel.ids import AuctionId
from martelo.runtime.valkey.client import connect

HOUR_S = 3_600
LOT_MS = 600_000
"""A lot ends in ten minutes: by a clock an hour ahead, fifty minutes ago."""


@dataclass
class Shop:
    """A store with a clock that can be set, a lot in it, and what closes."""

    clock: FakedClock
    store: ValkeyStore
    resumption: Resumption
    ends: Ends
    lot: AuctionId

    def is_closed(self) -> bool:
        return isinstance(self.store.entries(self.lot, (0, 0), 100)[-1], Closed)


@pytest.fixture
def shop(tmp_path: Path) -> Iterator[Shop]:
    clock = FakedClock(tmp_path / "clock")
    server = ValkeyServer(valkey_binary(), tmp_path / "valkey", environment=clock.environment)
    with running(server):
        valkey = connect(server.url, timeout_s=5)
        prepare_store(valkey, PARTITIONS)
        connection = Connection(valkey, Durability())
        store = ValkeyStore(connection, PARTITIONS)
        lot = random_auction_id(PARTITIONS)
        assert isinstance(
            store.create(lot, ANA, Draft("Vaso", "", 1_000, duration_ms=LOT_MS)), Opened
        )
        resumption = Resumption(connection)
        metrics = WorkerMetrics(CollectorRegistry())
        ends = Ends(
            store,
            ValkeyLedgers(connection, valkey, PARTITIONS),
            PARTITIONS,
            0,
            Precedence(),
            StoreClock(resumption.token, metrics),
            OutageHold(ValkeyOutages(connection, PARTITIONS), metrics),
            metrics,
        )
        ends.step()
        yield Shop(clock, store, resumption, ends, lot)


def test_closes_nothing_once_the_clock_has_jumped(shop: Shop) -> None:
    shop.clock.set_ahead(HOUR_S)

    for _ in range(2):
        with pytest.raises(StoreClockJumped):
            shop.ends.step()

    assert not shop.is_closed()


def test_closes_nothing_after_the_clock_has_been_corrected(shop: Shop) -> None:
    shop.clock.set_ahead(HOUR_S)
    with pytest.raises(StoreClockJumped):
        shop.ends.step()
    shop.clock.set_ahead(0)
    shop.resumption.request()

    shop.ends.step()

    assert not shop.is_closed()


def test_closes_by_the_new_time_once_it_is_accepted(shop: Shop) -> None:
    shop.clock.set_ahead(HOUR_S)
    with pytest.raises(StoreClockJumped):
        shop.ends.step()
    shop.resumption.request()

    shop.ends.step()

    assert shop.is_closed()


def test_closes_nothing_after_a_step_back(shop: Shop) -> None:
    shop.clock.set_ahead(-HOUR_S)

    shop.ends.step()

    assert not shop.is_closed()
