import threading

from martelo.runtime.buckets import TokenBuckets


class Clock:
    def __init__(self) -> None:
        self.now = 1000.0

    def __call__(self) -> float:
        return self.now


def ten_a_minute(clock: Clock, size: int = 100) -> TokenBuckets:
    return TokenBuckets(rate_per_s=10 / 60, burst=10, clock=clock, size=size)


class TestTake:
    def test_grants_a_burst_and_then_says_how_long_to_wait(self) -> None:
        buckets = ten_a_minute(Clock())

        waits = [buckets.take("a") for _ in range(11)]

        assert waits[:10] == [0.0] * 10
        assert 5.9 < waits[10] <= 6.0

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

    def test_remembers_a_bounded_number_of_callers(self) -> None:
        buckets = ten_a_minute(Clock(), size=3)

        for number in range(1000):
            buckets.take(str(number))

        assert len(buckets._buckets) == 3  # noqa: SLF001 - the bound is the promise

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
