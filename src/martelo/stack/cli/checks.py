"""`test`, `bench` and `check`: what a change must pass and what it costs, on any machine alike."""

import os
import re
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Mapping, Sequence
from functools import partial
from ipaddress import ip_network
from pathlib import Path

from martelo.stack.cli import tools
from martelo.stack.cli.progress import Progress
from martelo.stack.cli.reports import count_tests, find_failures
from martelo.stack.cli.steps import Result, Say, Step, run_commands, run_in_lanes
from martelo.stack.engines import binaries
from martelo.stack.engines.engine_user import choose_engine_user
from martelo.stack.engines.gateway import Routes, check_settings, write_settings
from martelo.stack.errors import StackError
from martelo.stack.settings import REPOSITORY, port_defaults
from martelo.stack.topology import plan
from martelo.stack.topology.gateway import fill_proxies, fill_tls, fill_upstreams
from martelo.stack.topology.gateway_limits import read_limits

PYTHON_FOLDERS = ("src", "tests", "benchmarks")
TEST_FOLDERS = ("tests/system", "tests/integration", "tests/browser", "tests/chaos")
"""Those with a pytest of their own, the longest first; one more runs all the others."""

PARTS: Mapping[str, Sequence[str]] = {
    **{folder: [folder] for folder in TEST_FOLDERS},
    "other tests": ["tests", *(f"--ignore={folder}" for folder in TEST_FOLDERS)],
}
"""pytest's arguments for each part of the tests."""

FULL_PARTS = {
    name: [*arguments, "--full", *(["--drill", "full"] if name == "tests/chaos" else [])]
    for name, arguments in PARTS.items()
}

SCRIPT_TESTS = REPOSITORY / "tests" / "javascript"

MEMORY = Path("/dev/shm")  # noqa: S108 - only a folder of our own is made in it
MEMINFO = Path("/proc/meminfo")
MIN_FREE_BYTES = 8 * 1024**3
"""What two parts of the tests write, and what their processes take, with as much to spare."""

Environment = Mapping[str, str]


def run_pytest(arguments: Sequence[str], environment: Environment) -> int:
    """Run pytest with `arguments` and return its exit status."""
    tools.provide(environment)
    with_tools = tools.add_to_path(environment)
    status = _call([sys.executable, "-m", "pytest", *arguments], with_tools)
    tools.report_missing(with_tools)
    return status


def run_benchmarks(arguments: Sequence[str], environment: Environment) -> int:
    """Run `benchmarks` with `arguments` and return its exit status."""
    folders = os.pathsep.join(str(REPOSITORY / name) for name in ("", "src", "tests"))
    command = [sys.executable, "-m", "benchmarks", *arguments]
    return _call(command, {**environment, "PYTHONPATH": folders})


def run_tests(environment: Environment) -> int:
    """Run all tests in parts, side by side, and return 0 if all passed."""
    return _run_all("tests", environment, partial(plan_tests, PARTS))


def run_checks(parts: Mapping[str, Sequence[str]], environment: Environment) -> int:
    """Run every check, with the tests in `parts`, and return 0 if all passed."""

    def plan(with_tools: Environment, reports: Path) -> list[Step]:
        first, *others = plan_tests(parts, with_tools, reports)
        return [first, *plan_lint(with_tools), Step("nginx -t", check_gateway), *others]

    return _run_all("check", environment, plan)


def plan_tests(
    parts: Mapping[str, Sequence[str]], environment: Environment, reports: Path
) -> list[Step]:
    """Return a step for each part of the tests; pytest's leave a report in `reports`."""
    pytest = [sys.executable, "-m", "pytest", "-v", "-o", "console_output_style=count"]
    commands: dict[str, Sequence[str]] = {
        name: [*pytest, *arguments, f"--junitxml={reports / name.replace('/', '-')}.xml"]
        for name, arguments in parts.items()
    }
    node = ["node", "--import", str(SCRIPT_TESTS / "static_addresses.js"), "--test"]
    # Named one by one: Node's versions differ in what they make of a folder or a pattern.
    scripts = [str(path) for path in sorted(SCRIPT_TESTS.glob("*.test.js"))]
    commands["tests/javascript"] = [*node, "--test-reporter=spec", *scripts]
    return [
        Step(name, partial(run_commands, [command], environment))
        for name, command in commands.items()
    ]


def plan_lint(environment: Environment) -> list[Step]:
    """Return a step for each tool that reads the sources."""
    folders = [folder for folder in PYTHON_FOLDERS if (REPOSITORY / folder).is_dir()]
    ruff = [sys.executable, "-m", "ruff"]
    npm_install = ["npm", "ci", "--ignore-scripts", "--no-audit", "--no-fund", "--prefer-offline"]
    commands: dict[str, Sequence[Sequence[str]]] = {
        "ruff format": [[*ruff, "format", "--check", "martelo", *folders]],
        "ruff check": [[*ruff, "check", "martelo", *folders]],
        "mypy": [[sys.executable, "-m", "mypy"]],
        "lint-imports": [[str(Path(sys.executable).with_name("lint-imports"))]],
        "biome": [npm_install, ["node_modules/.bin/biome", "ci", "--colors=off"]],
        "luacheck": [["luacheck", "--quiet", "--codes", "--no-color", *folders]],
        "djlint": [[sys.executable, "-m", "djlint", "src", "--lint", "--quiet"]],
    }
    return [Step(name, partial(run_commands, each, environment)) for name, each in commands.items()]


def check_gateway(say: Say) -> bool:
    """Have nginx read the template as the launcher would render it."""
    largest = plan.LARGEST_PLAN
    values = {
        **fill_upstreams(largest, port_defaults(largest)),
        **fill_proxies([ip_network("127.0.0.1"), ip_network("2001:db8::/32")]),
        **fill_tls("https://localhost", "127.0.0.1:8082"),
        "GATEWAY_LISTEN": f"127.0.0.1:{plan.GATEWAY.ports['http']} ssl",
        "GATEWAY_SIDE_LISTEN": f"127.0.0.1:{plan.GATEWAY.ports['side']}",
        "GATEWAY_WORKERS": "1",
        "GATEWAY_STUB_STATUS": "",
        "GATEWAY_HOST": '"~@localhost$"',
        "GATEWAY_REFUSES_OTHER_HOSTS": "1",
        "MARTELO_RATE_LIMITS": "on",
        **read_limits({}),
    }
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        try:
            engine_user = choose_engine_user(folder, [binaries.nginx()])
            write_settings(folder, Routes(values), engine_user)
            say(check_settings(folder, engine_user).strip())
        except StackError as error:
            say(str(error))
            return False
    return True


def find_memory(
    folder: Path = MEMORY, meminfo: Path = MEMINFO, *, min_free_bytes: int = MIN_FREE_BYTES
) -> Path | None:
    """Return a folder in memory for what tests write, or `None` where there is too little.

    Tests kill processes, never the machine: waiting for a disk proves nothing, and costs half as
    much time again.
    """
    try:
        found = re.search(r"^MemAvailable: +(\d+) kB$", meminfo.read_text("utf-8"), re.MULTILINE)
        free_bytes = shutil.disk_usage(folder).free
    except OSError:
        return None
    available_bytes = int(found[1]) * 1024 if found is not None else 0
    return folder if min(free_bytes, available_bytes) >= min_free_bytes else None


def _run_all(
    what: str, environment: Environment, plan: Callable[[Environment, Path], list[Step]]
) -> int:
    """Run the steps that `plan` returns, and print what failed once more at the end."""
    tools.provide(environment)
    with_tools = tools.add_to_path(environment)
    began = time.monotonic()
    memory = find_memory()
    with tempfile.TemporaryDirectory(dir=memory) as name:
        if memory is not None:
            with_tools |= {"TMPDIR": name}
        reports = Path(name)
        progress = Progress(is_live=sys.stdout.isatty())
        results = run_in_lanes(plan(with_tools, reports), progress)
        counts = count_tests(reports)
        failures = [*find_failures(reports), *_failed_output(results, reports)]
    lasted_s = time.monotonic() - began
    tools.report_missing(with_tools)
    summary = ", ".join(f"{count} {outcome}" for outcome, count in counts.items() if count)
    print("", *failures, sep="\n")
    print(f"==== {summary or 'no tests ran'} in {lasted_s:.2f}s ====")
    return _print_verdict(what, results)


def _failed_output(results: Mapping[str, Result], reports: Path) -> list[str]:
    """Return the end of what each failed step printed that left no report."""
    reported = {report.stem for report in reports.glob("*.xml")}
    return [
        "\n    ".join([f"FAILED {name}", *result.last_lines])
        for name, result in results.items()
        if not result.has_passed and name.replace("/", "-") not in reported
    ]


def _print_verdict(what: str, results: Mapping[str, Result]) -> int:
    failed = [name for name, result in results.items() if not result.has_passed]
    print(f"FAILED: {', '.join(failed)}" if failed else f"{what} passed")
    print(f"checks: {len(results) - len(failed)} passed, {len(failed)} failed")
    return 1 if failed else 0


def _call(command: Sequence[str], environment: Environment) -> int:
    try:
        return subprocess.run(
            command, cwd=REPOSITORY, env=dict(environment), check=False
        ).returncode
    except FileNotFoundError:
        print(f"{command[0]} is not installed")
        return 127
