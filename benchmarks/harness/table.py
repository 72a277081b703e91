"""A report as text for a terminal, and as Markdown for the documentation."""

import math
from collections.abc import Sequence

from benchmarks.harness.results import TIMES, Bound, Ratio, Report, Sense, Series

HEAD = ("ratio", "value", "limit", "", "target", "", "rounds")
NONE = "-"
SIGNS = {Sense.AT_MOST: "≤", Sense.AT_LEAST: "≥"}


def format_report(report: Report) -> str:
    """Return a report as printed."""
    blocks = [f"== {report.name}", columns([HEAD, *(_ratio_row(each) for each in report.ratios)])]
    if report.shown:
        head = ("measured", "median", "least", "unit", "rounds")
        blocks.append(columns([head, *(_series_row(each) for each in report.shown)]))
    blocks += [f"void: {each.name}: {each.void}" for each in report.ratios if each.void]
    blocks += [f"WRONG: {each}" for each in report.wrong]
    blocks += [f"void: the run failed: {report.broke}"] if report.broke else []
    blocks.append(_summary(report))
    return "\n".join(blocks)


def columns(rows: Sequence[Sequence[str]]) -> str:
    """Return rows as aligned columns: the first to the left, the others to the right."""
    widths = [max(len(row[i]) for row in rows) for i in range(len(rows[0]))]
    lines = (
        "  ".join(
            cell.ljust(width) if i == 0 else cell.rjust(width)
            for i, (cell, width) in enumerate(zip(row, widths, strict=True))
        ).rstrip()
        for row in rows
    )
    return "\n".join(lines)


def number(value: float) -> str:
    """Return a number in three significant digits."""
    if math.isnan(value):
        return NONE
    if value and abs(value) < 0.001:
        return f"{value:.1e}"
    if abs(value) >= 100:
        return f"{value:,.0f}"
    return f"{value:.3g}"


def in_unit(value: float, unit: str) -> str:
    """Return a value with its unit; ratios and counts have none."""
    return number(value) if unit in {TIMES, ""} else f"{number(value)} {unit}"


def bound_text(bound: Bound, value: float | None) -> str:
    """Return a limit or target with its sign."""
    return NONE if value is None else f"{SIGNS[bound.sense]} {number(value)}"


def verdict(*, is_met: bool | None, void: str | None, words: tuple[str, str]) -> str:
    """Return the first word if the bound is met, else the second; `void` if there is a reason."""
    if void is not None:
        return "void"
    return "" if is_met is None else words[0] if is_met else words[1]


def _ratio_row(each: Ratio) -> tuple[str, ...]:
    bound = each.bound
    return (
        each.name,
        in_unit(each.value, each.unit),
        bound_text(bound, bound.limit),
        verdict(is_met=each.held, void=each.void, words=("held", "MISSED")),
        bound_text(bound, bound.target),
        verdict(is_met=each.met, void=each.void, words=("met", "not met")),
        str(len(each.measured.values)),
    )


def _series_row(each: Series) -> tuple[str, ...]:
    values = " ".join(number(value) for value in each.values)
    return (each.name, number(each.median), number(each.least), each.unit, values)


def _summary(report: Report) -> str:
    facts = report.facts
    return (
        f"{report.name}: {report.status.name.lower()} "
        f"({facts.get('scale')} scale, {facts.get('cores')} cores, load {facts.get('load_before')} "
        f"before and {facts.get('load_after')} after, {facts.get('took_s')} s)"
    )
