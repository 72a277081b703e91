import pytest
from hypothesis import given
from hypothesis import strategies as st

from martelo.kernel.instants import LAST_MS, format_instant, parse_instant


class TestParseInstant:
    @pytest.mark.parametrize(
        ("text", "at_ms"),
        [
            ("1970-01-01T00:00:00Z", 0),
            ("2026-01-31T12:00:00.250Z", 1_769_860_800_250),
            ("2026-01-31T09:00:00-03:00", 1_769_860_800_000),
            ("2026-01-31t12:00:00z", 1_769_860_800_000),
            ("2026-01-31T12:00:00.123456789Z", 1_769_860_800_123),
        ],
    )
    def test_reads_rfc_3339(self, text: str, at_ms: int) -> None:
        assert parse_instant(text) == at_ms

    @pytest.mark.parametrize(
        "text",
        [
            *("", "2026-01-31", "2026-01-31T12:00:00", "2026-01-31 12:00:00Z", "1769860800"),
            *("2026-02-30T00:00:00Z", "2026-01-31T25:00:00Z", "1969-12-31T23:59:59Z"),
            *("2026-01-31T12:00:00Z\n", "2026-W05-6T12:00:00Z", "0001-01-01T00:00:00+23:59"),
        ],
    )
    def test_refuses_what_is_none(self, text: str) -> None:
        assert parse_instant(text) is None

    @given(st.integers(0, LAST_MS))
    def test_reads_back_what_was_written(self, at_ms: int) -> None:
        assert parse_instant(format_instant(at_ms)) == at_ms
