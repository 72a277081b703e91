"""The documentation's tour, with its exact output."""

import os
import re
import subprocess
from pathlib import Path

from visitors import House

TOUR = Path(__file__).parents[2] / "docs/api/tour.md"
BLOCK = re.compile(r"^```(?P<kind>\w*)\n(?P<text>.*?)^```$", re.MULTILINE | re.DOTALL)
BETWEEN = "#### the next block ####"
WILDCARD = "…"


def read_tour(text: str) -> list[tuple[str, str]]:
    """Return each block of commands with the output shown under it, or an empty string."""
    steps: list[tuple[str, str]] = []
    for found in BLOCK.finditer(text):
        if found["kind"] == "sh":
            steps.append((found["text"], ""))
        else:
            assert found["kind"] == "output", f"unknown kind of block: {found['kind']!r}"
            assert steps, "output before any command"
            commands, shown = steps[-1]
            assert not shown, "two outputs under one block"
            steps[-1] = (commands, found["text"])
    return steps


def is_as_shown(shown: str, printed: str) -> bool:
    """Return whether `printed` is what the page shows; `…` matches anything."""
    parts = (re.escape(part) for part in shown.strip().split(WILDCARD))
    return re.fullmatch(".*?".join(parts), printed.strip(), re.DOTALL) is not None


def run_tour(steps: list[tuple[str, str]], folder: Path, url: str) -> list[str]:
    """Run every block in one shell and return what each printed."""
    script = f"\necho; echo '{BETWEEN}'\n".join(commands for commands, _ in steps)
    done = subprocess.run(
        ["/bin/bash", "-c", f"set -eu\n{script}"],
        cwd=folder,
        env={"PATH": os.defpath, "LC_ALL": "C.UTF-8", "MARTELO": url},
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    assert not done.stderr
    return done.stdout.split(BETWEEN)


def test_prints_what_it_shows(house: House, tmp_path: Path) -> None:
    steps = read_tour(TOUR.read_text("utf-8"))
    assert len(steps) > 10

    printed = run_tour(steps, tmp_path, house.url)

    for (commands, shown), found in zip(steps, printed, strict=True):
        assert is_as_shown(shown, found), f"{commands}printed\n{found}"


class TestIsAsShown:
    def test_accepts_anything_for_the_wildcard(self) -> None:
        assert is_as_shown('{"id": "…"}\n', '{"id": "07-abc"}')

    def test_accepts_no_other_difference(self) -> None:
        assert not is_as_shown("price: 1.00\n…", "price: 1000\nmore")
        assert not is_as_shown("", "something")
