"""`migrate`: the record's tables, the store's partition count and its function library."""

from martelo.auctions.adapters.live_store.setup import (
    PartitionsDiffer,
    ReplicasNotRequired,
    prepare_store,
)
from martelo.auctions.adapters.live_store.unnamed import move_names
from martelo.auctions.adapters.record.migrate import migrate_record
from martelo.auctions.main.store import open_valkey
from martelo.auctions.ports.failures import RecordUnavailable, StoreUnavailable
from martelo.auctions.settings import MigrateSettings
from martelo.runtime.postgresql.connections import DatabaseUnavailable
from martelo.runtime.process.commands import Command


def run(settings: MigrateSettings) -> None:
    """Bring both stores up to date."""
    migrate_record(settings.database_owner_url, settings.database_url)
    valkey, partitions = (
        open_valkey(settings, settings.valkey_admin_url),
        settings.martelo_partitions,
    )
    prepare_store(valkey, partitions, replicas=settings.valkey_wait_replicas)
    # After it, since it has waited for the replicas that every write needs.
    move_names(valkey, partitions)


COMMAND = Command(
    name="auctions-migrate",
    settings=MigrateSettings,
    run=run,
    unavailable=(
        DatabaseUnavailable,
        PartitionsDiffer,
        RecordUnavailable,
        ReplicasNotRequired,
        StoreUnavailable,
    ),
)
