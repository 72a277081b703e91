from pathlib import Path

import pytest

from martelo.stack.errors import StackError
from martelo.stack.settings import REPOSITORY, port_defaults, read_settings


class TestReadSettings:
    def test_defaults_to_var_in_the_checkout(self) -> None:
        settings = read_settings({})

        assert settings.data == REPOSITORY / "var"
        assert not settings.is_production
        assert (REPOSITORY / "pyproject.toml").is_file()

    def test_takes_an_empty_value_as_absent(self) -> None:
        settings = read_settings({"MARTELO_VAR": "", "MARTELO_PUBLIC_URL": ""})

        assert settings.data == REPOSITORY / "var"
        assert settings.public_url is None

    def test_reads_networks_of_proxies(self) -> None:
        settings = read_settings({"MARTELO_TRUSTED_PROXIES": "127.0.0.1, 10.0.0.0/8,2001:db8::/32"})

        assert [str(each) for each in settings.trusted_proxies] == [
            *("127.0.0.1/32", "10.0.0.0/8", "2001:db8::/32")
        ]
        assert read_settings({}).trusted_proxies == ()

    @pytest.mark.parametrize("value", ["proxy", "10.0.0.1/8", "10.0.0.0/8;", "0.0.0.0/33", "*"])
    def test_refuses_what_is_not_a_network(self, value: str) -> None:
        with pytest.raises(StackError, match="MARTELO_TRUSTED_PROXIES"):
            read_settings({"MARTELO_TRUSTED_PROXIES": value})

    def test_reads_ports_by_the_names_of_processes(self) -> None:
        settings = read_settings({"MARTELO_PORT_AUCTIONS_API": "5055", "MARTELO_VAR": "/data"})

        assert settings.ports == {"auctions-api": 5055}
        assert settings.data == Path("/data")

    @pytest.mark.parametrize("value", ["0", "65536", "-1", "x", "1.5", "٨٠"])
    def test_refuses_what_is_not_a_port(self, value: str) -> None:
        with pytest.raises(StackError, match="MARTELO_PORT_GATEWAY"):
            read_settings({"MARTELO_PORT_GATEWAY": value})

    def test_refuses_an_unknown_port(self) -> None:
        with pytest.raises(StackError, match="MARTELO_PORT_GATEWAY_SIDE"):
            read_settings({"MARTELO_PORT_NOBODY": "1234"})

    def test_reads_ports_of_further_processes(self) -> None:
        settings = read_settings({"MARTELO_PORT_AUCTIONS_LIVE_2": "1234"})

        assert settings.ports == {"auctions-live-2": 1234}

    @pytest.mark.parametrize(
        ("text", "off"), [("", {"catalog"}), ("no", {"catalog"}), ("yes", set())]
    )
    def test_reads_whether_there_is_a_shop(self, text: str, off: set[str]) -> None:
        assert read_settings({"SHOP": text}).switched_off == off

    def test_refuses_another_switch_than_yes_or_no(self) -> None:
        with pytest.raises(StackError, match="SHOP is 'on'"):
            read_settings({"SHOP": "on"})

    @pytest.mark.parametrize(("text", "workers"), [("", None), ("1", 1), ("16", 16)])
    def test_reads_how_many_workers(self, text: str, workers: int | None) -> None:
        assert read_settings({"MARTELO_WORKERS": text}).workers == workers

    @pytest.mark.parametrize("text", ["0", "17", "-1", "many", "1.5"])
    def test_refuses_another_number_of_workers(self, text: str) -> None:
        with pytest.raises(StackError, match="from 1 to 16"):
            read_settings({"MARTELO_WORKERS": text})


class TestPortDefaults:
    def test_a_second_port_carries_its_own_name(self) -> None:
        defaults = port_defaults()

        assert defaults["gateway"] == 8080
        assert defaults["gateway-side"] == 8081
        assert defaults["auctions-worker"] == 5020
