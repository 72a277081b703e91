import io

from martelo.stack.cli.progress import Progress


def line_of(number: int, total: int, outcome: str = "PASSED") -> str:
    return f"tests/test_sums.py::test_{number} {outcome}   [{number:3d}/{total}]"


class TestShow:
    def test_prints_each_tenth_where_no_line_can_be_overwritten(self) -> None:
        stream = io.StringIO()
        progress = Progress(stream)

        for number in range(1, 41):
            progress.show("sums", line_of(number, 40))

        assert stream.getvalue().splitlines() == [
            f"sums | {done} of 40 tests" for done in range(4, 41, 4)
        ]

    def test_overwrites_one_line_on_a_terminal(self) -> None:
        stream = io.StringIO()
        progress = Progress(stream, is_live=True)

        progress.begin("sums")
        progress.begin("types")
        progress.show("sums", line_of(1, 40))

        assert stream.getvalue().endswith("\r\x1b[Ksums 1/40 · types")

    def test_reads_the_outcome_after_a_name_with_capitals(self) -> None:
        stream = io.StringIO()

        Progress(stream).show("sums", "test_sums.py::test_says[HTTP 401] PASSED   [ 1/40]")

        assert not stream.getvalue()

    def test_prints_a_failure_at_once(self) -> None:
        stream = io.StringIO()

        Progress(stream).show("sums", line_of(1, 40, "FAILED"))

        assert "test_1 FAILED" in stream.getvalue()

    def test_prints_every_other_line(self) -> None:
        stream = io.StringIO()

        Progress(stream).show("types", "Success: no issues found")

        assert stream.getvalue() == "types | Success: no issues found\n"


class TestEnd:
    def test_takes_the_part_out_of_the_last_line(self) -> None:
        stream = io.StringIO()
        progress = Progress(stream, is_live=True)

        progress.begin("sums")
        progress.end("sums", "passed in 1.0 s")

        assert stream.getvalue().endswith("sums | == passed in 1.0 s\n\r\x1b[K")
