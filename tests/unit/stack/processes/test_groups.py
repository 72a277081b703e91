import dataclasses
import os
import shutil
import signal
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from martelo.stack.errors import AlreadyRunningError
from martelo.stack.processes import proctable
from martelo.stack.processes.groups import (
    Group,
    Record,
    end_leftovers,
    identify_owner,
    write_record,
)


@pytest.fixture
def program() -> Iterator[subprocess.Popen[bytes]]:
    """Run a program that a record names."""
    with subprocess.Popen(["/bin/sleep", "600"], start_new_session=True) as program:
        yield program
        program.kill()


def write(path: Path, program: subprocess.Popen[bytes], *, launcher: str) -> None:
    """Write a record of `program`, by this process or by one started at another instant."""
    path.parent.mkdir(exist_ok=True)
    owner = identify_owner(path)
    if launcher == "lost":
        owner = dataclasses.replace(owner, started="before")
    entry = proctable.find_process(program.pid)
    assert entry is not None
    group = Group("sleep", program.pid, entry.started, signal.SIGTERM)
    write_record(path, Record(owner, (group,)))


class TestEndLeftovers:
    def test_ends_what_a_lost_launcher_left(
        self, tmp_path: Path, program: subprocess.Popen[bytes]
    ) -> None:
        record = tmp_path / "run/groups.json"
        write(record, program, launcher="lost")

        assert end_leftovers(record) == ["sleep"]

        assert program.wait(timeout=10) == -signal.SIGTERM

    @pytest.mark.parametrize("launcher", ["lost", "running"])
    def test_does_not_believe_a_copied_record(
        self, tmp_path: Path, program: subprocess.Popen[bytes], launcher: str
    ) -> None:
        write(tmp_path / "run/groups.json", program, launcher=launcher)
        shutil.copytree(tmp_path / "run", tmp_path / "copied")

        assert end_leftovers(tmp_path / "copied/groups.json") == []

        assert program.poll() is None

    def test_ends_nothing_while_its_launcher_runs(
        self, tmp_path: Path, program: subprocess.Popen[bytes]
    ) -> None:
        record = tmp_path / "run/groups.json"
        write(record, program, launcher="running")

        with pytest.raises(AlreadyRunningError, match=f"process {os.getpid()}"):
            end_leftovers(record)

        assert program.poll() is None

    @pytest.mark.parametrize("text", ["", "[]", "{}", '[{"name": "valkey"}]', '{"owner": 1}'])
    def test_ends_nothing_by_a_record_it_cannot_read(self, tmp_path: Path, text: str) -> None:
        record = tmp_path / "groups.json"
        record.write_text(text)

        assert end_leftovers(record) == []
