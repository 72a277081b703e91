"""Metrics of the worker."""

from prometheus_client import CollectorRegistry, Counter, Gauge


class WorkerMetrics:
    """Metrics of closing, of the store, of the record and of removal; one instance per registry."""

    def __init__(self, registry: CollectorRegistry) -> None:
        self.closed = Counter(
            "martelo_auctions_closed_total",
            "Auctions this worker closed.",
            ["status"],
            registry=registry,
        )
        self.announced = Counter(
            "martelo_auctions_announced_total",
            "Coming ends this worker announced.",
            registry=registry,
        )
        self.overdue = Gauge(
            "martelo_auctions_overdue_seconds",
            "How long the oldest due auction waits.",
            registry=registry,
        )
        self.clock_jumps = Counter(
            "martelo_store_clock_jumps_total",
            "Jumps forward of the store's clock.",
            registry=registry,
        )
        self.clock_held = Gauge(
            "martelo_store_clock_held_partitions",
            "Partitions not closed since their clock jumped.",
            registry=registry,
        )
        self.store_memory = Gauge(
            "martelo_store_memory_ratio",
            "Used share of memory, of the fullest server.",
            registry=registry,
        )
        self.store_memory_used = Gauge(
            "martelo_store_memory_used_bytes",
            "Used memory of the fullest server.",
            registry=registry,
        )
        self.store_memory_max = Gauge(
            "martelo_store_memory_max_bytes",
            "Bound of the memory of the fullest server; 0: none.",
            registry=registry,
        )
        self.store_replicas = Gauge(
            "martelo_store_replicas",
            "Connected replicas, of the primary with fewest.",
            registry=registry,
        )
        self.store_log = Gauge(
            "martelo_store_log_written",
            "Whether every append-only file can be written.",
            registry=registry,
        )
        self.store_writable = Gauge(
            "martelo_store_writable",
            "Whether every server of the store takes writes.",
            registry=registry,
        )
        self.disk_free = Gauge(
            "martelo_disk_free_bytes",
            "Free bytes on the disk of a data folder.",
            ["folder"],
            registry=registry,
        )
        self.disk_free_ratio = Gauge(
            "martelo_disk_free_ratio",
            "Free share of the disk of a data folder.",
            ["folder"],
            registry=registry,
        )
        self.inodes_free_ratio = Gauge(
            "martelo_disk_free_inodes_ratio",
            "Free share of the inodes on the disk of a data folder.",
            ["folder"],
            registry=registry,
        )
        self.outage_hold = Gauge(
            "martelo_auctions_outage_hold",
            "Whether ends that fell into an outage wait for an administrator's decision.",
            registry=registry,
        )
        self.archived = Counter(
            "martelo_archive_entries_total",
            "Ledger entries this worker archived.",
            registry=registry,
        )
        self.archive_lag = Gauge(
            "martelo_archive_lag_seconds",
            "Age of the oldest change not yet archived.",
            registry=registry,
        )
        self.archive_leads = Gauge(
            "martelo_archive_leads", "Whether this worker keeps the record.", registry=registry
        )
        self.archive_parked = Counter(
            "martelo_archive_parked_total", "Ledgers parked for their content.", registry=registry
        )
        self.discarded = Counter(
            "martelo_archive_discarded_total",
            "Archived ledgers the store contradicted.",
            registry=registry,
        )
        self.trimmed = Counter(
            "martelo_finished_trimmed_total", "Ends trimmed from their streams.", registry=registry
        )
        self.forgotten = Counter(
            "martelo_auctions_forgotten_total",
            "Auctions removed from the live store.",
            registry=registry,
        )
