"""Results: series, ratios with their limits, and reports."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from enum import IntEnum, StrEnum
from statistics import median

from benchmarks.harness.rounds import MIN_ROUNDS, Round

MAX_SPREAD = 2.0
"""A reference whose greatest round exceeds its least by more is not valid."""

TIMES = "x"
"""The unit of a ratio: a multiple of the reference."""

Json = dict[str, object]


class Sense(StrEnum):
    """Which side of a limit is good."""

    AT_MOST = "at most"
    AT_LEAST = "at least"


class Status(IntEnum):
    """The result of a run, as its exit status."""

    HELD = 0
    MISSED = 1
    VOID = 2


@dataclass(frozen=True)
class Series:
    """One measure of one subject: the values of valid rounds, and the faults of others."""

    name: str
    unit: str
    values: tuple[float, ...]
    faults: tuple[str, ...] = ()

    @property
    def median(self) -> float:
        """The median; not a number without values."""
        return median(self.values) if self.values else float("nan")

    @property
    def least(self) -> float:
        """The least value: of CPU times, the round that was disturbed least."""
        return min(self.values, default=float("nan"))

    @property
    def spread(self) -> float:
        """The greatest value divided by the least."""
        if not self.values or self.least <= 0:
            return float("inf")
        return max(self.values) / self.least

    def as_json(self) -> Json:
        """Return the series with every round."""
        return {
            "name": self.name,
            "unit": self.unit,
            "median": _number(self.median),
            "least": _number(self.least),
            "values": [_number(value) for value in self.values],
            "faults": list(self.faults),
        }


def series_of(
    name: str, unit: str, rounds: Sequence[Round], measure: Callable[[Round], float]
) -> Series:
    """Return one measure of some rounds."""
    return Series(
        name,
        unit,
        tuple(measure(each) for each in rounds if each.fault is None),
        tuple(each.fault for each in rounds if each.fault is not None),
    )


@dataclass(frozen=True)
class Bound:
    """What a ratio must meet (`limit`) and what it should (`target`); `None`: only printed."""

    sense: Sense
    limit: float | None = None
    target: float | None = None

    def is_met_by(self, value: float, bound: float | None) -> bool | None:
        """Return whether `value` is on the good side of `bound`; `None` without a bound."""
        if bound is None:
            return None
        return value <= bound if self.sense is Sense.AT_MOST else value >= bound


def at_most(limit: float | None = None, target: float | None = None) -> Bound:
    """Return a bound for a value that should be small."""
    return Bound(Sense.AT_MOST, limit, target)


def at_least(limit: float | None = None, target: float | None = None) -> Bound:
    """Return a bound for a value that should be great."""
    return Bound(Sense.AT_LEAST, limit, target)


@dataclass(frozen=True)
class Ratio:
    """One row of a report: a value, its bound, and its series.

    Without a `reference` it is a single figure: a count, a percentile, a size.
    """

    name: str
    value: float
    unit: str
    bound: Bound
    measured: Series
    reference: Series | None = None
    void: str | None = None
    """Why the value is not valid, if it is not."""

    @property
    def held(self) -> bool | None:
        """Whether the limit holds; `None` if it is void or has no limit."""
        return None if self.void else self.bound.is_met_by(self.value, self.bound.limit)

    @property
    def met(self) -> bool | None:
        """Whether the target is met; `None` if it is void or has no target."""
        return None if self.void else self.bound.is_met_by(self.value, self.bound.target)

    def as_json(self) -> Json:
        """Return the ratio with every round of both sides."""
        return {
            "name": self.name,
            "value": _number(self.value),
            "unit": self.unit,
            "sense": self.bound.sense.value,
            "limit": self.bound.limit,
            "target": self.bound.target,
            "held": self.held,
            "target_met": self.met,
            "void": self.void,
            "rounds": {
                "measured": self.measured.as_json(),
                "reference": self.reference.as_json() if self.reference else None,
            },
        }


def ratio(name: str, measured: Series, reference: Series, bound: Bound) -> Ratio:
    """Return the median of `measured` divided by that of `reference`, from one interleaved run."""
    denominator = reference.median
    value = measured.median / denominator if denominator else float("nan")
    void = void_because(measured, reference)
    return Ratio(name, value, TIMES, bound, measured, reference, void)


def figure(name: str, measured: Series, bound: Bound, *, rounds: int = MIN_ROUNDS) -> Ratio:
    """Return a median without a reference; it is void with fewer than `rounds` valid rounds."""
    void = too_few(measured, rounds)
    return Ratio(name, measured.median, measured.unit, bound, measured, None, void)


def void_because(measured: Series, reference: Series) -> str | None:
    """Return why a ratio of these is not valid, or `None`."""
    for series in (measured, reference):
        fault = too_few(series, MIN_ROUNDS)
        if fault is not None:
            return fault
    if reference.spread > MAX_SPREAD:
        return f"{reference.name}: its rounds are {reference.spread:.1f} times apart"
    return None


def too_few(series: Series, minimum: int) -> str | None:
    """Return a fault if fewer than `minimum` rounds are valid, else `None`."""
    if len(series.values) >= minimum:
        return None
    faults = "; ".join(dict.fromkeys(series.faults)) or "no fault noted"
    return f"{series.name}: {len(series.values)} valid rounds of {minimum} needed ({faults})"


@dataclass(frozen=True)
class Report:
    """The results of one benchmark.

    `shown` are series printed after the ratios; `wrong` are wrong answers, which fail the run
    at any speed; `broke` is the error of a run that failed, whose results are void.
    """

    name: str
    ratios: tuple[Ratio, ...]
    shown: tuple[Series, ...] = ()
    facts: Mapping[str, object] = field(default_factory=dict)
    wrong: tuple[str, ...] = ()
    broke: str | None = None

    @property
    def status(self) -> Status:
        """The status: a missed limit or a wrong answer takes precedence over a void result."""
        if self.wrong or any(each.held is False for each in self.ratios):
            return Status.MISSED
        is_void = self.broke is not None or any(each.void for each in self.ratios)
        return Status.VOID if is_void else Status.HELD

    def as_json(self) -> Json:
        """Return the complete report."""
        return {
            "name": self.name,
            "status": self.status.name.lower(),
            "ratios": [each.as_json() for each in self.ratios],
            "shown": [each.as_json() for each in self.shown],
            "wrong": list(self.wrong),
            "broke": self.broke,
            "facts": dict(self.facts),
        }


def status_of(reports: Sequence[Report]) -> Status:
    """Return the worst status: missed, then void, then held."""
    found = {report.status for report in reports}
    return next((each for each in (Status.MISSED, Status.VOID) if each in found), Status.HELD)


def _number(value: float) -> float | None:
    """Return a number in six significant digits; `None` if JSON cannot express it."""
    return float(f"{value:.6g}") if abs(value) < float("inf") else None
