"""`auctions-worker`: closes, announces, archives and forgets."""

import secrets

from martelo.auctions.adapters.live_store.finished_streams import ValkeyFinished
from martelo.auctions.adapters.live_store.ledgers import ValkeyLedgers
from martelo.auctions.adapters.live_store.outages import ValkeyOutages
from martelo.auctions.adapters.live_store.resumption import Resumption
from martelo.auctions.adapters.live_store.setup import read_partitions
from martelo.auctions.adapters.live_store.store import ValkeyStore
from martelo.auctions.adapters.record.archive import SqlArchive
from martelo.auctions.main.store import open_connection
from martelo.auctions.ports.failures import RecordUnavailable, StoreUnavailable
from martelo.auctions.settings import WorkerSettings
from martelo.auctions.worker.disk import Disk
from martelo.auctions.worker.ends import Ends
from martelo.auctions.worker.metrics import WorkerMetrics
from martelo.auctions.worker.outage_hold import OutageHold
from martelo.auctions.worker.precedence import Precedence
from martelo.auctions.worker.process import run_worker
from martelo.auctions.worker.purger import Purger
from martelo.auctions.worker.record_archiver import RecordArchiver
from martelo.auctions.worker.store_clock import StoreClock
from martelo.auctions.worker.trimmer import Trimmer
from martelo.auctions.worker.writes import WriteProbe
from martelo.runtime.postgresql.connections import open_engine
from martelo.runtime.postgresql.leadership import Leadership
from martelo.runtime.process.commands import Command
from martelo.runtime.process.metrics import open_registry
from martelo.runtime.worker.process import SidePort

POOL_SIZE = 3
ARCHIVE_LOCK = 0x6D61_7274_0002
"""The advisory lock of the one worker that writes the record."""


def run(settings: WorkerSettings) -> None:
    """Run the worker's loops until SIGTERM or SIGINT."""
    connection, valkey = open_connection(settings)
    partitions = read_partitions(valkey)
    store = ValkeyStore(connection, partitions)
    source = ValkeyLedgers(connection, valkey, partitions)
    url = settings.database_url
    archive = SqlArchive(open_engine(url, application="auctions-worker", pool_size=POOL_SIZE))
    leadership = Leadership(url, ARCHIVE_LOCK, application="auctions-archive")
    precedence = Precedence()
    registry = open_registry()
    metrics = WorkerMetrics(registry)
    clock = StoreClock(Resumption(connection).token, metrics)
    keeper = RecordArchiver(leadership, store, source, archive, partitions, precedence, metrics)
    run_worker(
        Ends(
            store,
            source,
            partitions,
            secrets.randbelow(partitions),
            precedence,
            clock,
            OutageHold(ValkeyOutages(connection, partitions), metrics),
            metrics,
        ),
        WriteProbe(store, metrics),
        Disk(settings.data_folder_paths, metrics),
        keeper,
        Purger(
            store,
            source,
            archive,
            keeper,
            kept_ms=settings.kept_after_end_s * 1000,
            metrics=metrics,
        ),
        Trimmer(store, ValkeyFinished(connection, partitions), archive, keeper, metrics),
        SidePort(settings.host, settings.port, registry),
    )


COMMAND = Command(
    name="auctions-worker",
    settings=WorkerSettings,
    run=run,
    unavailable=(RecordUnavailable, StoreUnavailable),
)
