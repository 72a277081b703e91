"""`test`, `bench` and `check`: what a change must pass and what it costs, on any machine alike."""

import os
import re
import shutil
import subprocess
import sys
import tempfile
import time
import xml.etree.ElementTree as ET
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from martelo.stack.cli import tools
from martelo.stack.engines import binaries
from martelo.stack.engines.engine_user import choose_engine_user
from martelo.stack.engines.gateway import check_settings, write_settings
from martelo.stack.errors import StackError
from martelo.stack.settings import REPOSITORY, port_defaults
from martelo.stack.topology import plan
from martelo.stack.topology.gateway import fill_upstreams

PYTHON_FOLDERS = ("src", "tests", "benchmarks")
LANES = 2
"""How many checks run at once: most tests wait half of their time."""

TEST_FOLDERS = ("tests/system", "tests/chaos", "tests/integration", "tests/browser")
"""Those with a pytest of their own, the longest first; one more runs all the others."""

MEMORY = Path("/dev/shm")  # noqa: S108 - only a folder of our own is made in it
MEMINFO = Path("/proc/meminfo")
ROOM_BYTES = 8 * 1024**3
"""What two parts of the tests write, and what their houses take, with as much to spare."""

ERROR_LINES = 6
"""How much of a failed test's error is told again at the end."""

Say = Callable[[str], None]


@dataclass(frozen=True)
class Step:
    """One check: its name as printed, and what says its lines and returns whether it passed."""

    name: str
    run: Callable[[Say], bool]


def run_tests(arguments: Sequence[str], environment: Mapping[str, str]) -> int:
    """Run pytest with `arguments` and return its exit status."""
    tools.provide(environment)
    with_tools = tools.found_by(environment)
    status = _call([sys.executable, "-m", "pytest", *arguments], with_tools)
    tools.say_what_is_missing(with_tools)
    return status


def run_benchmarks(arguments: Sequence[str], environment: Mapping[str, str]) -> int:
    """Run `benchmarks` with `arguments` and return its exit status."""
    folders = os.pathsep.join(str(REPOSITORY / name) for name in ("", "src", "tests"))
    command = [sys.executable, "-m", "benchmarks", *arguments]
    return _call(command, {**environment, "PYTHONPATH": folders})


def run_checks(environment: Mapping[str, str]) -> int:
    """Run every check, `LANES` at a time, and return 0 if all passed."""
    tools.provide(environment)
    with_tools = tools.found_by(environment)
    began = time.monotonic()
    memory = find_memory()
    with tempfile.TemporaryDirectory(dir=memory) as name:
        if memory is not None:
            with_tools |= {"TMPDIR": name}
        reports = Path(name)
        results = run_in_lanes(_steps(with_tools, reports))
        counts = count_tests(reports)
        failures = list(find_failures(reports))
    lasted_s = time.monotonic() - began
    failed = [name for name, passed in results.items() if not passed]
    tools.say_what_is_missing(with_tools)
    said = ", ".join(f"{count} {what}" for what, count in counts.items() if count)
    print("", *failures, sep="\n")
    print(f"==== {said or 'no tests ran'} in {lasted_s:.2f}s ====")
    print(f"FAILED: {', '.join(failed)}" if failed else "check passed")
    print(f"checks: {len(results) - len(failed)} passed, {len(failed)} failed")
    return 1 if failed else 0


def check_gateway(say: Say) -> bool:
    """Have nginx read the template as the launcher would render it."""
    largest = plan.LARGEST_PLAN
    values = fill_upstreams(largest, port_defaults(largest)) | {
        "GATEWAY_LISTEN": f"127.0.0.1:{plan.GATEWAY.ports['http']}",
        "GATEWAY_SIDE_LISTEN": f"127.0.0.1:{plan.GATEWAY.ports['side']}",
        "GATEWAY_WORKERS": "1",
        "GATEWAY_STUB_STATUS": "",
        "MARTELO_RATE_LIMITS": "on",
    }
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        try:
            engine_user = choose_engine_user(folder, [binaries.nginx()])
            write_settings(folder, values, engine_user)
            say(check_settings(folder, engine_user).strip())
        except StackError as error:
            say(str(error))
            return False
    return True


def find_memory(
    folder: Path = MEMORY, meminfo: Path = MEMINFO, *, room_bytes: int = ROOM_BYTES
) -> Path | None:
    """Return a folder in memory for what tests write, or `None` where there is not plenty.

    What they kill are processes, never the machine: waiting for a disk proves nothing, and costs
    half as much time again.
    """
    try:
        told = re.search(r"^MemAvailable: +(\d+) kB$", meminfo.read_text("utf-8"), re.MULTILINE)
        free_bytes = shutil.disk_usage(folder).free
    except OSError:
        return None
    available_bytes = int(told[1]) * 1024 if told is not None else 0
    return folder if min(free_bytes, available_bytes) >= room_bytes else None


def run_in_lanes(steps: Sequence[Step]) -> dict[str, bool]:
    """Return whether each step passed; a lane that is free takes the next."""
    lanes = ThreadPoolExecutor(LANES)
    try:
        running: dict[str, Future[bool]] = {s.name: lanes.submit(_run, s) for s in steps}
        return {name: each.result() for name, each in running.items()}
    finally:
        # Told to stop (Ctrl-C), nothing more is begun.
        lanes.shutdown(cancel_futures=True)


def _run(step: Step) -> bool:
    """Run one step; each line it says carries its name, as others speak at the same time."""

    def say(line: str) -> None:
        # In one piece, so that no other line comes between.
        sys.stdout.write(f"{step.name} | {line}\n")
        sys.stdout.flush()

    say("== begins")
    began = time.monotonic()
    passed = step.run(say)
    verdict = "passed" if passed else "FAILED"
    say(f"== {verdict} in {time.monotonic() - began:.1f} s")
    return passed


def _steps(environment: Mapping[str, str], reports: Path) -> list[Step]:
    folders = [folder for folder in PYTHON_FOLDERS if (REPOSITORY / folder).is_dir()]
    ruff = [sys.executable, "-m", "ruff"]
    commands = {
        "ruff format": [*ruff, "format", "--check", "martelo", *folders],
        "ruff check": [*ruff, "check", "martelo", *folders],
        "mypy": [sys.executable, "-m", "mypy"],
        "lint-imports": [str(Path(sys.executable).with_name("lint-imports"))],
    }
    others = [f"--ignore={folder}" for folder in TEST_FOLDERS]
    tests = {
        **{folder: [folder] for folder in TEST_FOLDERS},
        "other tests": others,
    }
    pytest = {
        name: [
            *(sys.executable, "-m", "pytest", *chosen),
            f"--junitxml={reports / name.replace('/', '-')}.xml",
        ]
        for name, chosen in tests.items()
    }
    first, *rest = [
        Step(name, partial(_passes, command, environment)) for name, command in pytest.items()
    ]
    quick = [
        Step(name, partial(_passes, command, environment)) for name, command in commands.items()
    ]
    return [first, *quick, Step("nginx -t", check_gateway), *rest]


def count_tests(reports: Path) -> Counter[str]:
    """Return how many tests of all parts passed, failed and so on."""
    counts = Counter[str]()
    for report in reports.glob("*.xml"):
        for suite in ET.parse(report).iter("testsuite"):  # noqa: S314 - pytest wrote it
            told = {name: int(suite.get(name, 0)) for name in ("failures", "errors", "skipped")}
            counts["passed"] += int(suite.get("tests", 0)) - sum(told.values())
            counts["failed"] += told["failures"]
            counts["skipped"] += told["skipped"]
            counts["errors"] += told["errors"]
    return counts


def find_failures(reports: Path) -> Iterator[str]:
    """Yield each failed test's name, its error's first lines and where it was raised.

    The whole of it was said by its part, which may be thousands of lines up.
    """
    for report in sorted(reports.glob("*.xml")):
        for case in ET.parse(report).iter("testcase"):  # noqa: S314 - pytest wrote it
            for fault in (*case.iter("failure"), *case.iter("error")):
                error = fault.get("message", "").splitlines()[:ERROR_LINES]
                *_, place = (fault.text or "").rstrip().splitlines() or [""]
                lines = [f"FAILED {case.get('classname')}::{case.get('name')}", *error, place]
                yield "\n    ".join(lines)


def _passes(command: Sequence[str], environment: Mapping[str, str], say: Say) -> bool:
    """Run a command to its end and say its lines as they come."""
    try:
        process = subprocess.Popen(
            command,
            cwd=REPOSITORY,
            env=dict(environment),
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            errors="replace",
        )
    except FileNotFoundError:
        say(f"{command[0]} is not installed")
        return False
    with process:
        for line in process.stdout or ():
            say(line.rstrip("\n"))
    return process.returncode == 0


def _call(command: Sequence[str], environment: Mapping[str, str]) -> int:
    try:
        return subprocess.run(
            command, cwd=REPOSITORY, env=dict(environment), check=False
        ).returncode
    except FileNotFoundError:
        print(f"{command[0]} is not installed")
        return 127
