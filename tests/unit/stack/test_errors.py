import errno
import os

import pytest

from martelo.stack.cli import main as module
from martelo.stack.cli.main import main
from martelo.stack.errors import describe_os_error

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
