"""Metrics of the worker; those of writing are in `adapters/llm/metrics.py`."""

from prometheus_client import CollectorRegistry, Counter, Gauge


class WorkerMetrics:
    """Metrics of reading ends and carrying out effects; one instance per registry."""

    def __init__(self, registry: CollectorRegistry) -> None:
        self.learned = Counter(
            "martelo_agent_ends_total",
            "Ends that this worker stored first, by where it read them.",
            ["by"],
            registry=registry,
        )
        self.unreadable = Counter(
            "martelo_agent_ends_unreadable_total",
            "Stream entries that could not be decoded.",
            registry=registry,
        )
        self.effects = Gauge(
            "martelo_agent_effects",
            "Effects by kind and state.",
            ["kind", "state"],
            registry=registry,
        )
        self.forgotten = Counter(
            "martelo_agent_texts_forgotten_total",
            "Texts of e-mails and posts erased after their retention.",
            registry=registry,
        )
        self.oldest_open = Gauge(
            "martelo_agent_oldest_open_seconds", "Age of the oldest open effect.", registry=registry
        )
        self.parked = Gauge(
            "martelo_agent_parked", "Effects that wait for an administrator.", registry=registry
        )
        self.stream_lag = Gauge(
            "martelo_agent_stream_lag",
            "Entries of finished streams not acknowledged.",
            registry=registry,
        )
        self.attempts = Counter(
            "martelo_agent_attempts_total",
            "Attempts by kind and outcome.",
            ["kind", "outcome"],
            registry=registry,
        )
        self.leases_lost = Counter(
            "martelo_agent_leases_lost_total",
            "Effects another worker took over.",
            registry=registry,
        )
