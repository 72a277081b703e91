"""The drill: a running stack, its users, and the comparison afterwards."""

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
from chaos.transports import HTTP, LIVE, HttpTransport, LiveTransport, Transport
from chaos.viewers import SSE, SocketViewer, StreamViewer, Viewer, order_faults
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
RECOVERY_TIMEOUT_S = 20.0
"""How long the drill waits; how long it took is in the table."""

POLL_INTERVAL_S = 0.2
"""Pause between status requests: the launcher measures memory at each, which costs CPU."""

MIN_ACKNOWLEDGEMENTS = 6
"""Further acknowledgements over each transport that show that bidding continues."""

NAMES = ("Ana", "Bruno", "Carla", "Davi", "Elisa")


@dataclass(frozen=True)
class Place:
    """Where people bid and watch: the API, `/live` and the event streams, and their store."""

    url: str
    live_url: str
    own_store: ValkeyStore | None = None
    """Its store, if not the stack's or not reached at the stack's address."""


@dataclass
class Lots:
    """The auctions of one load, and their acknowledgements."""

    place: Place
    auction_ids: list[str]
    journal: Journal


@dataclass(frozen=True)
class Times:
    """How long a fault took until recovery, and how long bids and viewers received nothing."""

    back_s: float
    bids_s: float
    live_bids_s: float
    streams_s: float | None
    sockets_s: float | None


@dataclass
class Findings:
    """What a comparison found; `faults` describes each."""

    acknowledged: int = 0
    over_live: int = 0
    repeats: int = 0
    lost: int = 0
    double: int = 0
    unseen: int = 0
    faults: list[str] = field(default_factory=list)


class Drill:
    """A stack, its accounts, and the loads it was under."""

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
        """Connect to the engines; a restarted stack may have other ports."""
        self.environment: dict[str, str] = self.command("environment", context="auctions")[
            "environment"
        ]
        self.store = open_store(self.environment["VALKEY_URL"])
        if self._engine is not None:
            self._engine.dispose()
        self._engine = open_engine(
            self.environment["DATABASE_URL"], application="drill", pool_size=1
        )

    def close(self) -> None:
        """Close every connection."""
        self.http.close()
        self.engine.dispose()

    @property
    def engine(self) -> Engine:
        """The record's tables."""
        assert self._engine is not None
        return self._engine

    def command(self, command: str, **words: object) -> dict[str, Any]:
        """Send the launcher a command, as `./martelo` does, and return its answer."""
        return ask(DataFolder(self.stack.data), {"command": command, **words})

    def process(self, name: str) -> dict[str, Any]:
        """Return the launcher's status of one process."""
        processes = self.command("status")["processes"]
        return dict(next(process for process in processes if process["name"] == name))

    @contextmanager
    def load(self, place: Place | None = None, *, auctions: int = 3) -> Iterator["Load"]:
        """Bid on new auctions, with two viewers for each, while the block runs."""
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
        found.over_live = sum(each.transport == LIVE for each in acknowledged)
        found.repeats = sum(each.replayed for each in acknowledged)
        for auction_id in lots.auction_ids:
            own = [each for each in acknowledged if each.auction_id == auction_id]
            self._compare_ledger(lots, auction_id, own, found)
        return found

    def verify(self, lots: Lots) -> list[str]:
        """Return where the ledgers of a load do not agree with their states."""
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
        stored = [e for e in all_entries(store, auction_id) if isinstance(e, BidPlaced)]
        in_public = {entry.get("bid_id"): entry["seq"] for entry in public}
        in_store = {(e.by, e.key): e for e in stored}
        for each in acknowledged:
            entry = in_store.get((AccountId(each.account_id), each.key))
            is_stored = entry is not None and entry.seq == each.seq
            if not is_stored or in_public.get(f"{auction_id}-{each.seq}") != each.seq:
                found.lost += 1
                found.faults.append(f"{auction_id}: the bid of {each} is not in the ledger")
        keys = Counter((e.by, e.key) for e in stored)
        found.double += sum(times - 1 for times in keys.values())
        if [entry["seq"] for entry in public] != list(range(1, len(public) + 1)):
            found.faults.append(f"{auction_id}: seq has gaps")
        prices = [e.price_cents for e in stored]
        if any(after <= before for before, after in pairwise(prices)):
            found.faults.append(f"{auction_id}: a price did not rise")


class Load:
    """Bidders and viewers, from `start` to `stop`."""

    def __init__(self, drill: Drill, lots: Lots) -> None:
        self.lots = lots
        self.journal = lots.journal
        self.bidders = [
            Bidder(transport, account, lots.auction_ids, self.journal)
            for account, transport in zip(
                drill.bidders, _transports(lots.place, drill.bidders), strict=True
            )
        ]
        self.viewers: list[Viewer] = [
            viewer(lots.place.live_url, auction_id)
            for auction_id in lots.auction_ids
            for viewer in (StreamViewer, SocketViewer)
        ]
        self._drill = drill

    def start(self) -> None:
        """Start watching and bidding."""
        for thread in (*self.viewers, *self.bidders):
            thread.start()

    def flow(self, *, timeout_s: float = RECOVERY_TIMEOUT_S) -> None:
        """Return once bidding continues over both transports, and every viewer has seen it."""
        since = time.monotonic()
        wait_for(
            lambda: (
                all(
                    self.journal.count_after(since, transport) >= MIN_ACKNOWLEDGEMENTS
                    for transport in (HTTP, LIVE)
                )
                or None
            ),
            "bidding to go on",
            seconds=timeout_s,
        )
        latest = self._latest()
        wait_for(
            lambda: all(v.seq >= latest.get(v.auction_id, 0) for v in self.viewers) or None,
            "viewers to see it",
            seconds=timeout_s,
        )

    def stop(self) -> None:
        """Stop the bidders, wait until the viewers have seen everything, and stop them."""
        for bidder in self.bidders:
            bidder.stop()
        for bidder in self.bidders:
            bidder.join(60)
        deadline, latest = time.monotonic() + RECOVERY_TIMEOUT_S, self._latest()
        while time.monotonic() < deadline and any(
            v.is_alive() and v.seq < latest.get(v.auction_id, 0) for v in self.viewers
        ):
            time.sleep(0.05)
        for viewer in self.viewers:
            viewer.stop()
        for viewer in self.viewers:
            viewer.join(10)

    def strike(self, fault: Callable[[], Callable[[], bool]]) -> Times:
        """Inject `fault` and wait until everything works again.

        `fault` returns a function that returns whether its target is back.
        """
        struck_at = time.monotonic()
        is_back = fault()
        back_s = None
        deadline = time.monotonic() + 2 * RECOVERY_TIMEOUT_S
        while back_s is None:
            assert time.monotonic() < deadline, "the target did not come back"
            if is_back():
                back_s = time.monotonic() - struck_at
            else:
                time.sleep(POLL_INTERVAL_S)
        self.flow()
        return self.times(struck_at, back_s)

    def times(self, struck_at: float, back_s: float) -> Times:
        """Return how long each transport was silent from `struck_at` until now."""
        now = time.monotonic()
        silences = {
            transport: max(
                v.longest_silence_s(struck_at, now)
                for v in self.viewers
                if v.transport == transport
            )
            for transport in {viewer.transport for viewer in self.viewers}
        }
        return Times(
            back_s,
            self.journal.longest_silence_s(struck_at),
            self.journal.longest_silence_s(struck_at, LIVE),
            silences.get(SSE),
            silences.get(LIVE),
        )

    def conclude(self, fault: str, times: list[Times], note: str = "") -> Row:
        """Compare everything, add the row to the table, and fail if anything differs."""
        found = self._drill.compare(self.lots)
        self._compare_viewers(found)
        surprises = [each.surprises for each in self.bidders]
        surprises += [each.surprises for each in self.viewers]
        found.faults += [surprise for each in surprises for surprise in each]
        found.faults += self._drill.verify(self.lots)
        reconnections = sum(max(viewer.connections - 1, 0) for viewer in self.viewers)
        snapshots = sum(viewer.snapshots for viewer in self.viewers)
        unclear = sum(bidder.unclear for bidder in self.bidders)
        counts = f"{unclear} unclear answers, {reconnections} reconnections, {snapshots} snapshots"
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
            note=f"{note}, {counts}" if note else counts,
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
            who = f"{viewer.transport} viewer of {viewer.auction_id}"
            found.faults += [f"{who}: {fault}" for fault in faults]

    def _latest(self) -> dict[str, int]:
        latest: dict[str, int] = {}
        for each in self.journal.read():
            latest[each.auction_id] = max(each.seq, latest.get(each.auction_id, 0))
        return latest


def _transports(place: Place, accounts: list[Account]) -> list[Transport]:
    """Return a transport for each account: alternately HTTP and `/live`."""
    transports: list[Transport] = []
    for index, account in enumerate(accounts):
        over_http = HttpTransport(place.url, account)
        transports.append(
            LiveTransport(place.live_url, account, over_http) if index % 2 else over_http
        )
    return transports


def _longest(seconds: Iterable[float | None]) -> float | None:
    return max((each for each in seconds if each is not None), default=None)


def open_store(url: str) -> ValkeyStore:
    """Return the store at `url`, to read it without the API."""
    return ValkeyStore(Connection(connect(url, timeout_s=5), Durability()), PARTITIONS)


def all_entries(store: ValkeyStore, auction_id: str) -> list[Entry]:
    """Return a complete ledger."""
    return store.entries(AuctionId(auction_id), (0, 0), 1_000_000)
