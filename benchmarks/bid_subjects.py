"""Rounds of bids on each server: the product over HTTP and WebSocket, stock Flask, the naive app.

Every round has its own auctions, and counts only if all that was acknowledged is stored.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import cycle

from benchmarks.baseline_app import auction_key, history_key
from benchmarks.bidders import HOT_LOT, LOT, rising_bids
from benchmarks.harness.http_load import HttpLoader, Load, percentile
from benchmarks.harness.processes import Running
from benchmarks.harness.rounds import Round
from benchmarks.harness.socket_load import SocketLoad, SocketLoader
from benchmarks.harness.store import Store, pack_words
from benchmarks.socket_bids import (
    MARKERS,
    PATH,
    acknowledged_keys,
    auth_message,
    bid_frames,
    lost_keys,
)
from fakes.neighbours import Neighbours
from martelo.auctions.domain.auction import Person
from martelo.auctions.domain.bidding import Bid
from martelo.auctions.domain.entries import BidPlaced
from martelo.kernel.ids import AuctionId
from martelo.kernel.money import format_amount

LOTS = 1_000
CONNECTIONS = 32
SOCKETS = 256
BIDS_PER_S, SOCKET_BIDS_PER_S = 12_000, 40_000
"""Bids prepared per second of a round: more than any server answers."""

TOKENS_LAST_S = 3_600


@dataclass(frozen=True)
class Requests:
    """Builds requests for bids, with a token for each bidder."""

    tokens: dict[str, str]

    def bids(self, path: str, bids: Iterator[tuple[AuctionId, Bid]]) -> list[bytes]:
        """Return the requests that place `bids` at `path`."""
        return [self._bid(path.encode(), auction_id, bid) for auction_id, bid in bids]

    def _bid(self, path: bytes, auction_id: AuctionId, bid: Bid) -> bytes:
        assert bid.amount_cents is not None
        amount = format_amount(bid.amount_cents)
        body = f'{{"auction_id":"{auction_id}","amount":"{amount}"}}'.encode()
        return (
            b"POST %b HTTP/1.1\r\nHost: auctions\r\nAuthorization: Bearer %b\r\n"
            b"Content-Type: application/json\r\nIdempotency-Key: %b\r\nContent-Length: %d\r\n\r\n%b"
            % (
                path,
                self.tokens[bid.by.account_id].encode(),
                (bid.key or "").encode(),
                len(body),
                body,
            )
        )


def requests_for(people: Sequence[Person], neighbours: Neighbours) -> Requests:
    """Return a builder of requests by `people`."""
    return Requests(
        {
            person.account_id: neighbours.token(
                person.account_id, person.name, lasts_s=TOKENS_LAST_S
            )
            for person in people
        }
    )


@dataclass
class LoadedServer:
    """One server under load, with open connections."""

    server: Running
    store: Store
    loader: HttpLoader

    def load(self, requests: Iterator[bytes], seconds: float) -> tuple[Round, Load]:
        """Run the loader; the round's operations are the bids that were accepted."""
        cpu, store_cpu = self.server.cpu.read_s(), self.store.cpu.read_s()
        load = self.loader.run(requests, seconds)
        found = Round(
            operations=load.statuses[201] or load.statuses[200],
            wall_s=load.wall_s,
            cpu_s=self.server.cpu.read_s() - cpu,
            others={
                "store_s": self.store.cpu.read_s() - store_cpu,
                "loader_s": load.cpu_s,
                "refused": load.statuses[409],
                "p50_ms": percentile(load.latencies_s, 50) * 1000,
                "p99_ms": percentile(load.latencies_s, 99) * 1000,
            },
            fault=load.fault(200, 201, 409),
        )
        return found, load


class Bidding:
    """Runs the rounds, each about `seconds` long."""

    def __init__(self, store: Store, requests: Requests, seconds: float) -> None:
        self._store = store
        self._requests = requests
        self._seconds = seconds
        self._count = int(BIDS_PER_S * seconds)

    def bid(self, target: LoadedServer) -> Round:
        """Place bids on new auctions; the accepted ones are counted in the ledgers."""
        self._store.empty()
        lots = self._store.open(LOTS, LOT)
        requests = self._requests.bids("/place-bid", rising_bids(lots, self._count))
        found, load = target.load(iter(requests), self._seconds)
        return self._checked(found, load, self._store.bids_in_ledgers(lots))

    def noop(self, target: LoadedServer) -> Round:
        """Send bids to a route that does nothing."""
        lots = [AuctionId(f"00-{number:013d}") for number in range(LOTS)]
        requests = self._requests.bids("/noop", rising_bids(lots, LOTS))
        return target.load(cycle(requests), self._seconds)[0]

    def naive(self, target: LoadedServer) -> Round:
        """Place bids with the naive app."""
        lots = self._naive_lots(LOTS)
        requests = self._requests.bids("/place-bid", rising_bids(lots, self._count))
        found, load = target.load(iter(requests), self._seconds)
        return self._checked(found, load, sum(len(each) for each in self._histories(lots)))

    def hot(self, target: LoadedServer) -> Round:
        """Bid on one auction over every connection; `wrong` counts bids accepted but too low."""
        self._store.empty()
        lots = self._store.open(1, HOT_LOT)
        found, load = target.load(self._hot_bids(lots), self._seconds)
        stored = self._stored_bids(lots[0])
        prices = [entry.price_cents for entry in stored]
        return _with_wrong(self._checked(found, load, len(stored)), prices)

    def hot_socket(self, live: Running) -> Round:
        """Bid on one auction over WebSocket; each acknowledged key must be in the ledger."""
        self._store.empty()
        lots = self._store.open(1, HOT_LOT)
        bids = rising_bids(lots, int(SOCKET_BIDS_PER_S * self._seconds))
        frames = bid_frames(bids)
        tokens = list(self._requests.tokens.values())
        openings = [auth_message(tokens[i % len(tokens)]) for i in range(SOCKETS)]
        with SocketLoader(live.port, PATH, openings, MARKERS) as loader:
            cpu, store_cpu = live.cpu.read_s(), self._store.cpu.read_s()
            load = loader.run(iter(frames), self._seconds)
            cpu_s = live.cpu.read_s() - cpu
            store_s = self._store.cpu.read_s() - store_cpu
        stored = self._stored_bids(lots[0])
        lost = lost_keys(acknowledged_keys(load), [entry.key for entry in stored])
        found = _socket_round(load, cpu_s, store_s, lost)
        if found.fault is None and len(stored) != load.accepted:
            found = replace(found, fault=f"{load.accepted} accepted, {len(stored)} stored")
        return _with_wrong(found, [entry.price_cents for entry in stored])

    def naive_hot(self, target: LoadedServer) -> Round:
        """Bid on one auction of the naive app."""
        lots = self._naive_lots(1)
        found, load = target.load(self._hot_bids(lots), self._seconds)
        [history] = self._histories(lots)
        return _with_wrong(self._checked(found, load, len(history)), history)

    def _hot_bids(self, lots: Sequence[AuctionId]) -> Iterator[bytes]:
        return iter(self._requests.bids("/place-bid", rising_bids(lots, self._count)))

    def _stored_bids(self, lot: AuctionId) -> list[BidPlaced]:
        limit = int(SOCKET_BIDS_PER_S * self._seconds)
        entries = self._store.auctions.entries(lot, (1, 0), limit)
        return [entry for entry in entries if isinstance(entry, BidPlaced)]

    def _naive_lots(self, count: int) -> list[AuctionId]:
        self._store.empty()
        lots = [AuctionId(f"00-{number:013d}") for number in range(count)]
        self._store.pipelined(
            [pack_words("HSET", auction_key(lot), "active", 1, "price", 100) for lot in lots]
        )
        return lots

    def _histories(self, lots: Sequence[AuctionId]) -> list[list[int]]:
        words = [pack_words("LRANGE", history_key(lot), 0, -1) for lot in lots]
        return [[int(amount) for amount in reply] for reply in self._store.pipelined(words)]

    @staticmethod
    def _checked(found: Round, load: Load, stored: int) -> Round:
        if found.fault is None and stored != load.statuses[201]:
            return replace(found, fault=f"{load.statuses[201]} accepted, {stored} stored")
        return found


def count_wrong(amounts: Sequence[int]) -> int:
    """Return how many of the accepted amounts, in order, do not exceed all before them."""
    highest, wrong = 0, 0
    for amount in amounts:
        wrong += amount <= highest
        highest = max(highest, amount)
    return wrong


def _socket_round(load: SocketLoad, cpu_s: float, store_s: float, lost: set[str]) -> Round:
    return Round(
        operations=load.accepted,
        wall_s=load.wall_s,
        cpu_s=cpu_s,
        others={
            "store_s": store_s,
            "loader_s": load.cpu_s,
            "refused": load.answers - load.accepted,
            "lost": len(lost),
            "p50_ms": percentile(load.latencies_s, 50) * 1000,
            "p99_ms": percentile(load.latencies_s, 99) * 1000,
        },
        fault=f"{load.lost} bids were not answered" if load.lost else None,
    )


def _with_wrong(found: Round, amounts: Sequence[int]) -> Round:
    return replace(found, others={**found.others, "wrong": count_wrong(amounts)})
