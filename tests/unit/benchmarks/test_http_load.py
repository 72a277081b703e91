import pytest

from benchmarks.harness.http_load import Load, is_complete, percentile

HEAD = b"HTTP/1.1 201 Created\r\nContent-Type: application/json\r\n"


class TestIsWhole:
    @pytest.mark.parametrize(
        ("data", "whole"),
        [
            (HEAD, False),
            (HEAD + b"content-length: 2\r\n\r\n", False),
            (HEAD + b"Content-Length: 2\r\n\r\n{", False),
            (HEAD + b"Content-Length: 2\r\n\r\n{}", True),
            (HEAD + b"\r\n", True),
        ],
    )
    def test_waits_for_head_and_body(self, data: bytes, whole: bool) -> None:  # noqa: FBT001 - a table
        assert is_complete(data) is whole


class TestPercentile:
    @pytest.mark.parametrize(("percent", "value"), [(0, 0.0), (50, 50.0), (99, 99.0), (100, 99.0)])
    def test_is_what_so_many_do_not_exceed(self, percent: float, value: float) -> None:
        assert percentile([float(each) for each in reversed(range(100))], percent) == value


class TestFault:
    def test_names_answers_nobody_expected(self) -> None:
        load = Load()
        load.statuses.update([201, 409, 500])

        assert load.fault(201, 409) == "answers other than (201, 409): {500: 1}, lost: 0"

    def test_is_none_where_all_is_as_expected(self) -> None:
        load = Load()
        load.statuses.update([201, 201])

        assert load.fault(201) is None
