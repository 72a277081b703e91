"""Run one benchmark or all: `python -m benchmarks [NAME] [--quick] [--json FILE]`.

Exit status: 0, every limit held; 1, one was missed or an answer was wrong; 2, something is void
and says nothing.
"""

import argparse
import json
import sys
from collections.abc import Callable, Sequence
from importlib import import_module
from pathlib import Path

from benchmarks.catalogue import NAMES
from benchmarks.harness.pages import with_results
from benchmarks.harness.processes import ROOT
from benchmarks.harness.results import Report, status_of
from benchmarks.harness.rounds import FULL, QUICK, Scale
from benchmarks.harness.table import format_report

PAGE = ROOT / "docs" / "performance.md"


def main(arguments: Sequence[str] | None = None) -> int:
    """Do what the command line says and return the exit status."""
    parser = argparse.ArgumentParser(prog="martelo bench")
    parser.add_argument("name", nargs="?", choices=NAMES, help="one of them; all without it")
    parser.add_argument("--quick", action="store_true", help="shorter rounds, and nothing is kept")
    parser.add_argument("--json", type=Path, metavar="FILE", help="write everything measured")
    options = parser.parse_args(arguments)
    scale = QUICK if options.quick else FULL
    names = NAMES if options.name is None else (options.name,)
    reports = [_told(name, scale) for name in names]
    if options.json is not None:
        found = [report.as_json() for report in reports]
        whole = found if options.name is None else found[0]
        options.json.write_text(json.dumps(whole, indent=1) + "\n", encoding="utf-8")
    if scale.is_full and options.name is None:
        page = PAGE.read_text(encoding="utf-8")
        PAGE.write_text(with_results(page, reports), encoding="utf-8")
        print(f"kept in {PAGE.relative_to(ROOT)}")
    return status_of(reports).value


def _told(name: str, scale: Scale) -> Report:
    run: Callable[[Scale], Report] = import_module(f"benchmarks.{name}").run
    report = run(scale)
    print(format_report(report), end="\n\n", flush=True)
    return report


if __name__ == "__main__":
    sys.exit(main())
