"""What a bid over HTTP costs and whether it is right: the product, stock Flask, a naive app.

All bids come from 32 connections over 1,000 auctions, with tokens and idempotency keys as pages
send them; the hot auction has all 32 to itself.
"""

import tempfile
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, replace
from functools import partial
from itertools import cycle
from pathlib import Path

from benchmarks.baseline_app import auction_key, history_key
from benchmarks.bidders import HOT_LOT, LOT, PEOPLE, rising_bids
from benchmarks.harness.facts import Facts
from benchmarks.harness.http_load import HttpLoader, Load, percentile
from benchmarks.harness.processes import Running, running
from benchmarks.harness.results import (
    Report,
    Series,
    at_least,
    at_most,
    figure,
    ratio,
    series_of,
)
from benchmarks.harness.rounds import Round, Scale, interleave
from benchmarks.harness.store import OPTIONS, Store, pack_words, running_store, store_version
from fakes.neighbours import Neighbours
from martelo.auctions.domain.auction import Person
from martelo.auctions.domain.bidding import Bid
from martelo.auctions.domain.entries import BidPlaced
from martelo.kernel.ids import AuctionId
from martelo.kernel.money import format_amount

LOTS = 1_000
CONNECTIONS = 32
WORKERS = "1"
BIDS_PER_S = 5_000
"""Requests made ready for each second of a round: more than any of them answers."""

NOBODY = "postgresql://nobody@127.0.0.1:1/none?connect_timeout=1"
"""The record's address: a bid on a live auction does not ask the record."""

TOKENS_LAST_S = 3_600


@dataclass(frozen=True)
class Requests:
    """Makes the bytes of bids, with a token for each bidder."""

    authorizations: dict[str, bytes]

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
                self.authorizations[bid.by.account_id],
                (bid.key or "").encode(),
                len(body),
                body,
            )
        )


def requests_for(people: Sequence[Person], neighbours: Neighbours) -> Requests:
    """Return what makes requests of these people."""
    return Requests(
        {
            person.account_id: neighbours.token(
                person.account_id, person.name, lasts_s=TOKENS_LAST_S
            ).encode()
            for person in people
        }
    )


@dataclass
class Target:
    """One server under load, with its connections kept."""

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


class BidPath:
    """The subjects, each a round of its own."""

    def __init__(self, store: Store, requests: Requests, seconds: float) -> None:
        self._store = store
        self._requests = requests
        self._seconds = seconds
        self._count = int(BIDS_PER_S * seconds)

    def bid(self, target: Target) -> Round:
        """Place bids on new auctions; they are counted again in the ledgers."""
        self._store.empty()
        lots = self._store.open(LOTS, LOT)
        requests = self._requests.bids("/place-bid", rising_bids(lots, self._count))
        found, load = target.load(iter(requests), self._seconds)
        return self._checked(found, load, self._store.bids_in_ledgers(lots))

    def noop(self, target: Target) -> Round:
        """Send bids where nothing is done about them."""
        lots = [AuctionId(f"00-{number:013d}") for number in range(LOTS)]
        requests = self._requests.bids("/noop", rising_bids(lots, LOTS))
        return target.load(cycle(requests), self._seconds)[0]

    def naive(self, target: Target) -> Round:
        """Place bids with the naive app."""
        lots = self._naive_lots(LOTS)
        requests = self._requests.bids("/place-bid", rising_bids(lots, self._count))
        found, load = target.load(iter(requests), self._seconds)
        return self._checked(found, load, sum(len(each) for each in self._histories(lots)))

    def hot(self, target: Target) -> Round:
        """Bid on one auction over every connection; `wrong` did not beat what was accepted."""
        self._store.empty()
        lots = self._store.open(1, HOT_LOT)
        found, load = target.load(self._hot_bids(lots), self._seconds)
        entries = self._store.auctions.entries(lots[0], (1, 0), self._count)
        prices = [entry.price_cents for entry in entries if isinstance(entry, BidPlaced)]
        return _with_wrong(self._checked(found, load, len(entries)), prices)

    def naive_hot(self, target: Target) -> Round:
        """Do the same to the naive app."""
        lots = self._naive_lots(1)
        found, load = target.load(self._hot_bids(lots), self._seconds)
        [history] = self._histories(lots)
        return _with_wrong(self._checked(found, load, len(history)), history)

    def _hot_bids(self, lots: Sequence[AuctionId]) -> Iterator[bytes]:
        return iter(self._requests.bids("/place-bid", rising_bids(lots, self._count)))

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
    def _checked(found: Round, load: Load, kept: int) -> Round:
        if found.fault is None and kept != load.statuses[201]:
            return replace(found, fault=f"{load.statuses[201]} accepted, {kept} kept")
        return found


def count_wrong(amounts: Sequence[int]) -> int:
    """Return how many of the accepted amounts, in order, did not beat every one before."""
    highest, wrong = 0, 0
    for amount in amounts:
        wrong += amount <= highest
        highest = max(highest, amount)
    return wrong


def _with_wrong(found: Round, amounts: Sequence[int]) -> Round:
    return replace(found, others={**found.others, "wrong": count_wrong(amounts)})


def run(scale: Scale) -> Report:
    """Measure and return what was found."""
    facts = Facts(
        scale,
        {
            "appendfsync": "always",
            "options": OPTIONS,
            "workers": WORKERS,
            "connections": CONNECTIONS,
            "lots": LOTS,
        },
    )
    with tempfile.TemporaryDirectory() as name, ExitStack() as stack:
        folder = Path(name)
        store = stack.enter_context(running_store(folder))
        neighbours = stack.enter_context(Neighbours().answering())
        path = BidPath(store, requests_for(PEOPLE, neighbours), scale.round_s)
        settings = {
            "VALKEY_URL": store.server.url,
            "ACCOUNTS_URL": neighbours.url,
            "IMAGES_URL": neighbours.url,
            "DATABASE_URL": NOBODY,
            "MARTELO_WORKERS": WORKERS,
        }

        def started(module: str, *words: str) -> Target:
            server = stack.enter_context(running(module, *words, folder=folder, settings=settings))
            loader = HttpLoader(server.port, CONNECTIONS)
            stack.callback(loader.close)
            return Target(server, store, loader)

        api = started("martelo.auctions.main", "api")
        stock = started("benchmarks.stock_app")
        naive = started("benchmarks.baseline_app")
        spread = interleave(
            {
                "our bid": partial(path.bid, api),
                "stock no-op": partial(path.noop, stock),
                "stock route": partial(path.bid, stock),
                "naive bid": partial(path.naive, naive),
            },
            scale,
        )
        hot = interleave(
            {
                "our hot bid": partial(path.hot, api),
                "naive hot bid": partial(path.naive_hot, naive),
            },
            scale,
        )
        version = store_version(store)
    return _report(spread, hot, facts.as_json(store=version))


def _report(
    spread: Mapping[str, Sequence[Round]],
    hot: Mapping[str, Sequence[Round]],
    facts: Mapping[str, object],
) -> Report:
    rounds = {**spread, **hot}
    cpu = {name: _cpu(name, found) for name, found in rounds.items()}
    rate = {name: _rate(name, found) for name, found in rounds.items()}
    bid, noop, stock, naive = (cpu[name] for name in spread)
    wrong = _total("wrong accepts, ours", "wrong", hot["our hot bid"])
    naive_wrong = series_of(
        "wrong accepts, naive, of those accepted",
        "%",
        hot["naive hot bid"],
        lambda each: 100 * each.others["wrong"] / max(1, each.operations),
    )
    return Report(
        "bid_path",
        (
            ratio("place-bid CPU / stock no-op", bid, noop, at_most(1.5, 1.2)),
            ratio("place-bid CPU / stock route", bid, stock, at_most(0.6, 0.5)),
            ratio("bids a second / naive", rate["our bid"], rate["naive bid"], at_least(8, 10)),
            ratio("place-bid CPU / naive", bid, naive, at_most(1 / 8, 1 / 9)),
            figure("wrong accepts on one hot auction", wrong, at_most(0, 0), rounds=1),
        ),
        shown=(
            *cpu.values(),
            *rate.values(),
            naive_wrong,
            *(_refused(name, found) for name, found in hot.items()),
            *(_store_cpu(name, found) for name, found in rounds.items() if name != "stock no-op"),
            *(_loader_cpu(name, found) for name, found in spread.items()),
            *(_percentile(name, each, spread[name]) for name in spread for each in ("p50", "p99")),
        ),
        facts=facts,
    )


def _cpu(name: str, rounds: Sequence[Round]) -> Series:
    return series_of(f"{name}, CPU", "us", rounds, lambda each: each.cpu_us)


def _rate(name: str, rounds: Sequence[Round]) -> Series:
    return series_of(f"{name}, rate", "1/s", rounds, lambda each: each.per_s)


def _store_cpu(name: str, rounds: Sequence[Round]) -> Series:
    return series_of(f"{name}, store CPU", "us", rounds, lambda each: each.other_us("store_s"))


def _loader_cpu(name: str, rounds: Sequence[Round]) -> Series:
    return series_of(f"{name}, loader CPU", "us", rounds, lambda each: each.other_us("loader_s"))


def _percentile(name: str, which: str, rounds: Sequence[Round]) -> Series:
    return series_of(f"{name}, {which}", "ms", rounds, lambda each: each.others[f"{which}_ms"])


def _refused(name: str, rounds: Sequence[Round]) -> Series:
    return series_of(f"{name}, refused", "", rounds, lambda each: each.others["refused"])


def _total(name: str, measure: str, rounds: Sequence[Round]) -> Series:
    """Return the sum of a measure over all rounds, those that do not count otherwise included."""
    return Series(name, "", (sum(each.others[measure] for each in rounds),))
