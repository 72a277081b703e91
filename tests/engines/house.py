"""A house on real engines: a live store and its record, and everything that uses them."""

from dataclasses import dataclass
from typing import Any

from prometheus_client import CollectorRegistry
from sqlalchemy import Engine, text

from engines.databases import create_owned_database
from engines.postgresql import PostgresqlServer
from engines.valkey import ValkeyServer
from martelo.auctions.adapters.live_store.connection import Connection, Durability
from martelo.auctions.adapters.live_store.finished_streams import ValkeyFinished
from martelo.auctions.adapters.live_store.keys import partition_keys, random_auction_id
from martelo.auctions.adapters.live_store.ledgers import ValkeyLedgers
from martelo.auctions.adapters.live_store.outages import ValkeyOutages
from martelo.auctions.adapters.live_store.setup import library_source, prepare_store
from martelo.auctions.adapters.live_store.store import ValkeyStore
from martelo.auctions.adapters.record.archive import SqlArchive
from martelo.auctions.adapters.record.migrate import migrate_record
from martelo.auctions.adapters.record.reading import SqlRecord
from martelo.auctions.domain.answers import Opened, Placed
from martelo.auctions.domain.auction import Person
from martelo.auctions.domain.bidding import Bid
from martelo.auctions.domain.creating import Draft
from martelo.auctions.domain.entries import Entry
from martelo.auctions.worker.ends import Ends
from martelo.auctions.worker.metrics import WorkerMetrics
from martelo.auctions.worker.outage_hold import OutageHold
from martelo.auctions.worker.precedence import Precedence
from martelo.auctions.worker.record_archiver import RecordArchiver
from martelo.auctions.worker.store_clock import StoreClock
from martelo.kernel.ids import AccountId, AuctionId
from martelo.runtime.postgresql.connections import open_engine
from martelo.runtime.postgresql.leadership import Leadership
from martelo.runtime.valkey.client import Valkey, connect

PARTITIONS = 16
LEAD = 7
REAL_CLOCK = "redis.call('TIME')"
TABLES = (
    "auction, ledger_entry, ledger_discarded, bidder, person_name, closed_account, "
    "finished_position, parked_ledger"
)

ANA = Person(AccountId("a0000000-0000-4000-8000-000000000001"), "Ana Conceição")
BRUNO = Person(AccountId("b0000000-0000-4000-8000-000000000002"), "Bruno")
CARLA = Person(AccountId("c0000000-0000-4000-8000-000000000003"), "Carla")


@dataclass
class House:
    """One store and one record, both empty at the start of a test."""

    valkey_server: ValkeyServer
    postgresql: PostgresqlServer
    owner_url: str
    database_url: str
    valkey: Valkey
    engine: Engine

    def __post_init__(self) -> None:
        connection = Connection(self.valkey, Durability())
        self.store = ValkeyStore(connection, PARTITIONS)
        self.source = ValkeyLedgers(connection, self.valkey, PARTITIONS)
        self.streams = ValkeyFinished(connection, PARTITIONS)
        self.archive = SqlArchive(self.engine)
        self.metrics = WorkerMetrics(CollectorRegistry())
        self.record = SqlRecord(self.engine)

    def empty(self) -> None:
        """Forget everything but the tables and the function library."""
        self.empty_store()
        with self.engine.begin() as connection:
            for table in TABLES.split(", "):
                connection.execute(text(f"DELETE FROM {table}"))  # noqa: S608 - named above

    def empty_store(self) -> None:
        """Forget every auction in the live store."""
        for node in self.valkey.primaries():
            node.flushall()
        prepare_store(self.valkey, PARTITIONS)

    def decide_at(self, at_ms: int) -> None:
        """Let the functions decide at one instant; indexes are read by the real clock still."""
        source = library_source().replace(REAL_CLOCK, f"{{{at_ms // 1000}, {at_ms % 1000 * 1000}}}")
        for node in self.valkey.primaries():
            node.function_load(source, replace=True)

    def decide_now(self) -> None:
        """Let the functions decide by the server's clock again."""
        for node in self.valkey.primaries():
            node.function_load(library_source(), replace=True)

    def open(self, draft: Draft | None = None, *, seller: Person = ANA) -> AuctionId:
        """Create an auction."""
        auction_id = random_auction_id(PARTITIONS)
        wanted = draft or Draft("Relógio de parede", "De 1930", 10_000, duration_ms=3_600_000)
        assert isinstance(self.store.create(auction_id, seller, wanted), Opened)
        return auction_id

    def bid(
        self, auction_id: AuctionId, by: Person, amount: int | None = None, most: int | None = None
    ) -> Placed:
        """Place a bid that is accepted."""
        placed = self.store.place_bid(auction_id, Bid(by, amount, most))
        assert isinstance(placed, Placed), placed
        return placed

    def open_with_history(self) -> AuctionId:
        """Create an auction with every kind of entry but the end."""
        now_ms = self.store.now_ms()
        self.decide_at(now_ms - 3_000_000)
        auction_id = self.open(
            Draft(
                "Boneca",
                "Pano & linha\nfeita à mão",
                10_000,
                duration_ms=3_600_000,
                reserve_cents=30_000,
                category="brinquedos",
                image_ids=("i1", "i2"),
            )
        )
        reading = self.store.read(auction_id)
        assert reading is not None
        texts = reading.auction.texts
        self.store.edit(auction_id, ANA, type(texts)("Boneca de pano", "Nova", None), seq=1)
        self.bid(auction_id, BRUNO, 10_000, 20_000)
        self.bid(auction_id, BRUNO, None, 25_000)
        self.bid(auction_id, BRUNO, None, 26_000)
        self.bid(auction_id, CARLA, 15_000)
        self.bid(auction_id, CARLA, 26_100, 40_000)
        self.decide_at(now_ms)
        assert self.store.announce([auction_id])[0] is not None
        self.bid(auction_id, CARLA, None, 41_000)
        self.decide_now()
        return auction_id

    def open_to_end_at(self, ends_at_ms: int, count: int) -> list[AuctionId]:
        """Create auctions that end at one instant, however near or past; some have a bid."""
        self.decide_at(ends_at_ms - 50_000)
        draft = Draft(
            "Lote", "", 1_000, ends_at_ms=ends_at_ms, soft_close_window_s=0, soft_close_cap_s=0
        )
        auction_ids = [self.open(draft) for _ in range(count)]
        for auction_id in auction_ids[::2]:
            self.bid(auction_id, BRUNO, 1_000)
        self.decide_now()
        return auction_ids

    def archive_all(self, *auction_ids: AuctionId) -> None:
        """Archive whole ledgers."""
        self.archive.archive(self.source.lines(dict.fromkeys(auction_ids, (0, 0)), 10_000))

    def live_entries(self, auction_id: AuctionId) -> list[Entry]:
        """Return the whole live ledger."""
        return self.store.entries(auction_id, (0, 0), 10_000)

    def archived_entries(self, auction_id: AuctionId) -> list[Entry]:
        """Return the whole archived ledger."""
        return self.record.entries(auction_id, (0, 0), 10_000)

    def finished(self) -> list[bytes]:
        """Return every event of the finished streams."""
        events: list[bytes] = []
        for partition in range(PARTITIONS):
            key = partition_keys(partition).finished
            rows: Any = self.valkey.node_of(key).xrange(key)
            events += [fields[b"event"] for _, fields in rows]
        return events

    def keeper(self, archive: SqlArchive | None = None) -> RecordArchiver:
        """Return a keeper of the record, which competes for one lead with the others."""
        leadership = Leadership(self.database_url, LEAD, application="test")
        kept = archive or self.archive
        return RecordArchiver(
            leadership, self.store, self.source, kept, PARTITIONS, Precedence(), self.metrics
        )

    @property
    def outages(self) -> ValkeyOutages:
        """Return what the store remembers of outages."""
        return ValkeyOutages(Connection(self.valkey, Durability()), PARTITIONS)

    def ends(self) -> Ends:
        """Return what closes and announces."""
        clock = StoreClock(lambda: None, self.metrics)
        hold = OutageHold(self.outages, self.metrics)
        return Ends(self.store, self.source, PARTITIONS, 3, Precedence(), clock, hold, self.metrics)


def build_house(valkey_server: ValkeyServer, postgresql: PostgresqlServer) -> House:
    """Return a house: a store prepared, a database migrated by an owner who is not a superuser."""
    database = create_owned_database(postgresql, "auctions")
    migrate_record(database.owner_url, database.url)
    valkey = connect(valkey_server.url, timeout_s=5)
    engine = open_engine(database.url, application="test", pool_size=5)
    return House(valkey_server, postgresql, database.owner_url, database.url, valkey, engine)
