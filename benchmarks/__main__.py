"""Run one benchmark or all: `python -m benchmarks [NAME] [--quick] [--json FILE]`.

Exit status: 0 if every limit was kept; 1 if one was missed or an answer was wrong; 2 if a result is
void or a run failed, and for wrong arguments.
"""

import argparse
import json
import signal
import sys
import traceback
from collections.abc import Callable, Sequence
from importlib import import_module
from pathlib import Path

from benchmarks.catalogue import NAMES
from benchmarks.harness.facts import Facts
from benchmarks.harness.pages import with_results
from benchmarks.harness.processes import ROOT
from benchmarks.harness.results import Report, status_of
from benchmarks.harness.rounds import FULL, QUICK, Scale
from benchmarks.harness.table import format_report

PAGE = ROOT / "docs" / "performance.md"


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the benchmarks of the command line and return the exit status."""
    options = parse_arguments(arguments)
    # Exiting ends the servers, after SIGTERM as after Ctrl-C.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(128 + signal.SIGTERM))
    scale = QUICK if options.quick else FULL
    names = NAMES if options.name is None else (options.name,)
    reports = [_run(name, scale) for name in names]
    if options.json is not None:
        found = [report.as_json() for report in reports]
        document = found if options.name is None else found[0]
        options.json.write_text(json.dumps(document, indent=1) + "\n", encoding="utf-8")
    if _updates_page(options):
        page = PAGE.read_text(encoding="utf-8")
        PAGE.write_text(with_results(page, reports), encoding="utf-8")
        print(f"written to {PAGE.relative_to(ROOT)}")
    return status_of(reports).value


def parse_arguments(arguments: Sequence[str] | None) -> argparse.Namespace:
    """Return the parsed command line; exit with 2 if it is wrong or an output is not writable.

    Outputs are checked here, because a run takes minutes.
    """
    parser = argparse.ArgumentParser(
        prog="martelo bench",
        description="Compare what Martelo costs with references measured in the same run.",
        epilog="Exit status: 0 limits kept, 1 a limit missed or an answer wrong, 2 void or failed.",
    )
    parser.add_argument("name", nargs="?", choices=NAMES, help="one benchmark (default: all)")
    parser.add_argument(
        "--quick", action="store_true", help=f"shorter rounds; leave {PAGE.name} unchanged"
    )
    parser.add_argument("--json", type=Path, metavar="FILE", help="write every round to FILE")
    options = parser.parse_args(arguments)
    outputs = [options.json] if options.json is not None else []
    for path in [*outputs, PAGE] if _updates_page(options) else outputs:
        try:
            # Appending nothing creates a missing file, and changes no other.
            path.open("ab").close()
        except OSError as error:
            parser.exit(2, f"{parser.prog}: cannot write {path}: {error.strerror}\n")
    return options


def _updates_page(options: argparse.Namespace) -> bool:
    return options.name is None and not options.quick


def _run(name: str, scale: Scale) -> Report:
    run: Callable[[Scale], Report] = import_module(f"benchmarks.{name}").run
    facts = Facts(scale, {})
    try:
        report = run(scale)
    except Exception as error:  # noqa: BLE001 - the edge: a failure is reported, and the rest runs
        traceback.print_exc()
        report = Report(name, (), facts=facts.as_json(), broke=f"{type(error).__name__}: {error}")
    print(format_report(report), end="\n\n", flush=True)
    return report


if __name__ == "__main__":
    sys.exit(main())
