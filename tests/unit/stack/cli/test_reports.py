import subprocess
import sys
from pathlib import Path

from martelo.stack.cli.reports import count_tests, find_failures


class TestCountTests:
    def test_sums_what_every_part_reports(self, tmp_path: Path) -> None:
        suite = '<testsuite tests="{}" failures="{}" errors="{}" skipped="{}"></testsuite>'
        for number, counts in enumerate([(5, 1, 0, 1), (7, 0, 2, 0)]):
            report = f"<testsuites>{suite.format(*counts)}</testsuites>"
            (tmp_path / f"{number}.xml").write_text(report, encoding="utf-8")

        assert count_tests(tmp_path) == {"passed": 8, "failed": 1, "skipped": 1, "errors": 2}


class TestFindFailures:
    def test_yields_name_error_and_place(self, tmp_path: Path) -> None:
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
