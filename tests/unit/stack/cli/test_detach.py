from pathlib import Path

import pytest

from martelo.stack.cli.detach import start_detached
from martelo.stack.errors import StackError
from martelo.stack.folder import DataFolder


def test_shows_the_last_lines_of_a_launcher_that_ends_early(tmp_path: Path) -> None:
    environment = {"PYTHONPATH": "src"}

    with pytest.raises(StackError, match=r"ended \(status 2\):\n(.*\n)*.*unrecognized arguments"):
        start_detached(["up", "--unknown"], environment, DataFolder(tmp_path))


def test_shows_nothing_of_an_earlier_start(tmp_path: Path) -> None:
    folder = DataFolder(tmp_path)
    folder.log.mkdir()
    (folder.log / "launcher.out").write_text("an earlier start\n" * 20)

    with pytest.raises(StackError) as ended:
        start_detached(["up", "--unknown"], {"PYTHONPATH": "src"}, folder)

    assert "an earlier start" not in str(ended.value)
