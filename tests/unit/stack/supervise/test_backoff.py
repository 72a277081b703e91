from martelo.stack.supervise.backoff import Backoff


class TestNoteEnd:
    def test_starts_at_a_fifth_of_a_second_and_doubles(self) -> None:
        backoff = Backoff()

        delays = [backoff.note_end(float(at)) for at in range(5)]

        assert delays == [0.2, 0.4, 0.8, 1.6, 3.2]

    def test_never_waits_longer_than_ten_seconds(self) -> None:
        backoff = Backoff()

        delays = [backoff.note_end(float(at)) for at in range(20)]

        assert max(delays) == 10.0

    def test_is_forgotten_after_thirty_healthy_seconds(self) -> None:
        backoff = Backoff()
        for at in range(4):
            backoff.note_end(float(at))

        backoff.note_ready(10.0)
        delay_s = backoff.note_end(40.0)

        assert delay_s == 0.2
        assert not backoff.is_failing(40.0)

    def test_is_kept_when_health_was_shorter(self) -> None:
        backoff = Backoff()
        backoff.note_end(0.0)

        backoff.note_ready(1.0)
        delay_s = backoff.note_end(30.9)

        assert delay_s == 0.4

    def test_counts_healthy_seconds_again_after_a_failed_probe(self) -> None:
        backoff = Backoff()
        backoff.note_end(0.0)
        backoff.note_ready(1.0)

        backoff.note_unready(20.0)
        backoff.note_ready(25.0)
        delay_s = backoff.note_end(40.0)

        assert delay_s == 0.4

    def test_keeps_what_was_healthy_long_enough_before_a_failed_probe(self) -> None:
        backoff = Backoff()
        backoff.note_end(0.0)
        backoff.note_ready(1.0)

        backoff.note_unready(40.0)
        delay_s = backoff.note_end(41.0)

        assert delay_s == 0.2


class TestIsFailing:
    def test_is_true_after_five_ends_within_a_minute(self) -> None:
        backoff = Backoff()

        for at in (0.0, 10.0, 20.0, 30.0):
            backoff.note_end(at)
        assert not backoff.is_failing(30.0)
        backoff.note_end(40.0)

        assert backoff.is_failing(40.0)

    def test_is_false_once_they_are_a_minute_ago(self) -> None:
        backoff = Backoff()

        for at in range(5):
            backoff.note_end(float(at))

        assert not backoff.is_failing(61.0)
