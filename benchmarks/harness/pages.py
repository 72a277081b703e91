"""The results in `docs/performance.md`: a section between two comments, written by `bench`."""

from collections.abc import Mapping, Sequence

from benchmarks.harness.results import Ratio, Report
from benchmarks.harness.table import NONE, bound_text, in_unit, number, verdict

BEGIN = "<!-- written by ./martelo bench -->"
END = "<!-- end of what ./martelo bench wrote -->"


class NoSection(Exception):  # noqa: N818 - says what is missing
    """The page has no section for results."""


def with_results(page: str, reports: Sequence[Report]) -> str:
    """Return the page with new results in place of the earlier ones.

    Raises:
        NoSection: One of the two comments is missing.
    """
    before, begin, rest = page.partition(BEGIN)
    _, end, after = rest.partition(END)
    if not begin or not end:
        raise NoSection(f"the page must contain {BEGIN!r} and {END!r}")
    return f"{before}{BEGIN}\n\n{section(reports)}\n\n{END}{after}"


def section(reports: Sequence[Report]) -> str:
    """Return the results as Markdown."""
    return "\n\n".join(_about(report) for report in reports)


def _about(report: Report) -> str:
    parts = [f"### {report.name}", _origin(report.facts), _ratios(report.ratios)]
    if report.shown:
        parts.append(_shown(report))
    voids = [f"* Void: {each.name}: {each.void}." for each in report.ratios if each.void]
    wrong = [f"* **Wrong**: {each}." for each in report.wrong]
    broke = [f"* Void: the run failed: {report.broke}."] if report.broke else []
    if voids or wrong or broke:
        parts.append("\n".join([*voids, *wrong, *broke]))
    return "\n\n".join(parts)


def _origin(facts: Mapping[str, object]) -> str:
    versions = facts.get("versions")
    named = versions if isinstance(versions, Mapping) else {}
    listed = ", ".join(f"{name} {number}" for name, number in named.items())
    return (
        f"{facts.get('started_at')}; {facts.get('cores')} cores, {facts.get('machine')}; load "
        f"{facts.get('load_before')} before, {facts.get('load_after')} after; {listed}."
    )


def _ratios(ratios: Sequence[Ratio]) -> str:
    rows = [
        f"| {each.name} | {in_unit(each.value, each.unit)} "
        f"| {bound_text(each.bound, each.bound.limit)} "
        f"| {verdict(is_met=each.held, void=each.void, words=('held', '**missed**')) or NONE} "
        f"| {bound_text(each.bound, each.bound.target)} "
        f"| {verdict(is_met=each.met, void=each.void, words=('met', 'not met')) or NONE} |"
        for each in ratios
    ]
    head = "| ratio | value | limit | | target | |\n|---|---|---|---|---|---|"
    return "\n".join([head, *rows])


def _shown(report: Report) -> str:
    rows = [
        f"| {each.name} | {number(each.median)} | {number(each.least)} | {each.unit} "
        f"| {len(each.values)} |"
        for each in report.shown
    ]
    head = "| measured | median | least | unit | rounds |\n|---|---|---|---|---|"
    return "\n".join([head, *rows])
