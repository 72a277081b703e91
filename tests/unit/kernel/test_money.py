import pytest
from hypothesis import given
from hypothesis import strategies as st

from martelo.kernel.money import MAX_CENTS, format_amount, parse_amount


class TestParseAmount:
    @pytest.mark.parametrize(
        ("text", "cents"),
        [
            *(("150", 15_000), ("150.1", 15_010), ("150.10", 15_010), ("0.29", 29), ("0.01", 1)),
            ("999999999999.99", MAX_CENTS),
        ],
    )
    def test_reads_reais(self, text: str, cents: int) -> None:
        assert parse_amount(text) == cents

    @pytest.mark.parametrize(
        "text",
        [
            *("", "0", "0.00", "-1", "+1", "01", "1.", ".5", "1.234", "1,5", "1.000,00", "1e2"),
            *("NaN", "Infinity", " 1", "1 ", "1\n", "1_000", "٣", "1000000000000", "0x1"),
        ],
    )
    def test_refuses_what_is_no_amount(self, text: str) -> None:
        assert parse_amount(text) is None

    @given(st.integers(1, MAX_CENTS))
    def test_reads_back_what_was_written(self, cents: int) -> None:
        assert parse_amount(format_amount(cents)) == cents

    @given(st.text(max_size=20))
    def test_never_raises(self, text: str) -> None:
        cents = parse_amount(text)

        assert cents is None or 1 <= cents <= MAX_CENTS


class TestFormatAmount:
    @pytest.mark.parametrize(
        ("cents", "text"), [(0, "0.00"), (5, "0.05"), (100, "1.00"), (123_456, "1234.56")]
    )
    def test_writes_two_decimals(self, cents: int, text: str) -> None:
        assert format_amount(cents) == text
