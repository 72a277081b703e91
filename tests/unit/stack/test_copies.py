import io
from pathlib import Path

import pytest

from martelo.stack.cli.main import main
from martelo.stack.copies import find_copies
from martelo.stack.folder import DataFolder


@pytest.fixture
def folder(tmp_path: Path) -> DataFolder:
    """Return a data folder with a copy of each kind beside what is in use."""
    folder = DataFolder(tmp_path / "data")
    folder.claim()
    for name in ("postgresql/pg-a", "postgresql/pg-b.set-aside-7", "before-upgrade-1-x/valkey"):
        (folder.path / name).mkdir(parents=True)
        (folder.path / name / "file").write_bytes(b"x" * 100)
    folder.valkey.mkdir()
    (folder.valkey / "log.cut-off-at-9-8").write_bytes(b"x" * 10)
    (folder.valkey / "log").touch()
    return folder


class TestFindCopies:
    def test_finds_each_kind_with_its_size(self, folder: DataFolder) -> None:
        found = {copy.path.name: copy.size_bytes for copy in find_copies(folder)}

        assert found == {
            "pg-b.set-aside-7": 100,
            "before-upgrade-1-x": 100,
            "log.cut-off-at-9-8": 10,
        }


class TestCommand:
    def test_lists_them(self, folder: DataFolder, capsys: pytest.CaptureFixture[str]) -> None:
        assert main(["copies", "--data", str(folder.path)]) == 0

        listed = capsys.readouterr().out
        assert "postgresql/pg-b.set-aside-7: a server's folder that a failover left" in listed
        assert "./martelo copies --remove" in listed
        assert len(find_copies(folder)) == 3

    def test_deletes_them_and_nothing_else(self, folder: DataFolder) -> None:
        assert main(["copies", "--data", str(folder.path), "--remove", "--yes"]) == 0

        assert find_copies(folder) == []
        assert (folder.postgresql / "pg-a/file").exists()
        assert (folder.valkey / "log").exists()

    def test_asks_first(self, folder: DataFolder, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr("builtins.input", lambda _question: "no")

        assert main(["copies", "--data", str(folder.path), "--remove"]) == 1

        assert len(find_copies(folder)) == 3

    @pytest.mark.parametrize("command", [["copies", "--remove"], ["reset"]])
    def test_asks_for_yes_where_nobody_can_answer(
        self,
        folder: DataFolder,
        command: list[str],
        monkeypatch: pytest.MonkeyPatch,
        capsys: pytest.CaptureFixture[str],
    ) -> None:
        monkeypatch.setattr("sys.stdin", io.StringIO())

        assert main([*command, "--data", str(folder.path)]) == 1

        assert "Add --yes" in capsys.readouterr().err
        assert len(find_copies(folder)) == 3
