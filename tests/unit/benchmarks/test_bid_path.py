import pytest

from benchmarks.bid_path import count_wrong


class TestCountWrong:
    @pytest.mark.parametrize(
        ("amounts", "wrong"),
        [((), 0), ((1, 2, 3), 0), ((1, 1), 1), ((5, 3, 4, 6), 2), ((2, 3, 1, 4), 1)],
    )
    def test_counts_what_did_not_beat_all_before(
        self, amounts: tuple[int, ...], wrong: int
    ) -> None:
        assert count_wrong(amounts) == wrong
