"""What the worker counts."""

from prometheus_client import Counter, Gauge

CLOSED = Counter("martelo_auctions_closed_total", "Auctions this worker closed.", ["status"])
ANNOUNCED = Counter("martelo_auctions_announced_total", "Coming ends this worker announced.")
OVERDUE = Gauge("martelo_auctions_overdue_seconds", "How long the oldest due auction waits.")
CLOCK_JUMPS = Counter("martelo_store_clock_jumps_total", "Jumps forward of the store's clock.")
CLOCK_HELD = Gauge(
    "martelo_store_clock_held_partitions", "Partitions not closed since their clock jumped."
)
STORE_MEMORY = Gauge("martelo_store_memory_ratio", "Used share of memory, of the fullest server.")
STORE_REPLICAS = Gauge("martelo_store_replicas", "Connected replicas, of the primary with fewest.")
STORE_LOG = Gauge("martelo_store_log_written", "Whether every append-only file can be written.")
STORE_WRITABLE = Gauge("martelo_store_writable", "Whether every server of the store takes writes.")
ARCHIVED = Counter("martelo_archive_entries_total", "Ledger entries this worker archived.")
ARCHIVE_LAG = Gauge("martelo_archive_lag_seconds", "Age of the oldest change not yet archived.")
ARCHIVE_LEADS = Gauge("martelo_archive_leads", "Whether this worker keeps the record.")
ARCHIVE_PARKED = Counter("martelo_archive_parked_total", "Ledgers parked for their content.")
DISCARDED = Counter("martelo_archive_discarded_total", "Archived ledgers the store contradicted.")
TRIMMED = Counter("martelo_finished_trimmed_total", "Ends trimmed from their streams.")
FORGOTTEN = Counter("martelo_auctions_forgotten_total", "Auctions removed from the live store.")
