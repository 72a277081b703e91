"""What every watched auction of a hub shares."""

from dataclasses import dataclass

from martelo.auctions.live.hub.archive import Archive
from martelo.auctions.live.hub.viewer import Clock, Viewer
from martelo.auctions.live.limits import Limits
from martelo.auctions.live.metrics import LiveMetrics
from martelo.auctions.ports.feed import Feed


@dataclass(frozen=True, slots=True)
class Dependencies:
    """Handed to each channel by its hub."""

    feed: Feed
    archive: Archive
    limits: Limits
    metrics: LiveMetrics
    clock: Clock
    slow: dict[Viewer, float]
    """Viewers whose connection is full, and since when."""
