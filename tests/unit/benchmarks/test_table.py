import pytest

from benchmarks.harness.results import Report, Series, at_most, ratio
from benchmarks.harness.table import columns, format_report, number

STEADY = Series("stock", "us", (10.0, 11.0, 12.0, 13.0, 14.0))
TWICE = Series("ours", "us", tuple(2 * value for value in STEADY.values))
SHORT = Series("ours", "us", (1.0,), ("saturated",))
FACTS = {"scale": "quick", "cores": 2, "load_before": [1], "load_after": [2], "took_s": 3}


def lines(report: Report) -> list[str]:
    return format_report(report).splitlines()


class TestFormatReport:
    def test_says_what_missed_its_limit(self) -> None:
        found = lines(Report("x", (ratio("cost", TWICE, STEADY, at_most(1.5, 1.2)),), facts=FACTS))

        assert found[0] == "== x"
        assert found[2].split() == [
            "cost",
            "2",
            "≤",
            "1.5",
            "MISSED",
            "≤",
            "1.2",
            "not",
            "met",
            "5",
        ]

    def test_says_what_held(self) -> None:
        found = lines(Report("x", (ratio("cost", TWICE, STEADY, at_most(2.5)),), facts=FACTS))

        assert found[2].split() == ["cost", "2", "≤", "2.5", "held", "-", "5"]

    def test_says_what_is_void_and_why(self) -> None:
        found = lines(Report("x", (ratio("cost", SHORT, STEADY, at_most(1.5)),), facts=FACTS))

        assert "void" in found[2]
        assert "void: cost: ours: 1 valid rounds of 5 needed (saturated)" in found

    def test_says_what_was_wrong(self) -> None:
        found = lines(Report("x", (), wrong=("a bid is lost",), facts=FACTS))

        assert "WRONG: a bid is lost" in found
        assert found[-1].startswith("x: missed (quick scale, 2 cores")

    def test_says_that_the_run_broke(self) -> None:
        found = lines(Report("x", (), broke="no port was free", facts=FACTS))

        assert "void: the run failed: no port was free" in found
        assert found[-1].startswith("x: void")

    def test_shows_every_round_of_what_was_measured(self) -> None:
        found = lines(Report("x", (), shown=(STEADY,), facts=FACTS))

        assert found[3].split() == ["stock", "12", "10", "us", "10", "11", "12", "13", "14"]


class TestColumns:
    def test_aligns(self) -> None:
        assert columns([("a", "1"), ("bcd", "100")]) == "a      1\nbcd  100"


class TestNumber:
    @pytest.mark.parametrize(
        ("value", "text"),
        [
            (0.0, "0"),
            (0.00012, "1.2e-04"),
            (0.125, "0.125"),
            (1.2345, "1.23"),
            (123.4, "123"),
            (22_422.4, "22,422"),
            (float("nan"), "-"),
        ],
    )
    def test_claims_three_digits(self, value: float, text: str) -> None:
        assert number(value) == text
