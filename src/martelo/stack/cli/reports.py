"""What pytest's reports (JUnit XML) say of all parts together."""

import xml.etree.ElementTree as ET
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

ERROR_LINES = 6
"""How much of a failed test's error is repeated at the end."""


def count_tests(reports: Path) -> Counter[str]:
    """Return how many tests of all parts passed, failed and so on."""
    counts = Counter[str]()
    for report in reports.glob("*.xml"):
        for suite in ET.parse(report).iter("testsuite"):  # noqa: S314 - pytest wrote it
            others = {name: int(suite.get(name, 0)) for name in ("failures", "errors", "skipped")}
            counts["passed"] += int(suite.get("tests", 0)) - sum(others.values())
            counts["failed"] += others["failures"]
            counts["skipped"] += others["skipped"]
            counts["errors"] += others["errors"]
    return counts


def find_failures(reports: Path) -> Iterator[str]:
    """Yield each failed test's name, its error's first lines and where it was raised.

    The complete error was printed by its part, which may be thousands of lines up.
    """
    for report in sorted(reports.glob("*.xml")):
        for case in ET.parse(report).iter("testcase"):  # noqa: S314 - pytest wrote it
            for fault in (*case.iter("failure"), *case.iter("error")):
                error = fault.get("message", "").splitlines()[:ERROR_LINES]
                *_, place = (fault.text or "").rstrip().splitlines() or [""]
                lines = [f"FAILED {case.get('classname')}::{case.get('name')}", *error, place]
                yield "\n    ".join(lines)
