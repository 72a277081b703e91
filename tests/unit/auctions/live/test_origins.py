import pytest

from martelo.auctions.live.origins import parse_origins


class TestOrigins:
    def test_admits_the_named_and_those_of_the_same_address(self) -> None:
        origins = parse_origins("https://leiloes.example/x", " https://b.example,, ")

        assert origins.admit("https://leiloes.example", "live:5010")
        assert origins.admit("https://b.example", "live:5010")
        assert origins.admit("https://192.0.2.1:5010", "192.0.2.1:5010")
        assert not origins.admit("https://192.0.2.1:5010", "192.0.2.2:5010")

    def test_admits_plain_http_where_the_house_is_reached_by_it(self) -> None:
        for host in ("localhost:5010", "127.0.0.1:5010", "[::1]:5010"):
            assert parse_origins(None, "").admit(f"http://{host}", host)
            assert parse_origins("http://leiloes.example", "").admit(f"http://{host}", host)

    def test_admits_no_page_of_a_foreign_name_that_leads_here(self) -> None:
        for public_url in (None, "http://leiloes.example", "http://localhost:8080"):
            origins = parse_origins(public_url, "")
            assert not origins.admit("http://rebound.example:5010", "rebound.example:5010")

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
