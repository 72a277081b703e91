import json
from datetime import UTC, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from martelo.kernel.money import MAX_CENTS, format_amount
from martelo.storefront.texts.formatting import (
    BRASILIA_TIME,
    format_dollars,
    format_left,
    format_local,
    format_moment,
    format_money,
    format_number,
    format_zone,
    parse_local,
    parse_money,
    read_instant,
    write_instant,
)

TYPED = json.loads(Path(__file__).with_name("typed-amounts.json").read_text("utf-8"))
"""What people type as an amount; the tests of the pages' scripts read it too."""

HERE = ZoneInfo("America/Sao_Paulo")
NOW = datetime(2026, 1, 31, 12, 0, tzinfo=UTC)


class TestFormatDollars:
    @pytest.mark.parametrize(
        ("micro_usd", "portuguese", "english"),
        [
            (0, "US$\u00a00,00", "US$0.00"),
            (570, "US$\u00a00,00057", "US$0.00057"),
            (1, "US$\u00a00,000001", "US$0.000001"),
            (12_500_000, "US$\u00a012,50", "US$12.50"),
        ],
    )
    def test_loses_nothing(self, micro_usd: int, portuguese: str, english: str) -> None:
        assert format_dollars(micro_usd, "pt-br") == portuguese
        assert format_dollars(micro_usd, "en") == english


class TestFormatMoney:
    @pytest.mark.parametrize(
        ("amount", "portuguese", "english"),
        [
            ("1234.56", "R$\u00a01.234,56", "R$1,234.56"),
            ("0.05", "R$\u00a00,05", "R$0.05"),
            ("999999999999.99", "R$\u00a0999.999.999.999,99", "R$999,999,999,999.99"),
            (None, "", ""),
        ],
    )
    def test_writes_as_the_reader_does(
        self, amount: str | None, portuguese: str, english: str
    ) -> None:
        assert format_money(amount, "pt-br") == portuguese
        assert format_money(amount, "en") == english

    @given(st.integers(1, MAX_CENTS), st.sampled_from(["pt-br", "en"]))
    def test_is_read_back_as_the_same(self, cents: int, language: str) -> None:
        amount = format_amount(cents)

        assert parse_money(format_money(amount, language), language) == amount
        assert parse_money(format_number(amount, language), language) == amount


class TestParseMoney:
    @pytest.mark.parametrize("amount", TYPED["read"], ids=lambda amount: amount["typed"])
    def test_reads_what_people_type(self, amount: dict[str, str | None]) -> None:
        typed = amount["typed"] or ""

        assert parse_money(typed, "pt-br") == amount["pt-br"]
        assert parse_money(typed, "en") == amount["en"]

    @pytest.mark.parametrize("typed", TYPED["refused"])
    def test_refuses_what_is_not_an_amount(self, typed: str) -> None:
        assert parse_money(typed, "pt-br") is None
        assert parse_money(typed, "en") is None


class TestFormatMoment:
    def test_tells_the_readers_day_and_hour(self) -> None:
        at = datetime(2026, 2, 1, 1, 30, tzinfo=UTC)

        assert format_moment(at, "pt-br", HERE, now=NOW) == "31 de jan., 22:30"
        assert format_moment(at, "en", HERE, now=NOW) == "31 Jan, 22:30"

    def test_names_another_year(self) -> None:
        at = datetime(2027, 5, 1, 12, 0, tzinfo=UTC)

        assert format_moment(at, "pt-br", HERE, now=NOW) == "1 de mai. de 2027, 09:00"
        assert format_moment(at, "en", HERE, now=NOW) == "1 May 2027, 09:00"


class TestFormatZone:
    @pytest.mark.parametrize(
        ("name", "portuguese", "english"),
        [
            ("America/Sao_Paulo", "horário de Brasília", "Brasília time"),
            ("America/Recife", "horário de Brasília", "Brasília time"),
            ("America/Manaus", "UTC-04:00", "UTC-04:00"),
            ("Asia/Kolkata", "UTC+05:30", "UTC+05:30"),
            ("UTC", "UTC", "UTC"),
        ],
    )
    def test_names_what_a_clock_shows(self, name: str, portuguese: str, english: str) -> None:
        assert format_zone(NOW, "pt-br", ZoneInfo(name)) == portuguese
        assert format_zone(NOW, "en", ZoneInfo(name)) == english

    def test_follows_summer(self) -> None:
        lisbon = ZoneInfo("Europe/Lisbon")

        assert format_zone(NOW, "pt-br", lisbon) == "UTC"
        assert format_zone(NOW + timedelta(days=180), "pt-br", lisbon) == "UTC+01:00"

    def test_knows_only_zones_that_tell_the_same(self) -> None:
        for name in BRASILIA_TIME:
            assert NOW.astimezone(ZoneInfo(name)).utcoffset() == timedelta(hours=-3)


class TestFormatLeft:
    @pytest.mark.parametrize(
        ("seconds", "text"),
        [
            (-3, "0 s"),
            (59.9, "59 s"),
            (60, "1 min 00 s"),
            (3_599, "59 min 59 s"),
            (3_600, "1 h 00 min"),
            (90_000, "1 d 1 h"),
        ],
    )
    def test_keeps_two_units(self, seconds: float, text: str) -> None:
        assert format_left(timedelta(seconds=seconds)).replace("\u00a0", " ") == text


class TestInstants:
    def test_go_there_and_back(self) -> None:
        assert write_instant(NOW) == "2026-01-31T12:00:00.000Z"
        assert read_instant("2026-01-31T12:00:00.000Z") == NOW
        assert read_instant("yesterday") is None
        assert read_instant(None) is None


class TestParseLocal:
    def test_reads_the_zone_of_the_reader(self) -> None:
        assert parse_local("2026-01-31T09:00", HERE) == NOW
        assert format_local(NOW, HERE) == "2026-01-31T09:00"

    @pytest.mark.parametrize("typed", ["", "tomorrow", "2026-13-01T00:00", "0001-01-01T00:00"])
    def test_refuses_what_is_no_time(self, typed: str) -> None:
        assert parse_local(typed, ZoneInfo("Asia/Tokyo")) is None
