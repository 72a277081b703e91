import stat
from pathlib import Path

import pytest

from martelo.stack.memory_folder import empty, memory_folder


@pytest.fixture
def run(tmp_path: Path) -> Path:
    folder = tmp_path / "run"
    folder.mkdir()
    return folder


@pytest.fixture
def memory(tmp_path: Path) -> Path:
    folder = tmp_path / "memory"
    folder.mkdir()
    return folder


class TestMemoryFolder:
    def test_is_private_and_the_same_at_every_start(self, run: Path, memory: Path) -> None:
        folder = memory_folder(run, memory)

        assert folder.parent == memory
        assert stat.S_IMODE(folder.stat().st_mode) == 0o700
        assert memory_folder(run, memory) == folder

    def test_is_another_for_a_copy_of_the_data_folder(
        self, run: Path, memory: Path, tmp_path: Path
    ) -> None:
        copy = tmp_path / "copy"
        copy.mkdir()

        assert memory_folder(copy, memory) != memory_folder(run, memory)

    def test_lies_on_the_disk_where_there_is_no_memory(self, run: Path, tmp_path: Path) -> None:
        assert memory_folder(run, tmp_path / "none") == run / "shared"

    def test_is_never_one_that_others_can_write_to(self, run: Path, memory: Path) -> None:
        taken = memory_folder(run, memory)
        taken.chmod(0o777)

        assert memory_folder(run, memory) == run / "shared"

    def test_is_never_what_a_link_leads_to(self, run: Path, memory: Path, tmp_path: Path) -> None:
        taken = memory_folder(run, memory)
        taken.rmdir()
        taken.symlink_to(tmp_path)

        assert memory_folder(run, memory) == run / "shared"


class TestEmpty:
    def test_removes_all_but_the_folder(self, run: Path, memory: Path) -> None:
        (run / "old" / "deep").mkdir(parents=True)
        (run / "file").touch()
        (memory / "stays").touch()
        (run / "link").symlink_to(memory)

        empty(run)

        assert list(run.iterdir()) == []
        assert list(memory.iterdir()) == [memory / "stays"]
