import json
import math

import pytest

from benchmarks.harness.results import (
    Ratio,
    Report,
    Series,
    Status,
    at_least,
    at_most,
    figure,
    ratio,
    series_of,
    status_of,
)
from benchmarks.harness.rounds import Round

STEADY = (10.0, 11.0, 12.0, 13.0, 14.0)


def series(*values: float, name: str = "ours", faults: tuple[str, ...] = ()) -> Series:
    return Series(name, "us", values, faults)


def report(*ratios: Ratio, wrong: tuple[str, ...] = ()) -> Report:
    return Report("bid_path", ratios, wrong=wrong)


HELD = ratio("a", series(*STEADY), series(*STEADY), at_most(1.5, 1.2))
MISSED = ratio("b", series(*(4 * v for v in STEADY)), series(*STEADY), at_most(1.5))
VOID = ratio("c", series(1.0), series(*STEADY), at_most(1.5, 1.2))


class TestSeries:
    def test_has_a_median_a_least_and_a_spread(self) -> None:
        found = series(4.0, 1.0, 2.0)

        assert (found.median, found.least, found.spread) == (2.0, 1.0, 4.0)

    def test_without_values_is_no_number(self) -> None:
        found = series()

        assert math.isnan(found.median)
        assert found.spread == float("inf")

    def test_leaves_out_rounds_with_a_fault_and_says_why(self) -> None:
        rounds = [Round(10, 1.0, 1.0), Round(20, 1.0, 1.0, fault="saturated")]

        found = series_of("rate", "1/s", rounds, lambda each: each.per_s)

        assert (found.values, found.faults) == ((10.0,), ("saturated",))


class TestRatio:
    def test_divides_medians(self) -> None:
        assert MISSED.value == 4.0

    def test_is_held_up_to_its_limit_and_met_up_to_its_target(self) -> None:
        on_limit = ratio("a", series(*(1.5 * v for v in STEADY)), series(*STEADY), at_most(1.5, 1))

        assert (on_limit.held, on_limit.met) == (True, False)

    def test_may_have_to_be_great(self) -> None:
        found = ratio("a", series(*(9 * v for v in STEADY)), series(*STEADY), at_least(8, 10))

        assert (found.held, found.met) == (True, False)

    def test_is_void_with_fewer_than_five_rounds(self) -> None:
        assert VOID.void == "ours: 1 valid rounds of 5 needed (no fault noted)"
        assert (VOID.held, VOID.met) == (None, None)

    def test_is_void_where_its_reference_lacks_rounds(self) -> None:
        lacking = series(1.0, name="stock", faults=("saturated",))

        found = ratio("a", series(*STEADY), lacking, at_most(1.5))

        assert found.void == "stock: 1 valid rounds of 5 needed (saturated)"

    @pytest.mark.parametrize(("greatest", "is_void"), [(20.0, False), (20.1, True)])
    def test_is_void_where_the_reference_is_unsteady(self, greatest: float, is_void: bool) -> None:  # noqa: FBT001 - a table
        reference = series(10.0, 11.0, 12.0, 13.0, greatest)

        assert (ratio("a", series(*STEADY), reference, at_most(1.5)).void is not None) is is_void

    def test_does_not_mind_unsteady_rounds_of_its_own(self) -> None:
        assert (
            ratio("a", series(1.0, 2.0, 3.0, 4.0, 50.0), series(*STEADY), at_most(1)).void is None
        )

    def test_without_a_limit_is_neither_held_nor_missed(self) -> None:
        found = ratio("a", series(*STEADY), series(*STEADY), at_most(target=1.0))

        assert (found.held, found.met) == (None, True)


class TestFigure:
    def test_stands_by_itself(self) -> None:
        found = figure("wrong accepts", series(0.0), at_most(0, 0), rounds=1)

        assert (found.value, found.held, found.met) == (0.0, True, True)

    def test_is_void_without_its_rounds(self) -> None:
        assert figure("p99", series(1.0), at_most(250)).void is not None


class TestReport:
    @pytest.mark.parametrize(
        ("found", "status"),
        [
            (report(HELD), Status.HELD),
            (report(HELD, VOID), Status.VOID),
            (report(HELD, VOID, MISSED), Status.MISSED),
            (report(HELD, wrong=("a bid is not in the ledger",)), Status.MISSED),
        ],
    )
    def test_ends_with_the_worst_it_found(self, found: Report, status: Status) -> None:
        assert found.status is status

    def test_ends_as_a_missed_ratio_does_even_without_a_reference(self) -> None:
        assert report(figure("p99", series(*STEADY), at_most(1))).status is Status.MISSED

    def test_is_json_with_every_round(self) -> None:
        found = json.loads(json.dumps(report(HELD, VOID).as_json(), allow_nan=False))

        assert found["status"] == "void"
        first, second = found["ratios"]
        assert {"name", "value", "limit", "target", "held", "rounds"} <= set(first)
        assert (first["held"], second["held"]) == (True, None)
        assert first["rounds"]["reference"]["values"] == list(STEADY)

    def test_is_json_even_without_a_number(self) -> None:
        found = report(ratio("a", series(), series(), at_most(1))).as_json()

        assert '"value": null' in json.dumps(found, allow_nan=False)


class TestStatusOf:
    def test_several_is_that_of_the_worst(self) -> None:
        assert status_of([report(HELD), report(VOID)]) is Status.VOID
        assert status_of([report(VOID), report(MISSED), report(HELD)]) is Status.MISSED
        assert status_of([report(HELD)]) is Status.HELD
