import subprocess
import sys
import threading
from collections.abc import Callable
from pathlib import Path

import pytest

from martelo.stack.cli.checks import (
    LANES,
    Say,
    Step,
    count_tests,
    find_failures,
    find_memory,
    run_in_lanes,
)


def saying(line: str, *, passes: bool = True) -> Callable[[Say], bool]:
    def run(say: Say) -> bool:
        say(line)
        return passes

    return run


class TestRunInLanes:
    def test_tells_of_each_step_whether_it_passed(self, capsys: pytest.CaptureFixture[str]) -> None:
        steps = [Step("types", saying("one fault", passes=False)), Step("tests", saying("fine"))]

        assert run_in_lanes(steps) == {"types": False, "tests": True}

        lines = capsys.readouterr().out.splitlines()
        assert "types | one fault" in lines
        assert "tests | fine" in lines
        [verdict] = [line for line in lines if line.startswith("types | == FAILED")]
        assert verdict.endswith(" s")

    def test_runs_as_many_at_once_as_there_are_lanes(self) -> None:
        everybody = threading.Barrier(LANES)

        def meet(_: Say) -> bool:
            everybody.wait(timeout=20)
            return True

        assert all(run_in_lanes([Step(str(n), meet) for n in range(LANES)]).values())


class TestCountTests:
    def test_sums_what_every_part_reports(self, tmp_path: Path) -> None:
        suite = '<testsuite tests="{}" failures="{}" errors="{}" skipped="{}"></testsuite>'
        for number, counts in enumerate([(5, 1, 0, 1), (7, 0, 2, 0)]):
            report = f"<testsuites>{suite.format(*counts)}</testsuites>"
            (tmp_path / f"{number}.xml").write_text(report, encoding="utf-8")

        assert count_tests(tmp_path) == {"passed": 8, "failed": 1, "skipped": 1, "errors": 2}


class TestFindFailures:
    def test_tells_name_error_and_place(self, tmp_path: Path) -> None:
        (tmp_path / "test_sums.py").write_text(
            "def test_right(): pass\ndef test_wrong():\n    assert 1 + 1 == 3\n", encoding="utf-8"
        )
        report = tmp_path / "sums.xml"
        command = [sys.executable, "-m", "pytest", "--rootdir=.", f"--junitxml={report}"]
        subprocess.run(command, cwd=tmp_path, check=False, capture_output=True, timeout=60)

        [failure] = find_failures(tmp_path)

        first, *error, place = failure.splitlines()
        assert first == "FAILED test_sums::test_wrong"
        assert "assert (1 + 1) == 3" in " ".join(error)
        assert place.strip() == "test_sums.py:3: AssertionError"


class TestFindMemory:
    def test_takes_none_where_there_is_little(self, tmp_path: Path) -> None:
        meminfo = tmp_path / "meminfo"
        meminfo.write_text("MemFree: 9 kB\nMemAvailable:    4000000 kB\n", encoding="utf-8")

        assert find_memory(tmp_path, meminfo) is None

    def test_takes_none_where_nothing_is_told(self, tmp_path: Path) -> None:
        (tmp_path / "empty").touch()

        assert find_memory(tmp_path, tmp_path / "empty") is None
        assert find_memory(tmp_path, tmp_path / "absent") is None
        assert find_memory(tmp_path / "absent", tmp_path / "empty") is None

    def test_takes_what_is_there(self, tmp_path: Path) -> None:
        meminfo = tmp_path / "meminfo"
        meminfo.write_text("MemAvailable:    4 kB\n", encoding="utf-8")

        assert find_memory(tmp_path, meminfo, room_bytes=4096) == tmp_path
