import pytest

from martelo.auctions.main.asyncapi import load_asyncapi, name_server


class TestNameServer:
    @pytest.mark.parametrize(
        ("public_url", "protocol", "host"),
        [
            ("http://localhost:8080", "ws", "localhost:8080"),
            ("https://leiloes.example/", "wss", "leiloes.example"),
            ("http://[::1]:8123", "ws", "[::1]:8123"),
        ],
    )
    def test_names_where_the_house_is_published(
        self, public_url: str, protocol: str, host: str
    ) -> None:
        contract = load_asyncapi()

        named = name_server(contract, public_url)

        assert list(named["servers"]) == ["house"]
        house = named["servers"]["house"]
        assert (house["protocol"], house["host"]) == (protocol, host)
        assert {**named, "servers": contract["servers"]} == contract

    def test_leaves_the_address_open_where_it_is_not_known(self) -> None:
        [house] = name_server(load_asyncapi(), None)["servers"].values()

        assert house["host"] == "{address}"
        assert house["variables"]["address"]["default"] == "localhost:8080"
