"""`migrate`: the record's tables, the store's partition count and its function library."""

import structlog

from martelo.auctions.adapters.live_store.setup import PartitionsDiffer, prepare_store
from martelo.auctions.adapters.record.migrate import migrate_record
from martelo.auctions.main.store import open_valkey, start_logs
from martelo.auctions.settings import MigrateSettings
from martelo.runtime.postgresql.connections import DatabaseUnavailable
from martelo.runtime.process.settings import load

log = structlog.get_logger(__name__)


def run() -> None:
    """Bring both stores up to date; exit with 1 where that cannot be."""
    settings = load(MigrateSettings)
    start_logs(settings, "auctions-migrate")
    try:
        migrate_record(settings.database_owner_url, settings.database_url)
        prepare_store(open_valkey(settings, settings.valkey_admin_url), settings.martelo_partitions)
    except (DatabaseUnavailable, PartitionsDiffer) as error:
        log.error("cannot-migrate", reason=str(error))  # noqa: TRY400 - the reason is the message
        raise SystemExit(1) from error
