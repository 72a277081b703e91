import pytest

from martelo.auctions.live.origins import parse_origins


class TestOrigins:
    def test_admits_the_named_and_those_of_the_same_host(self) -> None:
        origins = parse_origins("https://leiloes.example/x", " https://b.example,, ")

        assert origins.admit("https://leiloes.example", "live:5010")
        assert origins.admit("https://b.example", "live:5010")
        assert origins.admit("https://live:5010", "live:5010")

    def test_admits_plain_http_where_the_house_is_reached_by_it(self) -> None:
        assert parse_origins(None, "").admit("http://live:5010", "live:5010")
        assert parse_origins("http://leiloes.example", "").admit("http://live:5010", "live:5010")

    def test_refuses_plain_http_where_the_house_is_reached_by_https(self) -> None:
        origins = parse_origins("https://leiloes.example", "http://named.example")

        assert not origins.admit("http://leiloes.example", "leiloes.example")
        assert origins.admit("http://named.example", "leiloes.example")

    @pytest.mark.parametrize(
        "origin",
        ["", "null", "https://evil.example", "https://leiloes.example.evil.example", "http://["],
    )
    @pytest.mark.parametrize("host", ["live:5010", "", None])
    def test_admits_nobody_else(self, origin: str, host: str | None) -> None:
        assert not parse_origins("https://leiloes.example", "").admit(origin, host)
