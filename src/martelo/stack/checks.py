"""`test`, `bench` and `check`: what a change must pass and what it costs, on any machine alike."""

import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from martelo.stack import tools, topology
from martelo.stack.engines import binaries
from martelo.stack.engines.footing import choose_footing
from martelo.stack.engines.gateway import check_settings, write_settings
from martelo.stack.errors import StackError
from martelo.stack.settings import REPOSITORY, port_defaults
from martelo.stack.upstreams import fill_upstreams

PYTHON_FOLDERS = ("src", "tests", "benchmarks")


@dataclass(frozen=True)
class Step:
    """One check: its name as printed, and what returns whether it passed."""

    name: str
    run: Callable[[], bool]


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
    """Run every check, say how each went, and return 0 if all passed."""
    tools.provide(environment)
    with_tools = tools.found_by(environment)
    began = time.monotonic()
    results = {}
    for step in _steps(with_tools):
        print(f"\n== {step.name}", flush=True)
        at = time.monotonic()
        results[step.name] = step.run()
        verdict = "passed" if results[step.name] else "FAILED"
        print(f"== {step.name}: {verdict} in {time.monotonic() - at:.1f} s", flush=True)
    failed = [name for name, passed in results.items() if not passed]
    tools.say_what_is_missing(with_tools)
    print(f"\n{len(results)} checks in {time.monotonic() - began:.0f} s")
    print(f"FAILED: {', '.join(failed)}" if failed else "check passed")
    print(f"checks: {len(results) - len(failed)} passed, {len(failed)} failed")
    return 1 if failed else 0


def check_gateway() -> bool:
    """Have nginx read the template as the launcher would render it."""
    largest = topology.LARGEST_PLAN
    values = fill_upstreams(largest, port_defaults(largest)) | {
        "GATEWAY_LISTEN": f"127.0.0.1:{topology.GATEWAY.ports['http']}",
        "GATEWAY_SIDE_LISTEN": f"127.0.0.1:{topology.GATEWAY.ports['side']}",
        "GATEWAY_WORKERS": "1",
        "GATEWAY_STUB_STATUS": "",
        "MARTELO_RATE_LIMITS": "on",
    }
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        try:
            footing = choose_footing(folder, [binaries.nginx()])
            write_settings(folder, values, footing)
            print(check_settings(folder, footing).strip())
        except StackError as error:
            print(error)
            return False
    return True


def _steps(environment: Mapping[str, str]) -> list[Step]:
    folders = [folder for folder in PYTHON_FOLDERS if (REPOSITORY / folder).is_dir()]
    ruff = [sys.executable, "-m", "ruff"]
    commands = {
        "ruff format": [*ruff, "format", "--check", "martelo", *folders],
        "ruff check": [*ruff, "check", "martelo", *folders],
        "mypy": [sys.executable, "-m", "mypy"],
        "lint-imports": [str(Path(sys.executable).with_name("lint-imports"))],
    }
    steps = [
        Step(name, partial(_passes, command, environment)) for name, command in commands.items()
    ]
    return [
        *steps,
        Step("nginx -t", check_gateway),
        Step("pytest", partial(_passes, [sys.executable, "-m", "pytest"], environment)),
    ]


def _passes(command: Sequence[str], environment: Mapping[str, str]) -> bool:
    return _call(command, environment) == 0


def _call(command: Sequence[str], environment: Mapping[str, str]) -> int:
    try:
        return subprocess.run(
            command, cwd=REPOSITORY, env=dict(environment), check=False
        ).returncode
    except FileNotFoundError:
        print(f"{command[0]} is not installed")
        return 127
