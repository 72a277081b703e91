"""How much the feed keeps and how long it waits; one place for every bound."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Limits:
    """Bounds of one feed; tests shorten the intervals."""

    window_s: float = 0.02
    """Bids that follow another within this time wait and go out in one write; 0: none waits."""
    buffer_bytes: int = 256 * 1024
    """What is buffered for a slow viewer, beyond the connection's own buffer."""
    slow_s: float = 30.0
    """A viewer who has not made room for this long is cut off."""
    recent: int = 500
    """Entries a viewer may be behind and still be served without a snapshot."""
    compare_s: float = 3.0
    """How often the last `seq` of every watched auction is compared with the store's."""
    count_s: float = 1.0
    """The number of viewers is reported to the store at most this often per auction."""
    count_refresh_s: float = 10.0
    """And at least this often, or the store forgets it."""
    linger_s: float = 5.0
    """An auction nobody watches stays subscribed this long, for those who reconnect."""
    snapshot_age_s: float = 0.1
    """Viewers who come within this time share one reading of the auction."""
    backoff_s: float = 0.05
    """Wait before the first reconnection to the store; doubles up to `longest_backoff_s`."""
    longest_backoff_s: float = 2.0
