import pytest

from benchmarks.harness.pages import BEGIN, END, NoSection, section, with_results
from benchmarks.harness.results import Report, Series, at_most, ratio
from unit.docs.tables import DOCS

STEADY = Series("stock", "us", (10.0, 11.0, 12.0, 13.0, 14.0))
TWICE = Series("ours", "us", tuple(2 * value for value in STEADY.values))
SHORT = Series("ours", "us", (1.0,), ("saturated",))
FACTS = {
    "cores": 2,
    "machine": "Linux",
    "started_at": "2026-01-31T12:00:00+00:00",
    "load_before": [1.0],
    "load_after": [2.0],
    "versions": {"python": "3.11", "flask": "3.1"},
}
REPORT = Report(
    "bid_path",
    (
        ratio("cost", TWICE, STEADY, at_most(2.5, 1.2)),
        ratio("other", SHORT, STEADY, at_most(1.5)),
    ),
    shown=(STEADY,),
    facts=FACTS,
)


class TestSection:
    def test_holds_ratios_with_limits_and_targets(self) -> None:
        assert "| cost | 2 | ≤ 2.5 | held | ≤ 1.2 | not met |" in section([REPORT])

    def test_says_when_and_on_what_it_was_measured(self) -> None:
        assert (
            "2026-01-31T12:00:00+00:00; 2 cores, Linux; load [1.0] before, [2.0] after; "
            "python 3.11, flask 3.1." in section([REPORT])
        )

    def test_says_what_is_void_and_why(self) -> None:
        text = section([REPORT])

        assert "| other | 0.0833 | ≤ 1.5 | void | - | void |" in text
        assert "* Void: other: ours: 1 valid rounds of 5 needed (saturated)." in text

    def test_shows_what_was_measured(self) -> None:
        assert "| stock | 12 | 10 | us | 5 |" in section([REPORT])

    def test_says_what_was_wrong(self) -> None:
        assert "* **Wrong**: lost." in section([Report("x", (), wrong=("lost",), facts=FACTS)])


class TestWithResults:
    def test_replaces_what_stood_between_the_marks_and_nothing_else(self) -> None:
        page = f"# Page\n\n{BEGIN}\n\nold\n\n{END}\n\nAfter.\n"

        found = with_results(page, [REPORT])

        assert found == f"# Page\n\n{BEGIN}\n\n{section([REPORT])}\n\n{END}\n\nAfter.\n"

    def test_refuses_a_page_without_the_marks(self) -> None:
        with pytest.raises(NoSection):
            with_results(f"# Page\n{BEGIN}\n", [REPORT])

    def test_finds_its_place_in_the_documentation(self) -> None:
        page = (DOCS / "performance.md").read_text(encoding="utf-8")

        assert section([REPORT]) in with_results(page, [REPORT])
