"""Steps of a check: commands and functions that run side by side and pass or fail."""

import subprocess
import time
from collections import deque
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass

from martelo.stack.cli.progress import Progress
from martelo.stack.settings import REPOSITORY

LANES = 2
"""How many steps run at once: most tests wait half of their time."""

LAST_LINES = 12
"""How much of a failed step's output is repeated at the end."""

Say = Callable[[str], None]


@dataclass(frozen=True)
class Step:
    """One check: its name as printed, and what prints its lines and returns whether it passed."""

    name: str
    run: Callable[[Say], bool]


@dataclass(frozen=True)
class Result:
    """How a step ended, with the end of its output."""

    has_passed: bool
    last_lines: tuple[str, ...]


def run_in_lanes(steps: Sequence[Step], progress: Progress) -> dict[str, Result]:
    """Return the result of each step by name; a free lane takes the next."""
    lanes = ThreadPoolExecutor(LANES)
    try:
        running: dict[str, Future[Result]] = {
            step.name: lanes.submit(_run, step, progress) for step in steps
        }
        return {name: each.result() for name, each in running.items()}
    finally:
        # After Ctrl-C nothing more is begun.
        lanes.shutdown(cancel_futures=True)


def run_commands(
    commands: Sequence[Sequence[str]], environment: Mapping[str, str], say: Say
) -> bool:
    """Run commands in order, print their lines, and return whether all passed."""
    return all(_run_command(command, environment, say) for command in commands)


def _run(step: Step, progress: Progress) -> Result:
    last_lines = deque[str](maxlen=LAST_LINES)

    def say(line: str) -> None:
        last_lines.append(line)
        progress.show(step.name, line)

    progress.begin(step.name)
    began = time.monotonic()
    has_passed = step.run(say)
    verdict = "passed" if has_passed else "FAILED"
    progress.end(step.name, f"{verdict} in {time.monotonic() - began:.1f} s")
    return Result(has_passed, tuple(last_lines))


def _run_command(command: Sequence[str], environment: Mapping[str, str], say: Say) -> bool:
    try:
        process = subprocess.Popen(
            command,
            cwd=REPOSITORY,
            env=dict(environment),
            stdin=subprocess.DEVNULL,
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
