"""The cost of a page of `GET /view-auctions`: by number of auctions, position and partitions.

Each store has its own auctions-api, and one page of 20 is requested repeatedly over one connection:
the first, or the one after the middle of the list.
"""

import json
import tempfile
from collections.abc import Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from functools import partial
from http.client import HTTPConnection
from itertools import repeat
from pathlib import Path

from benchmarks.harness.facts import Facts
from benchmarks.harness.http_load import HttpLoader, percentile
from benchmarks.harness.processes import Running, running
from benchmarks.harness.results import Report, Series, at_most, figure, ratio, series_of
from benchmarks.harness.rounds import Round, Scale, interleave
from benchmarks.harness.store import PARTITIONS, SERVER_OPTIONS, Store, running_store, store_version
from fakes.neighbours import Neighbours
from martelo.auctions.api.lists import format_cursor
from martelo.auctions.domain.creating import Draft
from martelo.auctions.ports.readings import After
from martelo.kernel.ids import AuctionId

FEW, MANY = 1_000, 100_000
QUICK_MANY = 20_000
PAGE = 20
ENDS = 50
"""Different end times; auctions with equal ones are harder to list."""

UNREACHABLE = "postgresql://nobody@127.0.0.1:1/none?connect_timeout=1"
"""The record's address: this list does not read the record."""


@dataclass(frozen=True)
class ListedStore:
    """Auctions of one store in the order of the list, and the API that lists them."""

    store: Store
    api: Running
    loader: HttpLoader
    listed: Sequence[tuple[int, AuctionId]]

    def round(self, after: int, seconds: float) -> Round:
        """Request the page after `after` auctions."""
        head = f"GET {self._path(after)} HTTP/1.1\r\nHost: auctions\r\n\r\n"
        cpu, store_cpu = self.api.cpu.read_s(), self.store.cpu.read_s()
        load = self.loader.run(repeat(head.encode()), seconds)
        return Round(
            operations=load.answers,
            wall_s=load.wall_s,
            cpu_s=self.api.cpu.read_s() - cpu,
            others={
                "store_s": self.store.cpu.read_s() - store_cpu,
                "p50": percentile(load.latencies_s, 50) * 1000,
                "p99": percentile(load.latencies_s, 99) * 1000,
            },
            fault=load.fault(200),
        )

    def wrong(self, after: int) -> str | None:
        """Return what is wrong with the page after `after` auctions, or `None`."""
        connection = HTTPConnection("127.0.0.1", self.api.port, timeout=20)
        connection.request("GET", self._path(after))
        answer = json.loads(connection.getresponse().read())
        connection.close()
        shown = [item["id"] for item in answer["items"]]
        expected = [auction_id for _, auction_id in self.listed[after : after + PAGE]]
        return None if shown == expected else f"the page after {after} of {len(self.listed)}"

    def _path(self, after: int) -> str:
        if not after:
            return "/view-auctions"
        cursor = format_cursor(After(*self.listed[after - 1]))
        return f"/view-auctions?cursor={cursor}"


def open_listed_store(stack: ExitStack, folder: Path, partitions: int, count: int) -> ListedStore:
    """Start a store with `count` auctions, and its API."""
    folder.mkdir()
    store = stack.enter_context(running_store(folder, partitions))
    neighbours = stack.enter_context(Neighbours().answering())
    first_end = store.auctions.now_ms() + 86_400_000
    listed = [
        (ends_at_ms, auction_id)
        for ends_at_ms in range(first_end, first_end + ENDS)
        for auction_id in store.open(count // ENDS, _draft(ends_at_ms))
    ]
    settings = {
        "VALKEY_URL": store.server.url,
        "ACCOUNTS_URL": neighbours.url,
        "IMAGES_URL": neighbours.url,
        "DATABASE_URL": UNREACHABLE,
        "MARTELO_WORKERS": "1",
    }
    api = stack.enter_context(
        running("martelo.auctions.main", "api", folder=folder, settings=settings)
    )
    loader = HttpLoader(api.port, connections=1)
    stack.callback(loader.close)
    return ListedStore(store, api, loader, sorted(listed))


def _draft(ends_at_ms: int) -> Draft:
    return Draft(
        "Relógio de parede",
        "Funciona, de 1930. " * 10,
        1_000,
        ends_at_ms=ends_at_ms,
        category="relogios",
        image_ids=("i1", "i2"),
    )


def run(scale: Scale) -> Report:
    """Run the benchmark."""
    many = MANY if scale.is_full else QUICK_MANY
    facts = Facts(
        scale,
        {
            "appendfsync": "always",
            "options": SERVER_OPTIONS,
            "few": FEW,
            "many": many,
            "page": PAGE,
        },
    )
    seconds = scale.round_s / 2
    with tempfile.TemporaryDirectory() as name, ExitStack() as stack:
        folder = Path(name)
        stores = {
            f"{count:,} over {partitions}": open_listed_store(
                stack, folder / f"{partitions}-{count}", partitions, count
            )
            for partitions, count in (
                (PARTITIONS, FEW),
                (PARTITIONS, many),
                (1, FEW),
                (4, FEW),
                (64, FEW),
            )
        }
        few, crowd, *_ = stores.values()
        pages = {
            **{f"first of {name}": (listed, 0) for name, listed in stores.items()},
            f"deep in {FEW:,}": (few, FEW // 2),
            f"deep in {many:,}": (crowd, many // 2),
        }
        wrong = [fault for listed, after in pages.values() if (fault := listed.wrong(after))]
        rounds = interleave(
            {
                name: partial(listed.round, after, seconds)
                for name, (listed, after) in pages.items()
            },
            scale,
            floor_cpu_s=scale.floor_cpu_s / 2,
        )
        version = store_version(few.store)
    return _report(rounds, facts.as_json(store=version), wrong)


def _report(
    rounds: Mapping[str, Sequence[Round]], facts: Mapping[str, object], wrong: Sequence[str]
) -> Report:
    cpu = {name: _series(name, "CPU", "us", found) for name, found in rounds.items()}
    few, many, _, _, spread, few_deep, many_deep = cpu
    late = {name: _p99(name, rounds[name]) for name in (many, many_deep)}
    return Report(
        "listing",
        (
            *(figure(each.name, each, at_most(50)) for each in late.values()),
            ratio(f"CPU: {many} / {few}", cpu[many], cpu[few], at_most(1.5)),
            ratio(f"CPU: {many_deep} / {few_deep}", cpu[many_deep], cpu[few_deep], at_most(1.5)),
            ratio(f"CPU: {many_deep} / {many}", cpu[many_deep], cpu[many], at_most(1.5)),
            ratio(f"CPU: {spread} / {few}", cpu[spread], cpu[few], at_most(2)),
        ),
        shown=(
            *cpu.values(),
            *(_p99(name, found) for name, found in rounds.items() if name not in late),
            *(
                series_of(f"{name}, store CPU", "us", found, lambda each: each.other_us("store_s"))
                for name, found in rounds.items()
            ),
        ),
        facts=facts,
        wrong=tuple(wrong),
    )


def _series(name: str, measure: str, unit: str, rounds: Sequence[Round]) -> Series:
    return series_of(f"{name}, {measure}", unit, rounds, lambda each: each.cpu_us)


def _p99(name: str, rounds: Sequence[Round]) -> Series:
    return series_of(f"{name}, p99", "ms", rounds, lambda each: each.others["p99"])
