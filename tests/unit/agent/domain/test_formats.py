import pytest

from martelo.agent.domain.facts import Language
from martelo.agent.domain.formats import (
    format_bidders,
    format_bids,
    format_instant,
    format_money,
    format_times,
)
from martelo.kernel.money import MAX_CENTS

PT, EN = Language.PORTUGUESE, Language.ENGLISH


class TestFormatMoney:
    @pytest.mark.parametrize(
        ("cents", "portuguese", "english"),
        [
            (1, "R$ 0,01", "BRL 0.01"),
            (123_456, "R$ 1.234,56", "BRL 1,234.56"),
            (MAX_CENTS, "R$ 999.999.999.999,99", "BRL 999,999,999,999.99"),
        ],
    )
    def test_groups_thousands(self, cents: int, portuguese: str, english: str) -> None:
        assert format_money(cents, PT) == portuguese
        assert format_money(cents, EN) == english


class TestFormatInstant:
    def test_names_the_zone(self) -> None:
        at_ms = 1_767_236_700_000

        assert format_instant(at_ms, PT) == "1 de janeiro de 2026 às 00h05 (horário de Brasília)"
        assert format_instant(at_ms, EN) == "1 January 2026 at 00:05 (Brasília time)"

    def test_knows_summer_time_where_there_was_one(self) -> None:
        assert "23h00" in format_instant(1_546_304_400_000, PT)  # the last summer of it


class TestFormatCounts:
    def test_agree_in_number(self) -> None:
        assert [format_bids(count, PT) for count in (0, 1, 2)] == [
            "0 lances",
            "1 lance",
            "2 lances",
        ]
        assert format_bidders(1, EN) == "1 participant"
        assert format_times(2, PT) == "2 vezes"
