"""The stores that must agree: the pure rules, Valkey, Redis, and a Valkey cluster of three."""

import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from engines.valkey import ValkeyServer, redis_binary, running, running_cluster, valkey_binary
from fakes.memory_store import MemoryStore
from martelo.auctions.adapters.live_store.connection import Connection, Durability
from martelo.auctions.adapters.live_store.keys import auction_keys, partition_keys
from martelo.auctions.adapters.live_store.setup import library_source, prepare_store
from martelo.auctions.adapters.live_store.store import ValkeyStore
from martelo.auctions.domain.ranking import RankedBid, ranking
from martelo.auctions.ports import AuctionStore
from martelo.kernel.ids import AuctionId
from martelo.runtime.valkey.client import Valkey, connect

PARTITIONS = 16
REAL_CLOCK = "redis.call('TIME')"


@dataclass
class Bench:
    """A store under test, with a clock the test sets and what no port shows."""

    name: str
    store: AuctionStore
    set_clock: Callable[[int], None]
    ranking: Callable[[AuctionId], list[RankedBid]]
    end_score: Callable[[AuctionId], int | None]
    finished: Callable[[int], list[bytes]]


@pytest.fixture(scope="session")
def engine_urls(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, str]]:
    """Return the addresses of the three real stores."""
    folder: Path = tmp_path_factory.mktemp("stores")
    with (
        running(ValkeyServer(valkey_binary(), folder / "valkey")) as valkey,
        running(ValkeyServer(redis_binary(), folder / "redis")) as other,
        running_cluster(folder / "cluster") as cluster,
    ):
        yield {
            "valkey": valkey.url,
            "redis": other.url.replace("valkey:", "redis:"),
            "cluster": f"valkey+cluster://127.0.0.1:{cluster[0].port}",
        }


@pytest.fixture(scope="session")
def benches(engine_urls: dict[str, str]) -> dict[str, Bench]:
    """Return one bench a store."""
    return {"pure": _pure(), **{name: _real(name, url) for name, url in engine_urls.items()}}


@pytest.fixture(params=["pure", "valkey", "redis", "cluster"])
def bench(request: pytest.FixtureRequest, benches: dict[str, Bench]) -> Iterator[Bench]:
    """Return each store in turn, its clock set to the present."""
    chosen = benches[request.param]
    chosen.set_clock(int(time.time() * 1000))
    yield chosen
    chosen.set_clock(int(time.time() * 1000))


def library_at(at_ms: int) -> str:
    """Return the function library with its clock standing at `at_ms`."""
    source = library_source()
    assert source.count(REAL_CLOCK) == 1
    return source.replace(REAL_CLOCK, f"{{{at_ms // 1000}, {at_ms % 1000 * 1000}}}")


def set_clock(valkey: Valkey, at_ms: int) -> None:
    """Let every server decide at `at_ms`."""
    for node in valkey.primaries():
        node.function_load(library_at(at_ms), replace=True)


def real_ranking(valkey: Valkey, auction_id: AuctionId) -> list[RankedBid]:
    """Return the stored ranking, best first."""
    key = auction_keys(auction_id).bids
    rows: Any = valkey.node_of(key).zrange(key, 0, -1, desc=True, withscores=True)
    lines = []
    for member, score in rows:
        inverse, number = member.decode().split(":")
        lines.append(RankedBid(int(score), 9_999_999_999 - int(inverse), int(number)))
    return lines


def _pure() -> Bench:
    store = MemoryStore()

    def at(at_ms: int) -> None:
        store.clock_ms = at_ms

    def end_score(auction_id: AuctionId) -> int | None:
        reading = store.read(auction_id)
        assert reading is not None
        return None if reading.auction.ending else reading.auction.ends_at_ms

    return Bench(
        name="pure",
        store=store,
        set_clock=at,
        ranking=lambda auction_id: ranking(store.entries(auction_id, (0, 0), 10_000)),
        end_score=end_score,
        finished=lambda _: [],
    )


def _real(name: str, url: str) -> Bench:
    valkey = connect(url, timeout_s=5)
    prepare_store(valkey, PARTITIONS)

    def end_score(auction_id: AuctionId) -> int | None:
        key = partition_keys(int(auction_id[:2])).ends
        score = valkey.node_of(key).zscore(key, auction_id)
        return None if score is None else int(score)

    def finished(partition: int) -> list[bytes]:
        key = partition_keys(partition).finished
        rows: Any = valkey.node_of(key).xrange(key)
        return [fields[b"event"] for _, fields in rows]

    return Bench(
        name=name,
        store=ValkeyStore(Connection(valkey, Durability()), PARTITIONS),
        set_clock=lambda at_ms: set_clock(valkey, at_ms),
        ranking=lambda auction_id: real_ranking(valkey, auction_id),
        end_score=end_score,
        finished=finished,
    )
