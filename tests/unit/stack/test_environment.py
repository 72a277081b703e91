from pathlib import Path

import pytest

from martelo.stack.credentials import load_credentials
from martelo.stack.environment import Wiring
from martelo.stack.errors import StackError
from martelo.stack.ports import Ports
from martelo.stack.settings import port_defaults, read_settings
from martelo.stack.topology import table


def wire(
    folder: Path,
    environment: dict[str, str],
    listen: str = "127.0.0.1",
    *,
    workers: int | None = None,
) -> Wiring:
    processes = table.plan(workers, cores=2)
    return Wiring(
        settings=read_settings(environment),
        credentials=load_credentials(folder, store_exists=False),
        ports=Ports(port_defaults(processes)),
        shared=folder / "shared",
        processes=processes,
        listen=listen,
    )


class TestEnvironmentOf:
    def test_gives_every_process_what_the_table_names(self, tmp_path: Path) -> None:
        wiring = wire(tmp_path, {"HOME": "/root"})

        for item in (*table.APPLICATIONS, *table.ONE_OFFS):
            environment = wiring.environment_of(item)
            assert set(item.settings) <= set(environment)
            assert all(environment[name] != "" for name in item.settings)
            assert environment["HOME"] == "/root"

    def test_gives_no_process_the_rights_of_owners(self, tmp_path: Path) -> None:
        wiring = wire(tmp_path, {})

        for process in table.APPLICATIONS:
            environment = wiring.environment_of(process)
            assert "DATABASE_OWNER_URL" not in environment
            assert "VALKEY_ADMIN_URL" not in environment

    def test_names_both_servers_and_wants_the_one_that_writes(self, tmp_path: Path) -> None:
        wiring = wire(tmp_path, {})
        password = wiring.credentials.postgresql["auctions"]

        url = wiring.environment_for_context("auctions")["DATABASE_URL"]

        assert url == (
            f"postgresql://auctions:{password}@127.0.0.1:5432,127.0.0.1:5433/auctions"
            "?target_session_attrs=read-write&connect_timeout=2"
        )

    def test_names_every_process_of_the_live_feed_to_the_storefront(self, tmp_path: Path) -> None:
        wiring = wire(tmp_path, {}, workers=2)
        feeds = ("auctions-live", "auctions-live-2")

        [storefront] = (each for each in wiring.processes if each.name == "storefront")

        assert wiring.environment_of(storefront)["LIVE_URLS"] == ",".join(
            f"http://127.0.0.1:{wiring.ports[name]}" for name in feeds
        )

    def test_hands_a_houses_secrets_on_to_whom_they_are_for_only(self, tmp_path: Path) -> None:
        given = {"GEMINI_API_KEY": "k", "SMTP_HOST": "mail.example"}
        wiring = wire(tmp_path, {**given, "LANG": "C"})

        for item in (*table.APPLICATIONS, *table.ONE_OFFS):
            environment = wiring.environment_of(item)
            handed = {name: environment[name] for name in given if name in environment}
            assert handed == (given if item.name == "agent-worker" else {})
            assert environment["LANG"] == "C"

    def test_keeps_what_the_person_set(self, tmp_path: Path) -> None:
        wiring = wire(tmp_path, {"MARTELO_RATE_LIMITS": "off", "MARTELO_ENV": "production"})

        environment = wiring.environment_for_context("auctions")

        assert environment["MARTELO_RATE_LIMITS"] == "off"
        assert environment["MARTELO_ENV"] == "production"
        assert environment["MARTELO_LOG_LEVEL"] == "info"

    def test_gives_further_processes_a_port_of_their_own(self, tmp_path: Path) -> None:
        wiring = wire(tmp_path, {}, workers=2)
        first, further = (
            wiring.environment_of(process)
            for process in wiring.processes
            if process.argument == "live"
        )

        assert (first["MARTELO_PORT"], further["MARTELO_PORT"]) == ("5010", "5042")
        assert further == {**first, "MARTELO_PORT": "5042"}

    def test_tells_each_how_many_workers_it_has(self, tmp_path: Path) -> None:
        wiring = wire(tmp_path, {"MARTELO_WORKERS": "9"})

        workers = {
            process.name: wiring.environment_of(process)["MARTELO_WORKERS"]
            for process in wiring.processes
            if process.context
        }

        assert {name for name, count in workers.items() if count != "1"} == {"auctions-api"}
        assert workers["auctions-api"] == "2"

    def test_has_limits_counted_together_and_metrics_by_port(self, tmp_path: Path) -> None:
        wiring = wire(tmp_path, {}, workers=2)
        environments = [wiring.environment_of(process) for process in table.APPLICATIONS]

        limits = {environment["MARTELO_LIMITS_FOLDER"] for environment in environments}
        metrics = [e["PROMETHEUS_MULTIPROC_DIR"] for e in environments if "PROMETHEUS_" in str(e)]
        assert limits == {str(tmp_path / "shared" / "limits")}
        assert len(set(metrics)) == len(metrics) == 4


class TestGatewayValues:
    def test_name_one_process_of_each_by_default(self, tmp_path: Path) -> None:
        values = wire(tmp_path, {}).gateway_values(workers=1)

        assert values["AUCTIONS_LIVE_ADDRESS"] == "127.0.0.1:5010"
        assert values["AUCTIONS_LIVE_FURTHER"] == ""

    def test_name_all_where_there_are_several(self, tmp_path: Path) -> None:
        values = wire(tmp_path, {}, workers=3).gateway_values(workers=1)

        assert values["AUCTIONS_LIVE_FURTHER"] == (
            "server 127.0.0.1:5042 max_fails=0; server 127.0.0.1:5043 max_fails=0;"
        )
        assert values["AUCTIONS_SOCKETIO_ADDRESS"] == "127.0.0.1:5012"
        assert "AUCTIONS_LIVE_2_ADDRESS" not in values

    def test_lead_a_session_to_the_port_its_id_ends_with(self, tmp_path: Path) -> None:
        values = wire(tmp_path, {}, workers=2).gateway_values(workers=1)

        assert values["AUCTIONS_SOCKETIO_SESSIONS"] == (
            r'"~\.5012$" 127.0.0.1:5012; "~\.5062$" 127.0.0.1:5062;'
        )


class TestEnvironmentForContext:
    def test_lets_no_command_count_among_workers(self, tmp_path: Path) -> None:
        environment = wire(tmp_path, {}).environment_for_context("auctions")

        assert "PROMETHEUS_MULTIPROC_DIR" not in environment

    def test_names_the_contexts_there_are(self, tmp_path: Path) -> None:
        with pytest.raises(StackError, match="agent, auctions, demo, images, storefront"):
            wire(tmp_path, {}).environment_for_context("orders")


class TestPublicUrl:
    @pytest.mark.parametrize(
        ("listen", "url"),
        [
            ("127.0.0.1", "http://localhost:8080"),
            ("0.0.0.0", "http://localhost:8080"),  # noqa: S104 - no socket is opened
            ("192.0.2.7", "http://192.0.2.7:8080"),
            ("2001:db8::7", "http://[2001:db8::7]:8080"),
        ],
    )
    def test_is_where_the_gateway_listens(self, tmp_path: Path, listen: str, url: str) -> None:
        assert wire(tmp_path, {}, listen).public_url == url

    def test_is_what_the_person_says(self, tmp_path: Path) -> None:
        wiring = wire(tmp_path, {"MARTELO_PUBLIC_URL": "https://leiloes.example"})

        assert wiring.public_url == "https://leiloes.example"


class TestGatewayUrl:
    @pytest.mark.parametrize(
        ("listen", "url"),
        [("0.0.0.0", "http://127.0.0.1:8080"), ("::", "http://[::1]:8080")],  # noqa: S104 - the same
    )
    def test_is_where_this_machine_itself_gets_in(
        self, tmp_path: Path, listen: str, url: str
    ) -> None:
        wiring = wire(tmp_path, {"MARTELO_PUBLIC_URL": "https://leiloes.example"}, listen)

        assert wiring.gateway_url == url


class TestUrls:
    def test_hold_no_password(self, tmp_path: Path) -> None:
        wiring = wire(tmp_path, {})
        secrets = {*wiring.credentials.valkey.values(), *wiring.credentials.postgresql.values()}

        assert not any(secret in url for url in wiring.urls().values() for secret in secrets)
