"""Ten thousand auctions that end at one instant: each closed once and promptly, while bids go on.

Real processes: auctions-api on granian, one auctions-worker or two, Valkey under
`appendfsync always`, PostgreSQL for the record. Half of the lots have a bid. Meanwhile bids arrive
at a steady rate on lots that do not end; each is timed from when it was due.
"""

import json
import tempfile
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field, replace
from http import HTTPStatus
from pathlib import Path

from sqlalchemy import text

from benchmarks.bid_subjects import Requests, requests_for
from benchmarks.bidders import LOT, PEOPLE, rising_bids
from benchmarks.harness.cpu import CpuMeter
from benchmarks.harness.facts import Facts
from benchmarks.harness.http_load import percentile
from benchmarks.harness.processes import running
from benchmarks.harness.results import Report, Series, at_most, figure, series_of
from benchmarks.harness.rounds import Round, Scale
from benchmarks.harness.store import (
    PARTITIONS,
    SERVER_OPTIONS,
    Store,
    pack,
    pack_words,
    running_store,
    store_version,
)
from benchmarks.steady_bids import Sent, SteadyBids
from engines.house import House, build_house
from engines.postgresql import start_postgresql
from fakes.neighbours import Neighbours
from martelo.auctions.adapters.live_store.calls import place_bid_call
from martelo.auctions.adapters.live_store.keys import auction_keys, partition_keys
from martelo.auctions.domain.bidding import Bid
from martelo.auctions.domain.creating import Draft
from martelo.contracts.finished import DECODER
from martelo.kernel.ids import AuctionId

TIMES = "\N{MULTIPLICATION SIGN}"
ENDING = 10_000
OPEN_LOTS = 200
BIDS_PER_S = 400
AHEAD_S = 20.0
"""How long before their end the lots are created; by then the record must have them all."""

SATURATED_S = 0.25
"""A p99 of bids above this before the end means that the machine is busy with something else."""

BEFORE_S = 4.0
AFTER_S = 3.0
RECORD_TIMEOUT_S = 40.0
ROUNDS = {1: 2, 2: 1}
"""Rounds by number of workers: each takes about 25 s, and all must fit in two minutes."""

QUICK_ROUNDS = {1: 1}


@dataclass(frozen=True)
class Scene:
    """What a round needs: stores, the API's port, and requests."""

    house: House
    store: Store
    port: int
    requests: Requests
    wrong: list[str] = field(default_factory=list)
    """Wrong contents of stores, and wrong answers."""

    def play(self, workers: Sequence[CpuMeter]) -> Round:
        """Let the lots end while bids arrive; check everything, and return what was measured."""
        self.house.empty()
        ends_at_ms = self.store.auctions.now_ms() + int(AHEAD_S * 1000)
        lots = self._open_ending(ends_at_ms)
        bids = rising_bids(self.store.open(OPEN_LOTS, LOT), int(BIDS_PER_S * (BEFORE_S + AFTER_S)))
        requests = self.requests.bids("/place-bid", bids)
        self._wait_for_record("seq > 0", len(lots) + OPEN_LOTS)
        begin_s = ends_at_ms / 1000 - BEFORE_S
        late = time.time() > begin_s
        cpu = [meter.read_s() for meter in (*workers, self.store.cpu)]
        sent = SteadyBids(self.port, BIDS_PER_S).run(requests, begin_s)
        recorded_at = self._wait_for_record("closed_at_ms IS NOT NULL", len(lots))
        *worked, stored = (
            meter.read_s() - before
            for meter, before in zip((*workers, self.store.cpu), cpu, strict=True)
        )
        last_ms = max(self._closings(lots))
        before, meanwhile = _split(sent, ends_at_ms / 1000, last_ms / 1000)
        self.wrong.extend(self._wrong(lots, sent))
        return Round(
            operations=len(lots),
            wall_s=(last_ms - ends_at_ms) / 1000,
            cpu_s=sum(worked),
            others={
                "store_s": stored,
                "record_s": recorded_at - last_ms / 1000,
                "before_ms": percentile(before, 99) * 1000,
                "meanwhile_ms": percentile(meanwhile, 99) * 1000,
                "bids_meanwhile": len(meanwhile),
            },
            fault=_fault(before, late=late),
        )

    def _open_ending(self, ends_at_ms: int) -> list[AuctionId]:
        draft = Draft(
            "Relógio de parede",
            "Funciona, de 1930. " * 10,
            1_000,
            ends_at_ms=ends_at_ms,
            soft_close_window_s=0,
            soft_close_cap_s=0,
            category="relogios",
        )
        lots = self.store.open(ENDING, draft)
        bids = (place_bid_call(lot, Bid(PEOPLE[0], 1_000)) for lot in lots[::2])
        self.store.pipelined([pack(call) for call in bids])
        return lots

    def _wait_for_record(self, condition: str, count: int) -> float:
        """Wait until `count` auctions of the record meet `condition`; return the time."""
        statement = text(f"SELECT count(*) FROM auction WHERE {condition}")  # noqa: S608 - from above
        deadline = time.monotonic() + RECORD_TIMEOUT_S
        while True:
            with self.house.engine.begin() as connection:
                if connection.execute(statement).scalar_one() >= count:
                    return time.time()
            if time.monotonic() > deadline:
                raise RuntimeError(f"the record does not have {count} auctions where {condition}")
            time.sleep(0.1)

    def _closings(self, lots: Sequence[AuctionId]) -> list[int]:
        words = [
            pack_words("XREVRANGE", auction_keys(lot).ledger, "+", "-", "COUNT", 1) for lot in lots
        ]
        entries = [json.loads(reply[0][1][1]) for reply in self.store.pipelined(words)]
        return [entry["at"] for entry in entries if entry["type"] == "closed"]

    def _wrong(self, lots: Sequence[AuctionId], sent: Sequence[Sent]) -> Iterator[str]:
        refused = Counter(each.status for each in sent if each.status != HTTPStatus.CREATED)
        if refused:
            yield f"bids were answered {dict(refused)}"
        words = [pack_words("XLEN", auction_keys(lot).ledger) for lot in lots]
        lengths = [int(length) for length in self.store.pipelined(words)]
        if lengths != [3, 2] * (len(lots) // 2):
            yield "a ledger does not have the creation, its bid and one end"
        keys = [partition_keys(partition).finished for partition in range(PARTITIONS)]
        streams = self.store.pipelined([pack_words("XRANGE", key, "-", "+") for key in keys])
        ended = (DECODER.decode(fields[1]).auction_id for stream in streams for _, fields in stream)
        if Counter(ended) != Counter(lots):
            yield "the streams do not contain each end once"


def _fault(before: list[float], *, late: bool) -> str | None:
    """Return why a round is not valid, or `None`."""
    if late:
        return "the record was late with the creation"
    if percentile(before, 99) > SATURATED_S:
        return "the machine is too slow for the bids alone"
    return None


def _split(sent: Sequence[Sent], ends_at: float, last_at: float) -> tuple[list[float], list[float]]:
    """Return the latencies of bids before the end, and from the end to the last closing."""
    before = [each.took_s for each in sent if each.due_at < ends_at]
    # A short closing would leave too few bids for a percentile.
    until = max(last_at, ends_at + 0.5)
    return before, [each.took_s for each in sent if ends_at <= each.due_at <= until]


@contextmanager
def _scene(folder: Path) -> Iterator[tuple[Scene, dict[str, str]]]:
    with ExitStack() as stack:
        store = stack.enter_context(running_store(folder))
        postgresql = start_postgresql(folder / "postgresql")
        stack.callback(postgresql.stop)
        house = build_house(store.server, postgresql)
        stack.callback(house.engine.dispose)
        neighbours = stack.enter_context(Neighbours().answering())
        settings = {
            "VALKEY_URL": store.server.url,
            "DATABASE_URL": house.database_url,
            "ACCOUNTS_URL": neighbours.url,
            "IMAGES_URL": neighbours.url,
            "MARTELO_WORKERS": "1",
        }
        api = stack.enter_context(
            running("martelo.auctions.main", "api", folder=folder, settings=settings)
        )
        yield Scene(house, store, api.port, requests_for(PEOPLE, neighbours)), settings


def run(scale: Scale) -> Report:
    """Run the benchmark."""
    facts = Facts(
        scale,
        {
            "appendfsync": "always",
            "options": SERVER_OPTIONS,
            "partitions": PARTITIONS,
            "ending": ENDING,
            "bids_per_s": BIDS_PER_S,
        },
    )
    found: dict[int, list[Round]] = {}
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        with _scene(folder) as (scene, settings):
            for count, rounds in (ROUNDS if scale.is_full else QUICK_ROUNDS).items():
                with ExitStack() as stack:
                    workers = [
                        stack.enter_context(
                            running(
                                "martelo.auctions.main", "worker", folder=folder, settings=settings
                            )
                        ).cpu
                        for _ in range(count)
                    ]
                    found[count] = [scene.play(workers) for _ in range(rounds)]
            version = store_version(scene.store)
    return _report(found, facts.as_json(store=version), tuple(scene.wrong))


def _report(
    found: dict[int, list[Round]], facts: dict[str, object], wrong: tuple[str, ...]
) -> Report:
    everything = [each for rounds in found.values() for each in rounds]
    counts = f"{'/'.join(map(str, found))} workers"
    last = series_of(f"the last of {ENDING:,} ends, {counts}", "s", everything, lambda r: r.wall_s)
    slower = series_of(
        "bids' p99 meanwhile / before",
        TIMES,
        everything,
        lambda r: r.others["meanwhile_ms"] / r.others["before_ms"],
    )
    return Report(
        "closing",
        (
            figure(last.name, _worst(last), at_most(1.0), rounds=1),
            figure(slower.name, slower, at_most(3.0), rounds=1),
        ),
        shown=(
            last,
            slower,
            *(_other(name, "ms", everything) for name in ("before_ms", "meanwhile_ms")),
            _other("bids_meanwhile", "", everything),
            _other("record_s", "s", everything),
            series_of("worker CPU", "us", everything, lambda r: r.cpu_us),
            series_of(
                "store CPU, bids included", "us", everything, lambda r: r.other_us("store_s")
            ),
        ),
        facts=facts,
        wrong=wrong,
    )


def _worst(series: Series) -> Series:
    """Return the greatest round only: a limit for every round is not judged by the median."""
    return replace(series, values=tuple(sorted(series.values)[-1:]))


def _other(name: str, unit: str, rounds: Sequence[Round]) -> Series:
    return series_of(name.replace("_", " "), unit, rounds, lambda each: each.others[name])
