from dataclasses import dataclass, field

from prometheus_client import CollectorRegistry

from martelo.auctions.domain.outages import HOLD_MS, Outage
from martelo.auctions.ports.outages import KnownOutages
from martelo.auctions.worker.metrics import WorkerMetrics
from martelo.auctions.worker.outage_hold import OutageHold
from martelo.kernel.ids import AuctionId

NOW_MS = 10 * HOLD_MS


@dataclass
class Remembered:
    """Outages as a test says; every one hit `lots`."""

    past: list[Outage] = field(default_factory=list)
    current: Outage | None = None
    lots: list[AuctionId] = field(default_factory=lambda: [AuctionId("01-a")])

    def beat(self) -> None:
        raise NotImplementedError

    def known(self) -> KnownOutages:
        return KnownOutages(NOW_MS, self.past, self.current)

    def auctions_ending(self, first_ms: int, last_ms: int) -> list[AuctionId]:
        assert first_ms < last_ms
        return self.lots

    def forget(self, from_ms: int) -> bool:
        raise NotImplementedError


class Clock:
    """Seconds, as a test says."""

    now_s = 0.0

    def __call__(self) -> float:
        return self.now_s


def hold_on(outages: Remembered, clock: Clock | None = None) -> OutageHold:
    return OutageHold(outages, WorkerMetrics(CollectorRegistry()), clock or Clock())


class TestIsHeld:
    def test_for_five_minutes_after_an_outage(self) -> None:
        recent = Outage(NOW_MS - HOLD_MS - 90_000, NOW_MS - HOLD_MS + 1)
        over = Outage(NOW_MS - HOLD_MS - 90_000, NOW_MS - HOLD_MS)

        assert hold_on(Remembered([recent])).is_held()
        assert not hold_on(Remembered([over])).is_held()
        assert not hold_on(Remembered()).is_held()

    def test_only_where_an_end_fell_into_it(self) -> None:
        recent = Outage(NOW_MS - 90_000, NOW_MS)

        assert not hold_on(Remembered([recent], lots=[])).is_held()

    def test_while_an_outage_goes_on_but_not_for_ever(self) -> None:
        clock = Clock()
        outages = Remembered(current=Outage(NOW_MS - 90_000, NOW_MS))
        hold = hold_on(outages, clock)

        assert hold.is_held()
        clock.now_s = HOLD_MS / 1000 - 1
        assert hold.is_held()
        clock.now_s = HOLD_MS / 1000
        assert not hold.is_held()
        outages.current = None
        assert not hold.is_held()
        outages.current = Outage(NOW_MS - 90_000, NOW_MS)
        assert hold.is_held()
