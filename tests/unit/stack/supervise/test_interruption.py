from pathlib import Path

import pytest

from martelo.stack.supervise.interruption import Interruption, describe_duration


class TestInterruption:
    def test_is_reported_once(self, tmp_path: Path) -> None:
        times = iter([1_000.0, 1_014.25])
        interruption = Interruption(tmp_path, lambda: next(times))

        interruption.begin()

        assert interruption.end() == 14.25
        assert interruption.end() is None

    def test_is_never_negative(self, tmp_path: Path) -> None:
        times = iter([1_000.0, 900.0])
        interruption = Interruption(tmp_path, lambda: next(times))
        interruption.begin()

        assert interruption.end() == 0.0

    def test_needs_no_folder(self, tmp_path: Path) -> None:
        interruption = Interruption(tmp_path / "gone")

        interruption.begin()

        assert interruption.end() is None

    def test_ignores_a_damaged_note(self, tmp_path: Path) -> None:
        (tmp_path / "stopped-at").write_text("x")

        assert Interruption(tmp_path).end() is None


@pytest.mark.parametrize(
    ("seconds", "text"),
    [
        (0, "0.0 s"),
        (99.94, "99.9 s"),
        (150, "2 min"),
        (7_260, "2 h 1 min"),
        (200_000, "2 days"),
    ],
)
def test_a_duration_has_its_largest_units(seconds: float, text: str) -> None:
    assert describe_duration(seconds) == text
