"""Partitions are held from a jump of their clock until it is steady or somebody resumes."""

import pytest
from prometheus_client import CollectorRegistry

from martelo.auctions.ports.failures import StoreUnavailable
from martelo.auctions.ports.readings import Upcoming
from martelo.auctions.worker.metrics import WorkerMetrics
from martelo.auctions.worker.store_clock import MAX_JUMP_S, STEADY_S, StoreClock

HOUR_S = 3_600.0


class House:
    """A clock of this process, two servers with clocks of their own, and requests to resume."""

    def __init__(self) -> None:
        self.own_s = 100.0
        self.servers_s = {0: 5_000.0, 1: 9_000.0}
        self.token: str | None = None
        self.is_silent = False
        self.clock = StoreClock(
            self.read_token, WorkerMetrics(CollectorRegistry()), lambda: self.own_s
        )

    def read_token(self) -> str | None:
        if self.is_silent:
            raise StoreUnavailable
        return self.token

    def passes(self, seconds: float) -> None:
        self.own_s += seconds
        for partition in self.servers_s:
            self.servers_s[partition] += seconds

    def due(self, *, slow_s: float = 0.0) -> list[int]:
        """Return what may be closed where every partition is due; the answer takes `slow_s`."""

        def upcoming() -> Upcoming:
            clocks_ms = {part: int(at_s * 1000) for part, at_s in self.servers_s.items()}
            self.passes(slow_s)
            return Upcoming([*clocks_ms], [*clocks_ms], 0, clocks_ms)

        found = self.clock.read(upcoming)
        assert list(found.to_announce) == list(found.to_close)
        return list(found.to_close)


@pytest.fixture
def house() -> House:
    house = House()
    house.due()
    return house


def test_holds_the_partition_whose_clock_jumped(house: House) -> None:
    house.servers_s[1] += HOUR_S

    assert house.due() == [0]
    assert house.clock.held == [1]


@pytest.mark.parametrize("step_s", [MAX_JUMP_S - 1, -HOUR_S])
def test_accepts_small_steps_and_steps_back(house: House, step_s: float) -> None:
    house.servers_s[1] += step_s

    assert house.due() == [0, 1]


def test_accepts_time_that_has_passed_here_too(house: House) -> None:
    house.passes(HOUR_S)

    assert house.due() == [0, 1]


def test_accepts_an_answer_that_was_read_late(house: House) -> None:
    house.due(slow_s=HOUR_S)

    assert house.due() == [0, 1]


def test_goes_on_once_the_clock_has_been_steady(house: House) -> None:
    house.servers_s[1] += HOUR_S
    house.due()
    house.passes(STEADY_S - 1)
    assert house.due() == [0]
    house.passes(1)

    assert house.due() == [0, 1]
    assert house.clock.held == []


def test_waits_again_after_another_jump(house: House) -> None:
    house.servers_s[1] += HOUR_S
    house.due()
    house.passes(STEADY_S - 1)
    house.servers_s[1] += HOUR_S
    house.due()
    house.passes(STEADY_S - 1)

    assert house.due() == [0]


def test_goes_on_when_asked(house: House) -> None:
    house.token = "an older request"
    house.servers_s[1] += HOUR_S
    assert house.due() == [0]
    house.token = "a new one"

    assert house.due() == [0, 1]


def test_holds_on_while_the_store_is_silent(house: House) -> None:
    house.token = "an older request"
    house.servers_s[1] += HOUR_S
    house.due()
    house.is_silent = True

    assert house.due() == [0]
