"""The drill: a running stack, people who use it, and the comparison afterwards."""

import time
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from itertools import count, pairwise
from pathlib import Path
from typing import Any

from sqlalchemy import Engine

from chaos.bidders import Acknowledged, Bidder, Journal
from chaos.people import Account, create_auction, open_patient_client, read_ledger
from chaos.table import Row, Table
from chaos.viewers import SSE, SocketViewer, StreamViewer, Viewer, order_faults
from chaos.ways import HTTP, LIVE, HttpWay, LiveWay, Way
from martelo.auctions.adapters.live_store.connection import Connection, Durability
from martelo.auctions.adapters.live_store.store import ValkeyStore
from martelo.auctions.adapters.record.reading import SqlRecord
from martelo.auctions.domain.entries import BidPlaced, Entry
from martelo.auctions.verification import verify
from martelo.kernel.ids import AccountId, AuctionId
from martelo.runtime.postgresql.connections import open_engine
from martelo.runtime.valkey.client import connect
from martelo.stack.folder import DataFolder
from martelo.stack.supervise.control import ask
from stacks import LaunchedStack, wait_for

PARTITIONS = 16
COMES_BACK_WITHIN_S = 20.0
"""When the drill gives up waiting; how long it really took stands in the table."""

LOOKS_S = 0.2
"""How often the launcher is asked; it measures memory each time, which takes from the rest."""

FLOWS = 6
"""So many more acknowledgements over each way tell that bidding goes on."""

NAMES = ("Ana", "Bruno", "Carla", "Davi", "Elisa")


@dataclass(frozen=True)
class Place:
    """Where people bid and watch: the API, `/live` and the event streams, and their store."""

    url: str
    live_url: str
    own_store: ValkeyStore | None = None
    """Where it is not the stack's, or is reached in another way."""


@dataclass
class Lots:
    """The auctions of one load, and their acknowledgements."""

    place: Place
    auction_ids: list[str]
    journal: Journal


@dataclass(frozen=True)
class Times:
    """How long a fault kept what was hit away, and everybody else from what."""

    back_s: float
    bids_s: float
    live_bids_s: float
    streams_s: float | None
    sockets_s: float | None


@dataclass
class Findings:
    """What a comparison found; `faults` says it in words."""

    acknowledged: int = 0
    over_live: int = 0
    repeats: int = 0
    lost: int = 0
    double: int = 0
    unseen: int = 0
    faults: list[str] = field(default_factory=list)


class Drill:
    """A stack, its accounts, and everything that was done to it."""

    def __init__(self, stack: LaunchedStack, folder: Path, table: Table) -> None:
        self.stack = stack
        self.folder = folder
        self.table = table
        self.http = open_patient_client()
        self.lots: list[Lots] = []
        self._engine: Engine | None = None
        self.url = str(stack.status()["urls"]["gateway"]).replace("localhost", "127.0.0.1")
        self.connect()
        self.seller, *self.bidders = [Account(self.http, self.url, name) for name in NAMES]
        self._numbers = count(1)

    def connect(self) -> None:
        """Learn where the engines are; a stack that starts again may have moved them."""
        self.environment: dict[str, str] = self.tell("environment", context="auctions")[
            "environment"
        ]
        self.store = open_store(self.environment["VALKEY_URL"])
        if self._engine is not None:
            self._engine.dispose()
        self._engine = open_engine(
            self.environment["DATABASE_URL"], application="drill", pool_size=1
        )

    def close(self) -> None:
        """Let go of every connection."""
        self.http.close()
        self.engine.dispose()

    @property
    def engine(self) -> Engine:
        """The record's tables."""
        assert self._engine is not None
        return self._engine

    def tell(self, command: str, **words: object) -> dict[str, Any]:
        """Give the launcher a command, as `./martelo` does, and return its answer."""
        return ask(DataFolder(self.stack.data), {"command": command, **words})

    def process(self, name: str) -> dict[str, Any]:
        """Return what the launcher says of one process."""
        processes = self.tell("status")["processes"]
        return dict(next(process for process in processes if process["name"] == name))

    @contextmanager
    def load(self, place: Place | None = None, *, auctions: int = 3) -> Iterator["Load"]:
        """Have everybody bid on new auctions, and two watch each, while the block runs."""
        for account in (self.seller, *self.bidders):
            account.renew()
        place = place or Place(self.url, self.url)
        ids = [create_auction(self.http, place.url, self.seller) for _ in range(auctions)]
        journal = Journal(self.folder / f"acknowledged-{next(self._numbers)}.jsonl")
        lots = Lots(place, ids, journal)
        if place.own_store is None:
            self.lots.append(lots)
        load = Load(self, lots)
        load.start()
        try:
            load.flow()
            yield load
        finally:
            load.stop()

    def compare(self, lots: Lots) -> Findings:
        """Compare a load's acknowledgements with ledger, store and record."""
        found = Findings()
        acknowledged = lots.journal.read()
        found.acknowledged = len(acknowledged)
        found.over_live = sum(each.way == LIVE for each in acknowledged)
        found.repeats = sum(each.replayed for each in acknowledged)
        for auction_id in lots.auction_ids:
            own = [each for each in acknowledged if each.auction_id == auction_id]
            self._compare_ledger(lots, auction_id, own, found)
        return found

    def verify(self, lots: Lots) -> list[str]:
        """Return where the ledgers of a load do not add up to their states."""
        store, record = lots.place.own_store or self.store, SqlRecord(self.engine)
        ids = [AuctionId(auction_id) for auction_id in lots.auction_ids]
        return [
            f"{auction_id} {each.where}: {each.differences}"
            for auction_id in ids
            for each in verify(store, record, auction_id)
            if each.differences
        ]

    def _compare_ledger(
        self, lots: Lots, auction_id: str, acknowledged: list[Acknowledged], found: Findings
    ) -> None:
        public = read_ledger(self.http, lots.place.url, auction_id)
        store = lots.place.own_store or self.store
        kept = [e for e in all_entries(store, auction_id) if isinstance(e, BidPlaced)]
        in_public = {entry.get("bid_id"): entry["seq"] for entry in public}
        in_store = {(e.by.account_id, e.key): e for e in kept}
        for each in acknowledged:
            entry = in_store.get((AccountId(each.account_id), each.key))
            is_kept = entry is not None and entry.seq == each.seq
            if not is_kept or in_public.get(f"{auction_id}-{each.seq}") != each.seq:
                found.lost += 1
                found.faults.append(f"{auction_id}: the bid of {each} is not in the ledger")
        keys = Counter((e.by.account_id, e.key) for e in kept)
        found.double += sum(times - 1 for times in keys.values())
        if [entry["seq"] for entry in public] != list(range(1, len(public) + 1)):
            found.faults.append(f"{auction_id}: seq is not whole")
        prices = [e.price_cents for e in kept]
        if any(after <= before for before, after in pairwise(prices)):
            found.faults.append(f"{auction_id}: a price did not rise")


class Load:
    """Bidders and viewers, from `start` to `stop`."""

    def __init__(self, drill: Drill, lots: Lots) -> None:
        self.lots = lots
        self.journal = lots.journal
        self.bidders = [
            Bidder(way, account, lots.auction_ids, self.journal)
            for account, way in zip(drill.bidders, _ways(lots.place, drill.bidders), strict=True)
        ]
        self.viewers: list[Viewer] = [
            viewer(lots.place.live_url, auction_id)
            for auction_id in lots.auction_ids
            for viewer in (StreamViewer, SocketViewer)
        ]
        self._drill = drill

    def start(self) -> None:
        """Begin to watch and to bid."""
        for thread in (*self.viewers, *self.bidders):
            thread.start()

    def flow(self, *, within_s: float = COMES_BACK_WITHIN_S) -> None:
        """Return once bidding goes on over both ways, and every viewer has seen it."""
        since = time.monotonic()
        wait_for(
            lambda: (
                all(self.journal.count_after(since, way) >= FLOWS for way in (HTTP, LIVE)) or None
            ),
            "bidding to go on",
            seconds=within_s,
        )
        latest = self._latest()
        wait_for(
            lambda: all(v.seq >= latest.get(v.auction_id, 0) for v in self.viewers) or None,
            "viewers to see it",
            seconds=within_s,
        )

    def stop(self) -> None:
        """Have every bid brought to its end, everything seen, and everybody gone."""
        for bidder in self.bidders:
            bidder.stop()
        for bidder in self.bidders:
            bidder.join(60)
        deadline, latest = time.monotonic() + COMES_BACK_WITHIN_S, self._latest()
        while time.monotonic() < deadline and any(
            v.is_alive() and v.seq < latest.get(v.auction_id, 0) for v in self.viewers
        ):
            time.sleep(0.05)
        for viewer in self.viewers:
            viewer.stop()
        for viewer in self.viewers:
            viewer.join(10)

    def strike(self, fault: Callable[[], Callable[[], bool]]) -> Times:
        """Do `fault` and wait until all is well again.

        `fault` returns what tells that what was hit has come back.
        """
        struck_at = time.monotonic()
        has_come_back = fault()
        back_s = None
        deadline = time.monotonic() + 2 * COMES_BACK_WITHIN_S
        while back_s is None:
            assert time.monotonic() < deadline, "what was hit did not come back"
            if has_come_back():
                back_s = time.monotonic() - struck_at
            else:
                time.sleep(LOOKS_S)
        self.flow()
        return self.times(struck_at, back_s)

    def times(self, struck_at: float, back_s: float) -> Times:
        """Return for how long what was silent from `struck_at` until now."""
        now = time.monotonic()
        silences = {
            way: max(v.longest_silence_s(struck_at, now) for v in self.viewers if v.way == way)
            for way in {viewer.way for viewer in self.viewers}
        }
        return Times(
            back_s,
            self.journal.longest_silence_s(struck_at),
            self.journal.longest_silence_s(struck_at, LIVE),
            silences.get(SSE),
            silences.get(LIVE),
        )

    def conclude(self, fault: str, times: list[Times], note: str = "") -> Row:
        """Compare everything, add the row to the table, and fail where something is amiss."""
        found = self._drill.compare(self.lots)
        self._compare_viewers(found)
        surprises = [each.surprises for each in self.bidders]
        surprises += [each.surprises for each in self.viewers]
        found.faults += [surprise for each in surprises for surprise in each]
        found.faults += self._drill.verify(self.lots)
        reconnections = sum(max(viewer.connections - 1, 0) for viewer in self.viewers)
        snapshots = sum(viewer.snapshots for viewer in self.viewers)
        unclear = sum(bidder.unclear for bidder in self.bidders)
        said = f"{unclear} unclear answers, {reconnections} reconnections, {snapshots} snapshots"
        row = Row(
            fault,
            count=max(len(times), 1),
            back_s=_longest(each.back_s for each in times),
            bids_silent_s=_longest(each.bids_s for each in times),
            live_bids_silent_s=_longest(each.live_bids_s for each in times),
            streams_silent_s=_longest(each.streams_s for each in times),
            sockets_silent_s=_longest(each.sockets_s for each in times),
            acknowledged=found.acknowledged,
            over_live=found.over_live,
            repeats=found.repeats,
            lost=found.lost,
            double=found.double,
            unseen=found.unseen,
            note=f"{note}, {said}" if note else said,
        )
        self._drill.table.add(row)
        assert row.is_clean, found.faults
        assert not found.faults, found.faults
        return row

    def _compare_viewers(self, found: Findings) -> None:
        for viewer in self.viewers:
            entries = read_ledger(self._drill.http, self.lots.place.url, viewer.auction_id)
            counts = {entry["seq"]: entry["bid_count"] for entry in entries if "bid_count" in entry}
            faults = order_faults(viewer.seen, counts)
            if viewer.seq != entries[-1]["seq"]:
                faults.append(f"ended at {viewer.seq} of {entries[-1]['seq']}")
            found.unseen += len(faults)
            who = f"{viewer.way} viewer of {viewer.auction_id}"
            found.faults += [f"{who}: {fault}" for fault in faults]

    def _latest(self) -> dict[str, int]:
        latest: dict[str, int] = {}
        for each in self.journal.read():
            latest[each.auction_id] = max(each.seq, latest.get(each.auction_id, 0))
        return latest


def _ways(place: Place, accounts: list[Account]) -> list[Way]:
    """Return how each account bids: by turns over HTTP and over `/live`."""
    ways: list[Way] = []
    for index, account in enumerate(accounts):
        over_http = HttpWay(place.url, account)
        ways.append(LiveWay(place.live_url, account, over_http) if index % 2 else over_http)
    return ways


def _longest(seconds: Iterable[float | None]) -> float | None:
    return max((each for each in seconds if each is not None), default=None)


def open_store(url: str) -> ValkeyStore:
    """Return the store at `url`, to look into it beside the API."""
    return ValkeyStore(Connection(connect(url, timeout_s=5), Durability()), PARTITIONS)


def all_entries(store: ValkeyStore, auction_id: str) -> list[Entry]:
    """Return a whole ledger."""
    return store.entries(AuctionId(auction_id), (0, 0), 1_000_000)
