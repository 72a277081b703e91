"""What a feed process counts."""

import collections
from collections.abc import Sequence

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram

from martelo.auctions.domain.answers import Placed
from martelo.auctions.wire.problems import PROBLEMS


class LiveMetrics:
    """The feed's counters, in the registry of its process."""

    def __init__(self, registry: CollectorRegistry) -> None:
        self.viewers = Gauge("martelo_live_viewers", "Viewers connected.", registry=registry)
        self.auctions = Gauge("martelo_live_auctions", "Auctions watched.", registry=registry)
        self.deliveries = Counter(
            "martelo_live_deliveries", "Events sent, one for each viewer.", registry=registry
        )
        self.writes = Counter(
            "martelo_live_writes", "Writes that carried events, merged ones once.",
            registry=registry,
        )  # fmt: skip
        self.snapshots = Counter("martelo_live_snapshots", "Snapshots sent.", registry=registry)
        self.lost = Counter(
            "martelo_live_lost_buffers", "Full buffers replaced by a snapshot.", registry=registry
        )
        self.dropped = Counter(
            "martelo_live_dropped", "Viewers cut off because they did not read.",
            registry=registry,
        )  # fmt: skip
        self.filled = Counter(
            "martelo_live_filled", "Entries read from the ledger to fill a hole.",
            registry=registry,
        )  # fmt: skip
        self.reconnections = Counter(
            "martelo_live_reconnections", "Lost subscriptions to the store.", registry=registry
        )
        self.lag = Histogram(
            "martelo_live_lag_seconds",
            "From the store's decision to the first write, by this process's clock.",
            buckets=(0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10),
            registry=registry,
        )


class BidMetrics:
    """What became of bids that came over sockets."""

    def __init__(self, registry: CollectorRegistry) -> None:
        self._bids = Counter(
            "martelo_live_bids",
            "Bids sent to the store, by what came of them: leading, outbid, replayed, a slug.",
            ["outcome"],
            registry=registry,
        )
        self._sizes = Histogram(
            "martelo_live_bids_in_a_call",
            "Bids that one call to the store held.",
            buckets=(1, 2, 4, 8, 16, 32, 64),
            registry=registry,
        )

    def count(self, outcomes: Sequence[Placed | Exception]) -> None:
        """Count what one call came to."""
        self._sizes.observe(len(outcomes))
        for name, times in collections.Counter(map(_name, outcomes)).items():
            self._bids.labels(name).inc(times)


def _name(outcome: Placed | Exception) -> str:
    if isinstance(outcome, Placed):
        return "replayed" if outcome.replayed else outcome.outcome.value
    return PROBLEMS.slug_of(outcome)
