import json
import os
import re
import shutil
import tomllib
from pathlib import Path

import pytest

from martelo.auctions.adapters.live_store.ledger_codec import _State
from martelo.stack.cli.main import main
from martelo.stack.copies import find_copies
from martelo.stack.data_version import (
    HISTORY,
    MAX_COPIES,
    SOFTWARE,
    VERSION,
    bring_up_to_date,
    read_stamp,
    require_readable,
)
from martelo.stack.errors import StackError
from martelo.stack.folder import MIN_FREE_BYTES, DataFolder

ROOT = Path(__file__).parents[3]
SOURCES = ROOT / "src" / "martelo"


@pytest.fixture
def folder(tmp_path: Path) -> DataFolder:
    """Return the data folder of a house from before there were stamps."""
    folder = DataFolder(tmp_path / "data")
    folder.claim()
    for server in (folder.postgresql / "pg-a", folder.valkey):
        server.mkdir(parents=True)
        (server / "file").write_text("old")
    return folder


def stamp(folder: DataFolder, version: int, software: str = SOFTWARE) -> None:
    members = {"version": version, "software": software}
    (folder.path / "data-version.json").write_text(json.dumps(members))


class TestHistory:
    def test_names_every_migration(self) -> None:
        named = {
            (context, number)
            for each in HISTORY
            for context, numbers in re.findall(r"([a-z]+) (\d{4}(?:, \d{4})*)", each)
            for number in numbers.split(", ")
        }
        written = {
            (path.relative_to(SOURCES).parts[0], path.name[:4])
            for path in SOURCES.rglob("migrations/**/[0-9]*.py")
        }

        assert named == written

    def test_follows_the_packed_state_of_an_auction(self) -> None:
        sizes = [size for each in HISTORY for size in re.findall(r"auction of (\d+) members", each)]

        assert int(sizes[-1]) == len(_State.__struct_fields__)

    def test_names_this_version(self) -> None:
        project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))

        assert project["project"]["version"] == SOFTWARE


class TestRequireReadable:
    def test_refuses_a_newer_versions_data(self, folder: DataFolder) -> None:
        stamp(folder, VERSION + 1, "9.8.7")

        versions = r"9\.8\.7 \(data version (\d+)\).* Start a Martelo of data version \1 or newer"
        with pytest.raises(StackError, match=versions):
            require_readable(folder)

    def test_up_starts_nothing_on_them(
        self, folder: DataFolder, capsys: pytest.CaptureFixture[str]
    ) -> None:
        stamp(folder, VERSION + 1, "9.8.7")

        assert main(["up", "--data", str(folder.path)]) == 1

        [line] = capsys.readouterr().err.splitlines()
        assert "Start a Martelo of data version" in line
        assert not list(folder.log.iterdir())

    @pytest.mark.parametrize("text", ["", "{}", "[]", '{"version": "x", "software": "1"}'])
    def test_refuses_a_stamp_that_says_nothing(self, folder: DataFolder, text: str) -> None:
        (folder.path / "data-version.json").write_text(text)

        with pytest.raises(StackError, match="cannot be read"):
            require_readable(folder)

    def test_accepts_older_data_and_none(self, folder: DataFolder, tmp_path: Path) -> None:
        empty = DataFolder(tmp_path / "empty")
        empty.claim()

        require_readable(folder)
        require_readable(empty)


class TestBringUpToDate:
    def test_stamps_an_empty_folder_without_a_copy(self, tmp_path: Path) -> None:
        empty = DataFolder(tmp_path / "empty")
        empty.claim()

        bring_up_to_date(empty, lambda _: None)

        found = read_stamp(empty)
        assert found is not None
        assert found.version == VERSION
        assert find_copies(empty) == []

    def test_copies_older_data_once(self, folder: DataFolder) -> None:
        said: list[str] = []

        bring_up_to_date(folder, said.append)
        (folder.valkey / "file").write_text("new")
        bring_up_to_date(folder, said.append)

        [copy] = find_copies(folder)
        assert copy.path.name.startswith("before-upgrade-1-")
        assert (copy.path / "valkey/file").read_text() == "old"
        assert (copy.path / "postgresql/pg-a/file").read_text() == "old"
        assert len(said) == 2
        assert str(copy.path) in said[1]

    def test_keeps_a_bounded_number(self, folder: DataFolder) -> None:
        for number in range(MAX_COPIES + 2):
            (folder.path / f"before-upgrade-1-{number}").mkdir()

        bring_up_to_date(folder, lambda _: None)

        assert len(find_copies(folder)) == MAX_COPIES

    def test_changes_nothing_without_room_for_the_copy(
        self, folder: DataFolder, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        full = shutil.disk_usage(folder.path)._replace(free=1024)
        monkeypatch.setattr(shutil, "disk_usage", lambda _: full)

        with pytest.raises(StackError, match="Make room"):
            bring_up_to_date(folder, lambda _: None)

        found = read_stamp(folder)
        assert found is not None
        assert found.version == 1

    def test_starts_again_where_a_copy_was_cut_off(self, folder: DataFolder) -> None:
        (folder.path / "unfinished-before-upgrade-1-x").mkdir()

        bring_up_to_date(folder, lambda _: None)

        assert not list(folder.path.glob("unfinished-*"))
        assert len(find_copies(folder)) == 1

    def test_removes_what_was_cut_off_before_it_asks_for_room(
        self, folder: DataFolder, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        cut_off = folder.path / "unfinished-before-upgrade-1-x"
        cut_off.mkdir()
        usage = shutil.disk_usage(folder.path)
        monkeypatch.setattr(
            shutil,
            "disk_usage",
            lambda _: usage._replace(free=0 if cut_off.exists() else 2 * MIN_FREE_BYTES),
        )

        bring_up_to_date(folder, lambda _: None)

        assert len(find_copies(folder)) == 1

    def test_a_file_that_cannot_be_copied_is_one_line_and_leaves_nothing(
        self, folder: DataFolder
    ) -> None:
        os.mkfifo(folder.valkey / "first")
        os.mkfifo(folder.valkey / "second")

        with pytest.raises(
            StackError, match=r"valkey/\w+ cannot be copied: .* nothing was changed"
        ):
            bring_up_to_date(folder, lambda _: None)

        assert not list(folder.path.glob("*before-upgrade-*"))
        found = read_stamp(folder)
        assert found is not None
        assert found.version == 1
