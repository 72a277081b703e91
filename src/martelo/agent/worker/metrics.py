"""Metrics of the worker; those of writing are in `adapters/llm/metrics.py`."""

from prometheus_client import Counter, Gauge

LEARNED = Counter(
    "martelo_agent_ends_total", "Ends that this worker stored first, by where it read them.", ["by"]
)
UNREADABLE = Counter(
    "martelo_agent_ends_unreadable_total", "Stream entries that could not be decoded."
)
EFFECTS = Gauge("martelo_agent_effects", "Effects by kind and state.", ["kind", "state"])
FORGOTTEN = Counter(
    "martelo_agent_texts_forgotten_total",
    "Texts of e-mails and posts erased after their retention.",
)
OLDEST_OPEN = Gauge("martelo_agent_oldest_open_seconds", "Age of the oldest open effect.")
PARKED = Gauge("martelo_agent_parked", "Effects that wait for an administrator.")
STREAM_LAG = Gauge("martelo_agent_stream_lag", "Entries of finished streams not acknowledged.")
ATTEMPTS = Counter(
    "martelo_agent_attempts_total", "Attempts by kind and outcome.", ["kind", "outcome"]
)
LEASES_LOST = Counter("martelo_agent_leases_lost_total", "Effects another worker took over.")
