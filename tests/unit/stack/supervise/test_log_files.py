from datetime import UTC, datetime
from pathlib import Path

from martelo.stack.cli.log_reader import read_newest
from martelo.stack.supervise.log_files import KEPT, LogFile, format_stamp


class TestWrite:
    def test_stamps_every_line(self, tmp_path: Path) -> None:
        log = LogFile(tmp_path / "api.log")

        log.write(["one", "two"])
        log.close()

        lines = (tmp_path / "api.log").read_text().splitlines()
        assert [line[25:] for line in lines] == ["one", "two"]
        assert all(line[23:25] == "Z " for line in lines)

    def test_turns_over_and_keeps_three_older_parts(self, tmp_path: Path) -> None:
        log = LogFile(tmp_path / "api.log", max_bytes=100)

        for number in range(20):
            log.write([f"{number:02} " + "x" * 40])
        log.close()

        names = sorted(path.name for path in tmp_path.iterdir())
        assert names == ["api.log", *(f"api.log.{number}" for number in range(1, KEPT + 1))]
        assert all(path.stat().st_size <= 100 for path in tmp_path.iterdir())

    def test_goes_on_in_the_file_of_the_last_start(self, tmp_path: Path) -> None:
        for word in ("before", "after"):
            log = LogFile(tmp_path / "api.log")
            log.write([word])
            log.close()

        assert len((tmp_path / "api.log").read_text().splitlines()) == 2

    def test_lets_only_the_owner_read(self, tmp_path: Path) -> None:
        (tmp_path / "older.log").touch(mode=0o644)

        for name in ("new.log", "older.log"):
            log = LogFile(tmp_path / name)
            log.write(["one"])
            log.close()

        modes = {path.name: path.stat().st_mode & 0o777 for path in tmp_path.iterdir()}
        assert modes == {"new.log": 0o600, "older.log": 0o600}

    def test_loses_lines_and_nothing_else_when_the_disk_refuses(self) -> None:
        log = LogFile(Path("/dev/full"))

        log.write(["lost"])
        log.write(["lost", "too"])
        log.close()

        assert log.lost_lines == 3


class TestReadNewest:
    def test_merges_by_time_across_parts(self, tmp_path: Path) -> None:
        stamps = [format_stamp(datetime(2026, 1, 1, second=s, tzinfo=UTC)) for s in range(4)]
        (tmp_path / "a.log.1").write_text(f"{stamps[0]} a0\n")
        (tmp_path / "a.log").write_text(f"{stamps[2]} a2\n")
        (tmp_path / "b.log").write_text(f"{stamps[1]} b1\n{stamps[3]} b3\n")

        newest = read_newest(tmp_path, ["a", "b"], 3)

        assert [line[25:] for _, line in newest] == ["b1", "a2", "b3"]
