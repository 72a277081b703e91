"""What the worker counts; the writing of texts is counted where they are written."""

from prometheus_client import Counter, Gauge

LEARNED = Counter(
    "martelo_agent_ends_total", "Ends this worker was the first to know, by where from.", ["by"]
)
UNREADABLE = Counter("martelo_agent_ends_unreadable_total", "Stream entries that made no sense.")
EFFECTS = Gauge("martelo_agent_effects", "Effects by kind and state.", ["kind", "state"])
FORGOTTEN = Counter(
    "martelo_agent_texts_forgotten_total", "Texts of e-mails and posts kept for long enough."
)
OLDEST_OPEN = Gauge("martelo_agent_oldest_open_seconds", "Age of the oldest effect not over.")
PARKED = Gauge("martelo_agent_parked", "Effects that wait for an administrator.")
STREAM_LAG = Gauge("martelo_agent_stream_lag", "Entries of finished streams not acknowledged.")
ATTEMPTS = Counter(
    "martelo_agent_attempts_total", "Attempts by kind and outcome.", ["kind", "outcome"]
)
LEASES_LOST = Counter("martelo_agent_leases_lost_total", "Effects another worker took over.")
