"""The stores that must agree, and the transports that must."""

import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import pytest

from engines.bid_transports import BidAnswer, Rest, SentBid, SocketIo, Transport, WebSocket
from engines.house import BRUNO, House, build_house
from engines.live_process import LiveProcess, running_process
from engines.postgresql import start_postgresql
from engines.valkey import ValkeyServer, redis_binary, running, running_cluster, valkey_binary
from fakes.memory_store import MemoryStore
from fakes.neighbours import Neighbours
from martelo.auctions.adapters.live_store.connection import Connection, Durability
from martelo.auctions.adapters.live_store.keys import auction_keys, partition_keys
from martelo.auctions.adapters.live_store.setup import library_source, prepare_store
from martelo.auctions.adapters.live_store.store import ValkeyStore
from martelo.auctions.domain.ranking import RankedBid, ranking
from martelo.auctions.ports.live_store import AuctionStore
from martelo.kernel.ids import AuctionId
from martelo.runtime.valkey.client import Valkey, connect

PARTITIONS = 16
CONFIRMATION_FACTOR = 100
REAL_CLOCK = "redis.call('TIME')"


@dataclass(frozen=True)
class Stage:
    """A house, and every transport that takes bids in it."""

    house: House
    neighbours: Neighbours
    transports: dict[str, Transport]

    def play(self, make_lot: Callable[[House], AuctionId], bids: list[SentBid]) -> list[BidAnswer]:
        """Return the one way in which all transports answer, each on a lot of its own."""
        by_transport: dict[str, list[BidAnswer]] = {}
        for name, send in self.transports.items():
            lot = make_lot(self.house)
            sent = [replace(bid, members=bid.members.replace("LOT", lot)) for bid in bids]
            by_transport[name] = [answer.without(lot) for answer in send(sent)]
        assert by_transport["websocket"] == by_transport["rest"]
        assert by_transport["socketio"] == by_transport["rest"]
        return by_transport["rest"]

    def bruno(self) -> str:
        return self.neighbours.token(BRUNO.account_id, BRUNO.name)


@pytest.fixture(scope="session")
def stage(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stage]:
    folder = tmp_path_factory.mktemp("transports")
    with ExitStack() as stack:
        postgresql = start_postgresql(folder / "postgresql")
        stack.callback(postgresql.stop)
        valkey = stack.enter_context(running(ValkeyServer(valkey_binary(), folder / "valkey")))
        house = build_house(valkey, postgresql)
        stack.callback(house.engine.dispose)
        house.empty()
        neighbours = stack.enter_context(Neighbours().answering())

        def start(name: str, auctions_url: str) -> LiveProcess:
            process = LiveProcess(
                name,
                folder,
                valkey.url,
                auctions_url,
                ACCOUNTS_URL=neighbours.url,
                DATABASE_URL=house.database_url,
                IMAGES_URL=neighbours.url,
                SERVICE_KEY="svc_auctions_s3cret",
                BIDS_PER_SECOND="0.01",
            )
            return stack.enter_context(running_process(process))

        api = start("api", neighbours.url)
        transports: dict[str, Transport] = {
            "rest": Rest(api.port),
            "websocket": WebSocket(start("live", api.url).port),
            "socketio": SocketIo(start("socketio", api.url).port),
        }
        yield Stage(house, neighbours, transports)


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
    store = MemoryStore(confirmation_factor=CONFIRMATION_FACTOR)

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
        store=ValkeyStore(
            Connection(valkey, Durability()), PARTITIONS, confirmation_factor=CONFIRMATION_FACTOR
        ),
        set_clock=lambda at_ms: set_clock(valkey, at_ms),
        ranking=lambda auction_id: real_ranking(valkey, auction_id),
        end_score=end_score,
        finished=finished,
    )
