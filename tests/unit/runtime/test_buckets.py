import multiprocessing
import threading
from pathlib import Path

import pytest

from martelo.runtime.buckets import Table, TokenBuckets, open_buckets, private_table, shared_table
from martelo.runtime.process.settings import ProcessSettings


class Clock:
    def __init__(self) -> None:
        self.now = 1000.0

    def __call__(self) -> float:
        return self.now


def ten_a_minute(clock: Clock, table: Table | None = None) -> TokenBuckets:
    return TokenBuckets(rate_per_s=10 / 60, burst=10, clock=clock, table=table)


def granted(buckets: TokenBuckets, key: str, times: int) -> int:
    return sum(buckets.take(key) == 0 for _ in range(times))


def take_from(path: Path, times: int) -> None:
    """Take tokens in another process."""
    granted(ten_a_minute(Clock(), shared_table(path)), "a", times)


class TestGiveBack:
    def test_returns_one_token(self) -> None:
        buckets = ten_a_minute(Clock())
        granted(buckets, "a", 10)

        buckets.give_back("a")

        assert granted(buckets, "a", 5) == 1

    def test_never_fills_above_the_burst(self) -> None:
        buckets = ten_a_minute(Clock())

        for _ in range(5):
            buckets.give_back("a")

        assert granted(buckets, "a", 15) == 10

    def test_leaves_others_alone(self) -> None:
        buckets = ten_a_minute(Clock())
        granted(buckets, "a", 10)

        buckets.give_back("b")

        assert buckets.take("a") > 0


class TestTake:
    def test_grants_a_burst_and_then_says_how_long_to_wait(self) -> None:
        buckets = ten_a_minute(Clock())

        waits = [buckets.take("a") for _ in range(11)]

        assert waits[:10] == [0.0] * 10
        assert 5.9 < waits[10] <= 6.0

    @pytest.mark.parametrize(("rate", "burst"), [(20, 40), (30 / 60, 30), (7, 3), (0.3, 1)])
    def test_grants_exactly_the_burst_whatever_the_rate(self, rate: float, burst: int) -> None:
        clock = Clock()
        clock.now = 987_654.321
        buckets = TokenBuckets(rate_per_s=rate, burst=burst, clock=clock)

        assert granted(buckets, "a", burst + 5) == burst
        assert 0 < buckets.take("a") <= 1 / rate

    def test_keeps_callers_apart(self) -> None:
        buckets = ten_a_minute(Clock())
        for _ in range(10):
            buckets.take("a")

        assert buckets.take("a") > 0
        assert buckets.take("b") == 0

    def test_refills_with_time_but_never_above_the_burst(self) -> None:
        clock = Clock()
        buckets = ten_a_minute(clock)
        for _ in range(10):
            buckets.take("a")

        clock.now += 6.01
        assert buckets.take("a") == 0
        assert buckets.take("a") > 0

        clock.now += 3600
        assert [buckets.take("a") > 0 for _ in range(11)] == [False] * 10 + [True]

    def test_a_refusal_takes_nothing(self) -> None:
        clock = Clock()
        buckets = ten_a_minute(clock)
        granted(buckets, "a", 1000)

        clock.now += 6.01

        assert buckets.take("a") == 0

    def test_hinders_nobody_for_the_sake_of_many_others(self) -> None:
        buckets = ten_a_minute(Clock())
        for number in range(1000):
            granted(buckets, f"busy-{number}", 20)

        # Four of 65,536 slots each, a sixteenth of them used: 1 in 60,000 collides in all four.
        hindered = sum(buckets.take(f"calm-{number}") > 0 for number in range(1000))

        assert hindered <= 1

    def test_grants_no_more_than_there_is_to_many_threads(self) -> None:
        buckets = ten_a_minute(Clock())
        granted: list[bool] = []

        def take_some() -> None:
            granted.extend(buckets.take("a") == 0 for _ in range(20))

        threads = [threading.Thread(target=take_some) for _ in range(8)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()

        assert sum(granted) == 10


class TestSharedTable:
    def test_counts_together_what_several_open(self, tmp_path: Path) -> None:
        one, two = (ten_a_minute(Clock(), shared_table(tmp_path / "bids")) for _ in range(2))

        assert [granted(one, "a", 6), granted(two, "a", 6)] == [6, 4]
        assert granted(one, "b", 12) == 10

    def test_counts_what_another_process_took(self, tmp_path: Path) -> None:
        path = tmp_path / "deep" / "bids"
        buckets = ten_a_minute(Clock(), shared_table(path))
        other = multiprocessing.get_context("spawn").Process(target=take_from, args=(path, 7))

        other.start()
        other.join(60)

        assert other.exitcode == 0
        assert granted(buckets, "a", 12) == 3

    def test_is_left_whole_by_whoever_comes_second(self, tmp_path: Path) -> None:
        first = shared_table(tmp_path / "bids")
        first.full_at[7] = 5.0

        second = shared_table(tmp_path / "bids")

        assert second.full_at[7] == 5.0
        assert second.places("a") == first.places("a")
        assert [path.name for path in tmp_path.iterdir()] == ["bids"]

    def test_says_nothing_by_numbers_from_before_the_clock_began_again(
        self, tmp_path: Path
    ) -> None:
        clock, table = Clock(), shared_table(tmp_path / "bids")
        granted(ten_a_minute(clock, table), "a", 10)

        clock.now = 3.0

        assert granted(ten_a_minute(clock, table), "a", 12) == 10

    def test_spreads_callers_by_a_secret_of_its_own(self) -> None:
        assert private_table().places("a") != private_table().places("a")


class TestOpenBuckets:
    def test_opens_none_where_limits_are_off(self) -> None:
        settings = ProcessSettings.model_construct(rate_limits="off", limits_folder=None)

        assert open_buckets("bids", settings, rate_per_s=1, burst=1) is None

    def test_counts_by_process_without_a_folder(self) -> None:
        settings = ProcessSettings.model_construct(rate_limits="on", limits_folder=None)
        one, two = (open_buckets("bids", settings, rate_per_s=1, burst=1) for _ in range(2))

        assert one is not None
        assert two is not None
        assert one.take("a") == two.take("a") == 0

    def test_keeps_limits_apart_by_name_in_a_folder(self, tmp_path: Path) -> None:
        settings = ProcessSettings.model_construct(rate_limits="on", limits_folder=tmp_path)
        bids, same, uploads = (
            open_buckets(name, settings, rate_per_s=1, burst=1)
            for name in ("bids", "bids", "uploads")
        )

        assert bids is not None
        assert same is not None
        assert uploads is not None
        assert bids.take("a") == 0
        assert same.take("a") > 0
        assert uploads.take("a") == 0
