"""The store's cost of a bid: with and without rules, by partitions; and of idle workers.

Bids are sent on one pipelined connection, so that the store does nothing else.
"""

import tempfile
import time
from collections.abc import Sequence
from dataclasses import replace
from functools import partial
from pathlib import Path

from benchmarks.bidders import LOT, rising_bids
from benchmarks.harness.cpu import own_s
from benchmarks.harness.facts import Facts
from benchmarks.harness.processes import Running, running
from benchmarks.harness.results import Report, Series, at_most, ratio, series_of
from benchmarks.harness.rounds import Round, Scale, interleave
from benchmarks.harness.store import (
    PARTITIONS,
    SERVER_OPTIONS,
    Pipeline,
    Reply,
    Store,
    pack,
    running_store,
    store_version,
)
from engines.house import House, build_house
from engines.postgresql import start_postgresql
from martelo.auctions.adapters.live_store.calls import place_bid_call
from martelo.kernel.ids import AuctionId

LOTS = 1_024
"""The same for every number of partitions, and a multiple of each."""

PARTITION_COUNTS = (1, 4, 16, 64)
BIDS_PER_S = 14_000
"""Bids in a round per second of its length."""

IDLE_WINDOWS, IDLE_WINDOW_S = 5, 0.8
ARCHIVED_WITHIN_S = 30.0
BARE_FUNCTION = "bench_place_bid"
CONSTANTS = Path(__file__).with_name("constants.lua")


def run(scale: Scale) -> Report:
    """Run the benchmark."""
    facts = Facts(scale, {"appendfsync": "always", "options": SERVER_OPTIONS, "lots": LOTS})
    count = int(BIDS_PER_S * scale.round_s)
    with tempfile.TemporaryDirectory() as name, running_store(Path(name)) as store:
        [node] = store.valkey.primaries()
        node.function_load(CONSTANTS.read_text(encoding="utf-8"), replace=True)
        over = {
            f"bid, {n} partitions": partial(_accepted, store, n, count) for n in PARTITION_COUNTS
        }
        rounds = interleave(
            {
                "constants": partial(_without_rules, store, count),
                **over,
            },
            scale,
        )
        idle = _idle_workers(store, Path(name))
        version = store_version(store)
    cpu = {
        name: series_of(f"{name}, store CPU", "us", found, lambda each: each.cpu_us)
        for name, found in rounds.items()
    }
    rates = series_of(
        "bids a second, 16 partitions", "1/s", rounds["bid, 16 partitions"], lambda each: each.per_s
    )
    real, one, many = (cpu[f"bid, {n} partitions"] for n in (PARTITIONS, 1, 64))
    return Report(
        "store",
        (
            ratio("accepted bid / constants, store CPU", real, cpu["constants"], at_most(2, 1.5)),
            ratio("bid, 64 partitions / 1, store CPU", many, one, at_most(1.1)),
        ),
        shown=(*cpu.values(), rates, *idle),
        facts=facts.as_json(store=version),
    )


def _accepted(store: Store, partitions: int, count: int) -> Round:
    """Place bids that are all accepted, on new lots in `partitions` partitions."""
    store.empty(partitions)
    lots = store.open(LOTS, LOT)
    commands = [pack(place_bid_call(lot, bid)) for lot, bid in rising_bids(lots, count)]
    found, replies = _measured(store, commands)
    accepted = sum(reply[0] == b"placed" for reply in replies)
    stored = store.bids_in_ledgers(lots)
    if not accepted == stored == count:
        return replace(found, fault=f"{accepted} of {count} accepted, {stored} in the ledgers")
    return found


def _without_rules(store: Store, count: int) -> Round:
    """Issue the same commands without rules."""
    store.empty(PARTITIONS)
    lots = store.open(LOTS, LOT)
    calls = (place_bid_call(lot, bid) for lot, bid in rising_bids(lots, count))
    commands = [pack(replace(call, function=BARE_FUNCTION)) for call in calls]
    return _measured(store, commands)[0]


def _measured(store: Store, commands: Sequence[bytes]) -> tuple[Round, list[Reply]]:
    with Pipeline(store.server.port) as pipeline:
        cpu, loader, began = store.cpu.read_s(), own_s(), time.perf_counter()
        replies = pipeline.execute(commands)
        wall_s = time.perf_counter() - began
        found = Round(
            operations=len(commands),
            wall_s=wall_s,
            cpu_s=store.cpu.read_s() - cpu,
            others={"loader_s": own_s() - loader},
        )
    return found, replies


def _idle_workers(store: Store, folder: Path) -> list[Series]:
    """Return the CPU time of a worker with nothing to do, for each number of partitions."""
    postgresql = start_postgresql(folder / "postgresql")
    try:
        house = build_house(store.server, postgresql)
        found = [_idle_worker(store, count, folder, house) for count in PARTITION_COUNTS]
        house.engine.dispose()
    finally:
        postgresql.stop()
    return found


def _idle_worker(store: Store, partitions: int, folder: Path, house: House) -> Series:
    name = f"idle worker, {partitions} partitions"
    store.empty(partitions)
    lots = store.open(LOTS, LOT)
    settings = {"VALKEY_URL": store.server.url, "DATABASE_URL": house.database_url}
    with running("martelo.auctions.main", "worker", folder=folder, settings=settings) as worker:
        if not _are_archived(lots, house):
            return Series(name, "ms/s", (), ("the record was not written in time",))
        values = tuple(_used_ms_per_s(worker) for _ in range(IDLE_WINDOWS))
    return Series(name, "ms/s", values)


def _are_archived(lots: Sequence[AuctionId], house: House) -> bool:
    """Wait until the worker has copied new lots to the record and become idle."""
    deadline = time.monotonic() + ARCHIVED_WITHIN_S
    while len(house.archive.positions(lots)) < len(lots):
        if time.monotonic() > deadline:
            return False
        time.sleep(0.1)
    return True


def _used_ms_per_s(server: Running) -> float:
    before, began = server.cpu.read_s(), time.perf_counter()
    time.sleep(IDLE_WINDOW_S)
    used_s, passed_s = server.cpu.read_s() - before, time.perf_counter() - began
    return used_s / passed_s * 1000
