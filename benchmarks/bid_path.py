"""The cost of a bid, and whether it is correct: the product, stock Flask, a naive app.

Over HTTP, bids are sent over 32 connections on 1,000 auctions, with tokens and idempotency keys as
pages send them. On the one hot auction there are 32 connections over HTTP and 256 WebSockets, each
with one bid in flight at a time.
"""

import tempfile
from collections.abc import Mapping, Sequence
from contextlib import ExitStack
from functools import partial
from pathlib import Path

from benchmarks.bid_subjects import (
    CONNECTIONS,
    LOTS,
    SOCKETS,
    Bidding,
    LoadedServer,
    requests_for,
)
from benchmarks.bidders import PEOPLE
from benchmarks.harness.facts import Facts
from benchmarks.harness.http_load import HttpLoader
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
from benchmarks.harness.store import SERVER_OPTIONS, running_store, store_version
from fakes.neighbours import Neighbours

WORKERS = "1"
UNREACHABLE = "postgresql://nobody@127.0.0.1:1/none?connect_timeout=1"
"""The record's address: a bid on a live auction does not read the record."""

BOTH = ("bid", "hot socket bid")
HOT = ("hot bid", "hot socket bid", "naive hot bid")

Found = Mapping[str, Sequence[Round]]


def run(scale: Scale) -> Report:
    """Run the benchmark."""
    facts = Facts(
        scale,
        {
            "appendfsync": "always",
            "options": SERVER_OPTIONS,
            "workers": WORKERS,
            "connections": CONNECTIONS,
            "sockets": SOCKETS,
            "lots": LOTS,
        },
    )
    with tempfile.TemporaryDirectory() as name, ExitStack() as stack:
        store = stack.enter_context(running_store(Path(name)))
        neighbours = stack.enter_context(Neighbours().answering())
        bidding = Bidding(store, requests_for(PEOPLE, neighbours), scale.round_s)
        settings = {
            "VALKEY_URL": store.server.url,
            "ACCOUNTS_URL": neighbours.url,
            "AUCTIONS_URL": neighbours.url,
            "IMAGES_URL": neighbours.url,
            "DATABASE_URL": UNREACHABLE,
            "MARTELO_WORKERS": WORKERS,
        }

        def started(module: str, *words: str) -> Running:
            return stack.enter_context(
                running(module, *words, folder=Path(name), settings=settings)
            )

        def loaded(server: Running) -> LoadedServer:
            loader = HttpLoader(server.port, CONNECTIONS)
            stack.callback(loader.close)
            return LoadedServer(server, store, loader)

        api = loaded(started("martelo.auctions.main", "api"))
        live = started("martelo.auctions.main", "live")
        stock = loaded(started("benchmarks.stock_app"))
        naive = loaded(started("benchmarks.baseline_app"))
        rounds = interleave(
            {
                "bid": partial(bidding.bid, api),
                "stock no-op": partial(bidding.noop, stock),
                "stock route": partial(bidding.bid, stock),
                "naive bid": partial(bidding.naive, naive),
                "hot bid": partial(bidding.hot, api),
                "hot socket bid": partial(bidding.hot_socket, live),
                "naive hot bid": partial(bidding.naive_hot, naive),
            },
            scale,
        )
        version = store_version(store)
    return _report(rounds, facts.as_json(store=version))


def _report(rounds: Found, facts: Mapping[str, object]) -> Report:
    cpu = {name: _cpu(name, found) for name, found in rounds.items()}
    rate = {name: _rate(name, found) for name, found in rounds.items()}
    bid, with_store = cpu["bid"], {name: _with_store(name, rounds[name]) for name in BOTH}
    wrong = Series("wrong accepts", "", (_sum("wrong", rounds, "hot bid", "hot socket bid"),))
    lost = _sum("lost", rounds, "hot socket bid")
    return Report(
        "bid_path",
        (
            ratio("place-bid CPU / stock no-op", bid, cpu["stock no-op"], at_most(1.5, 1.2)),
            ratio("place-bid CPU / stock route", bid, cpu["stock route"], at_most(0.6, 0.5)),
            ratio("bids a second / naive", rate["bid"], rate["naive bid"], at_least(8, 10)),
            ratio("place-bid CPU / naive", bid, cpu["naive bid"], at_most(1 / 8, 1 / 9)),
            figure("wrong accepts on one hot auction", wrong, at_most(0, 0), rounds=1),
            ratio(
                "hot socket bids a second / naive",
                rate["hot socket bid"],
                rate["naive hot bid"],
                at_least(30, 60),
            ),
            ratio(
                "hot socket bid / HTTP bid, server and store CPU",
                with_store["hot socket bid"],
                with_store["bid"],
                at_most(target=1 / 10),
            ),
        ),
        shown=(
            *cpu.values(),
            *rate.values(),
            *(_store_cpu(name, found) for name, found in rounds.items() if name != "stock no-op"),
            *(_loader_cpu(name, found) for name, found in rounds.items()),
            *(_other(name, "p50_ms", "ms", rounds[name]) for name in BOTH),
            *(_other(name, "p99_ms", "ms", rounds[name]) for name in BOTH),
            *(_other(name, "refused", "", rounds[name]) for name in HOT),
            _other("naive hot bid", "wrong", "", rounds["naive hot bid"]),
        ),
        facts=facts,
        wrong=(f"{lost:.0f} acknowledged bids are not in the ledger",) if lost else (),
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


def _with_store(name: str, rounds: Sequence[Round]) -> Series:
    return series_of(
        f"{name}, server and store CPU",
        "us",
        rounds,
        lambda each: each.cpu_us + each.other_us("store_s"),
    )


def _other(name: str, measure: str, unit: str, rounds: Sequence[Round]) -> Series:
    return series_of(
        f"{name}, {measure.removesuffix('_ms')}", unit, rounds, lambda each: each.others[measure]
    )


def _sum(measure: str, rounds: Found, *names: str) -> float:
    """Return the sum of a measure over all rounds, also those with a fault."""
    return sum(each.others[measure] for name in names for each in rounds[name])
