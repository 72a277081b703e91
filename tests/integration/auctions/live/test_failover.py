"""A killed primary of a Cluster, under bids over HTTP, `/live` and Socket.IO."""

import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from uuid import uuid4

import pytest

from engines.bid_transports import Rest, SentBid, SocketIo, Transport, WebSocket
from engines.live_process import LiveProcess, running_process
from engines.lots import BIDDERS, PARTITIONS, Lots
from engines.valkey import ValkeyServer, running_cluster, wait_link
from fakes.neighbours import Neighbours
from martelo.auctions.adapters.live_store.connection import Connection, Durability
from martelo.auctions.adapters.live_store.keys import auction_keys
from martelo.auctions.adapters.live_store.setup import prepare_store
from martelo.auctions.adapters.live_store.store import ValkeyStore
from martelo.auctions.domain.entries import BidPlaced
from martelo.kernel.ids import AuctionId
from martelo.runtime.valkey.client import Valkey, connect
from stacks import wait_for

pytestmark = pytest.mark.slow

ENOUGH = 5
"""Acknowledged bids that show that bidding continues."""

KILLS = 2

OPTIONS = (
    *("--repl-diskless-sync-delay", "0"),
    *("--cluster-allow-replica-migration", "no"),
)


@dataclass
class Bidder:
    """Bids on one lot over one transport; repeats a bid by its key until it is answered."""

    transport: Transport
    proof: str
    auction_id: AuctionId
    acknowledged: dict[int, int] = field(default_factory=dict)
    """Amounts by `seq`."""

    def bid(self, stopping: threading.Event) -> None:
        cents, key = 100, str(uuid4())
        while not stopping.is_set():
            members = f'"auction_id": "{self.auction_id}", "amount": "{cents / 100:.2f}"'
            [answer] = self.transport([SentBid(members, self.proof, key)])
            if answer.status == 503:
                continue
            assert answer.status == 201, answer
            assert answer.members["seq"] not in self.acknowledged
            self.acknowledged[answer.members["seq"]] = cents
            cents, key = cents + 1, str(uuid4())

    def flow(self) -> None:
        """Return once some more bids have been acknowledged."""
        wanted = len(self.acknowledged) + ENOUGH
        wait_for(
            lambda: len(self.acknowledged) >= wanted or None,
            f"bids over {type(self.transport).__name__}",
            seconds=30,
        )


@contextmanager
def bidding(bidders: list[Bidder]) -> Iterator[None]:
    stopping = threading.Event()
    with ThreadPoolExecutor() as executor:
        running = [executor.submit(bidder.bid, stopping) for bidder in bidders]
        try:
            yield
        finally:
            stopping.set()
        for each in running:
            each.result()


@pytest.fixture(scope="module")
def servers(tmp_path_factory: pytest.TempPathFactory) -> Iterator[list[ValkeyServer]]:
    folder = tmp_path_factory.mktemp("failover")
    with running_cluster(folder, *OPTIONS, replicas=3) as servers:
        for replica in servers[3:]:
            wait_link(replica)
        yield servers


def lot_on(lots: Lots, valkey: Valkey, port: int) -> AuctionId:
    """Create lots until one belongs to the server at `port`."""
    while True:
        auction_id = lots.create()
        node = valkey.node_of(auction_keys(auction_id).auction)
        if node.connection_pool.connection_kwargs["port"] == port:
            return auction_id


def wait_promoted(replicas: list[ValkeyServer]) -> ValkeyServer:
    """Return the replica that has become a primary."""

    def look() -> ValkeyServer | None:
        for replica in replicas:
            with replica.client() as client:
                if client.info("replication")["role"] == "master":
                    return replica
        return None

    return wait_for(look, "a replica to be promoted", seconds=20)


def test_bids_over_every_transport_survive_killed_primaries(
    servers: list[ValkeyServer], tmp_path: Path
) -> None:
    url = f"valkey+cluster://127.0.0.1:{servers[0].port}"
    valkey = connect(url, timeout_s=5)
    prepare_store(valkey, PARTITIONS)
    store = ValkeyStore(Connection(valkey, Durability()), PARTITIONS)
    lots, who = Lots(store), BIDDERS[0]
    with ExitStack() as stack:
        neighbours = stack.enter_context(Neighbours().answering())
        settings = {
            "VALKEY_WAIT_REPLICAS": "1",
            "MARTELO_RATE_LIMITS": "off",
            "DATABASE_URL": "postgresql://127.0.0.1:9/none",
            "IMAGES_URL": neighbours.url,
        }
        api, live, socketio = (
            stack.enter_context(
                running_process(LiveProcess(name, tmp_path, url, neighbours.url, **settings))
            )
            for name in ("api", "live", "socketio")
        )
        transports = Rest(api.port), WebSocket(live.port), SocketIo(socketio.port)
        proof = neighbours.token(who.account_id, who.name)
        bidders = [
            Bidder(transport, proof, lot_on(lots, valkey, servers[0].port))
            for transport in transports
        ]
        primary, *replicas = servers[0], *servers[3:]
        with bidding(bidders):
            for _ in range(KILLS):
                for bidder in bidders:
                    bidder.flow()
                primary.kill()
                # It does not come back, so that nothing redirects from its address.
                primary = wait_promoted(replicas)
                replicas.remove(primary)
            for bidder in bidders:
                bidder.flow()
    valkey.refresh()
    for bidder in bidders:
        entries = store.entries(bidder.auction_id, (0, 0), 10_000)
        bids = {entry.seq: entry.amount_cents for entry in entries if isinstance(entry, BidPlaced)}
        # A bid whose answer did not arrive before the end may be there, too.
        assert bidder.acknowledged.items() <= bids.items()
        assert len(set(bids.values())) == len(bids)
