from pathlib import Path

from martelo.stack.cli.checks import FULL_PARTS, PARTS, find_memory, plan_lint, plan_tests


class TestPlanTests:
    def test_has_a_part_for_every_folder_and_the_pages_scripts(self, tmp_path: Path) -> None:
        names = [step.name for step in plan_tests(PARTS, {}, tmp_path)]

        assert names == [*PARTS, "tests/javascript"]

    def test_runs_the_full_drill_in_the_full_check_only(self) -> None:
        assert "--drill" not in PARTS["tests/chaos"]
        assert FULL_PARTS["tests/chaos"] == ["tests/chaos", "--full", "--drill", "full"]


class TestPlanLint:
    def test_fails_by_name_where_a_program_is_missing(self) -> None:
        [luacheck] = [step for step in plan_lint({"PATH": "/nowhere"}) if step.name == "luacheck"]
        lines: list[str] = []

        assert not luacheck.run(lines.append)
        assert lines == ["luacheck is not installed"]


class TestFindMemory:
    def test_takes_none_where_there_is_little(self, tmp_path: Path) -> None:
        meminfo = tmp_path / "meminfo"
        meminfo.write_text("MemFree: 9 kB\nMemAvailable:    4000000 kB\n", encoding="utf-8")

        assert find_memory(tmp_path, meminfo) is None

    def test_takes_none_where_nothing_is_known(self, tmp_path: Path) -> None:
        (tmp_path / "empty").touch()

        assert find_memory(tmp_path, tmp_path / "empty") is None
        assert find_memory(tmp_path, tmp_path / "absent") is None
        assert find_memory(tmp_path / "absent", tmp_path / "empty") is None

    def test_takes_a_folder_with_enough_room(self, tmp_path: Path) -> None:
        meminfo = tmp_path / "meminfo"
        meminfo.write_text("MemAvailable:    4 kB\n", encoding="utf-8")

        assert find_memory(tmp_path, meminfo, min_free_bytes=4096) == tmp_path
