import pytest

from martelo.auctions.live.origins import parse_origins


class TestOrigins:
    def test_admits_the_named_and_those_of_the_same_host(self) -> None:
        origins = parse_origins("https://leiloes.example/x", " https://b.example,, ")

        assert origins.admit("https://leiloes.example", "live:5010")
        assert origins.admit("https://b.example", "live:5010")
        assert origins.admit("http://live:5010", "live:5010")

    @pytest.mark.parametrize(
        "origin",
        ["", "null", "https://evil.example", "https://leiloes.example.evil.example", "http://["],
    )
    @pytest.mark.parametrize("host", ["live:5010", "", None])
    def test_admits_nobody_else(self, origin: str, host: str | None) -> None:
        assert not parse_origins("https://leiloes.example", "").admit(origin, host)
