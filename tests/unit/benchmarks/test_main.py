from pathlib import Path

import pytest

from benchmarks.__main__ import parse_arguments


class TestParseArguments:
    def test_refuses_an_output_in_a_missing_folder(
        self, tmp_path: Path, capsys: pytest.CaptureFixture[str]
    ) -> None:
        path = tmp_path / "missing" / "store.json"

        with pytest.raises(SystemExit) as exit_info:
            parse_arguments(["store", "--json", str(path)])

        assert exit_info.value.code == 2
        assert capsys.readouterr().err == (
            f"martelo bench: cannot write {path}: No such file or directory\n"
        )

    def test_refuses_a_folder_as_output(self, tmp_path: Path) -> None:
        with pytest.raises(SystemExit):
            parse_arguments(["--quick", "--json", str(tmp_path)])

    def test_does_not_change_an_earlier_output(self, tmp_path: Path) -> None:
        path = tmp_path / "store.json"
        path.write_text("{}")

        options = parse_arguments(["store", "--json", str(path)])

        assert options.json == path
        assert path.read_text() == "{}"
