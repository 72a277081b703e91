import errno
import os
from pathlib import Path

import pytest

from martelo.stack.cli import main as module
from martelo.stack.cli.main import main
from martelo.stack.errors import describe_os_error, naming

REFUSED = {
    errno.EROFS: "mounted read-only",
    errno.ENOSPC: "disk is full",
    errno.EIO: "disk fails",
    errno.EACCES: "right to it",
}


def refused(number: int) -> OSError:
    return OSError(number, os.strerror(number), "/data/run/lock")


class TestDescribeOsError:
    @pytest.mark.parametrize("number", REFUSED)
    def test_names_the_file_the_reason_and_a_remedy(self, number: int) -> None:
        line = describe_os_error(refused(number))

        assert line.startswith(f"/data/run/lock: {os.strerror(number)}. ")
        assert REFUSED[number] in line
        assert "\n" not in line

    def test_says_what_it_can_of_others(self) -> None:
        assert describe_os_error(OSError("no reason")) == "no reason."


class TestNaming:
    def test_names_the_file_where_the_system_names_none(self) -> None:
        # Its opening succeeds and names the file; only the writing fails, as on a full disk.
        full = Path("/dev/full")

        with pytest.raises(OSError) as caught, naming(full):  # noqa: PT011 - any
            full.write_text("x")

        assert describe_os_error(caught.value).startswith("/dev/full: No space left on device. ")

    def test_leaves_the_name_that_the_system_gives(self, tmp_path: Path) -> None:
        with pytest.raises(FileNotFoundError) as caught, naming(tmp_path):
            (tmp_path / "absent").read_text()

        assert caught.value.filename == str(tmp_path / "absent")


class TestMain:
    @pytest.mark.parametrize("number", REFUSED)
    @pytest.mark.parametrize("command", ["up", "status", "reset", "copies"])
    def test_says_it_in_one_line(
        self,
        number: int,
        command: str,
        monkeypatch: pytest.MonkeyPatch,
        capsys: pytest.CaptureFixture[str],
    ) -> None:
        def fail(_call: module.Call) -> int:
            raise refused(number)

        monkeypatch.setitem(module.COMMANDS, f"run_{command}", fail)

        assert main([command]) == 1

        [line] = capsys.readouterr().err.splitlines()
        assert line.startswith("martelo: /data/run/lock: ")
