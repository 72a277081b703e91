import os
from pathlib import Path

import pytest

from martelo.stack import folder as module
from martelo.stack.errors import AlreadyRunningError, StackError
from martelo.stack.folder import DataFolder, is_locked, lock_folder


@pytest.fixture
def folder(tmp_path: Path) -> DataFolder:
    return DataFolder(tmp_path / "data")


class TestClaim:
    def test_makes_it_for_its_owner_only(self, folder: DataFolder) -> None:
        folder.claim()

        assert folder.path.stat().st_mode & 0o077 == 0
        assert folder.is_ours()

    def test_takes_it_again(self, folder: DataFolder) -> None:
        folder.claim()

        folder.claim()

        assert folder.is_ours()

    def test_refuses_a_foreign_one_untouched(self, folder: DataFolder) -> None:
        folder.path.mkdir()
        (folder.path / "thesis.txt").touch()

        with pytest.raises(StackError, match="nothing was touched"):
            folder.claim()

        assert [path.name for path in folder.path.iterdir()] == ["thesis.txt"]

    def test_refuses_a_file(self, folder: DataFolder) -> None:
        folder.path.touch()

        with pytest.raises(StackError, match="not a folder"):
            folder.claim()

    def test_refuses_a_disk_without_room(
        self, folder: DataFolder, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(module, "MIN_FREE_BYTES", 1 << 60)

        with pytest.raises(StackError, match="MB are free"):
            folder.claim()


class TestLockFolder:
    def test_holds_it_until_closed(self, folder: DataFolder) -> None:
        folder.claim()

        descriptor = lock_folder(folder)
        assert is_locked(folder)
        with pytest.raises(AlreadyRunningError):
            lock_folder(folder)
        os.close(descriptor)

        assert not is_locked(folder)

    def test_nobody_holds_what_does_not_exist(self, folder: DataFolder) -> None:
        assert not is_locked(folder)
