"""The command line's words, read by a Python in which nothing is installed."""

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from martelo.stack.cli import main
from martelo.stack.cli.parser import build_parser, split_program

ROOT = Path(__file__).parents[4]


@pytest.fixture(scope="module")
def checkout(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a fresh checkout, as far as help needs it."""
    folder = tmp_path_factory.mktemp("checkout")
    ignored = shutil.ignore_patterns("__pycache__", "pictures", "static", "locale")
    shutil.copytree(ROOT / "src", folder / "src", ignore=ignored)
    for name in ("martelo", "requirements.lock"):
        shutil.copy(ROOT / name, folder)
    return folder


def run(checkout: Path, *words: str) -> subprocess.CompletedProcess[str]:
    # -S: without the packages installed for this Python.
    command = [sys.executable, "-S", str(checkout / "martelo"), *words]
    return subprocess.run(command, capture_output=True, text=True, check=False, timeout=60)


class TestFreshCheckout:
    @pytest.mark.parametrize("words", [(), ("--help",)])
    def test_lists_the_commands_and_installs_nothing(
        self, checkout: Path, words: tuple[str, ...]
    ) -> None:
        listed = run(checkout, *words)

        assert (listed.returncode, listed.stderr) == (0, "")
        assert "install, start everything" in listed.stdout
        assert not (checkout / ".venv").exists()

    def test_explains_a_command(self, checkout: Path) -> None:
        assert "--detach" in run(checkout, "up", "--help").stdout

    def test_refuses_an_unknown_one_before_installing(self, checkout: Path) -> None:
        refused = run(checkout, "stop")

        assert refused.returncode == 2
        assert "invalid choice: 'stop'" in refused.stderr
        assert not (checkout / ".venv").exists()


class TestBuildParser:
    def test_names_functions_that_exist(self) -> None:
        parser = build_parser()
        for words in (["up"], ["down"], ["kill", "x"], ["exec", "x"], ["check"], ["bench"]):
            assert parser.parse_args(words).run in main.COMMANDS


class TestSplitProgram:
    @pytest.mark.parametrize(
        ("given", "words", "program"),
        [
            ([], [], []),
            (["up"], ["up"], []),
            (["exec", "auctions", "--", "python", "-h"], ["exec", "auctions"], ["python", "-h"]),
            (["test", "tests/unit", "-m", "x"], ["test"], ["tests/unit", "-m", "x"]),
            (["test", "--", "-h"], ["test"], ["-h"]),
        ],
    )
    def test_separates_them(self, given: list[str], words: list[str], program: list[str]) -> None:
        assert split_program(given) == (words, program)
