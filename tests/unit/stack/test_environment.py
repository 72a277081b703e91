import json
from pathlib import Path

import pytest

from martelo.stack.credentials import load_credentials
from martelo.stack.environment import ProcessEnvironment
from martelo.stack.errors import StackError
from martelo.stack.ports import Ports
from martelo.stack.settings import INHERITED, port_defaults, read_settings
from martelo.stack.topology import plan

OPERATORS = {"GEMINI_API_KEY", "LLM_API_KEY", "LLM_BASE_URL", "DISCORD_WEBHOOK_URL", "DKIM_KEY"}
"""Settings that only whoever runs the house can give."""


def wire(
    folder: Path,
    environment: dict[str, str],
    listen: str = "127.0.0.1",
    *,
    workers: int | None = None,
) -> ProcessEnvironment:
    settings = read_settings({"SHOP": "yes", **environment})
    processes = plan.make_plan(workers, cores=2, without=settings.switched_off)
    return ProcessEnvironment(
        settings=settings,
        credentials=load_credentials(folder, store_exists=False),
        ports=Ports(port_defaults(processes)),
        shared=folder / "shared",
        data_folders=[folder / "valkey", folder / "postgresql"],
        processes=processes,
        listen=listen,
    )


class TestOf:
    def test_gives_settings_of_the_topology_and_what_is_inherited_alone(
        self, tmp_path: Path
    ) -> None:
        foreign = {
            "AWS_SECRET_ACCESS_KEY": "x",
            "PGHOST": "x",
            "DATABASE_URL": "x",
            "PYTHONPATH": "x",
        }
        stack = wire(tmp_path, {"HOME": "/root", "LLM_API_KEY": "k", **foreign})
        fixed = {"PYTHONPATH", "PYTHONSAFEPATH", "PYTHONUNBUFFERED"}

        for item in plan.ITEMS:
            environment = stack.of(item)
            assert environment.keys() <= {*item.settings, *INHERITED, *fixed}
            assert "x" not in environment.values()
            assert "" not in environment.values()
            assert environment["HOME"] == "/root"

    def test_gives_every_address_password_and_key_that_a_process_reads(
        self, tmp_path: Path
    ) -> None:
        stack = wire(tmp_path, {})
        endings = ("_URL", "_URLS", "_KEY", "_SECRET", "_CALLERS", "_DIR", "_FOLDER", "_KEYS_FILE")

        for item in plan.ITEMS:
            wanted = {name for name in item.settings if name.endswith(endings)}
            assert wanted - OPERATORS <= stack.of(item).keys()

    def test_gives_proxies_to_what_reaches_the_internet_alone(self, tmp_path: Path) -> None:
        stack = wire(tmp_path, {"HTTPS_PROXY": "http://user:secret@proxy"})

        given = {p.name for p in plan.APPLICATIONS if "HTTPS_PROXY" in stack.of(p)}

        assert given == {"agent-worker"}

    def test_gives_the_storefront_the_address_of_every_api(self, tmp_path: Path) -> None:
        stack = wire(tmp_path, {})
        [storefront] = (each for each in stack.processes if each.name == "storefront")

        environment = stack.of(storefront)

        urls = json.loads(environment["API_URLS"])
        assert urls == {
            "agent": "http://127.0.0.1:5004",
            "auctions": "http://127.0.0.1:5000",
            "catalog": "http://127.0.0.1:5001",
            "images": "http://127.0.0.1:5005",
            "accounts": "http://127.0.0.1:8000",
        }
        assert environment["AUCTIONS_URL"] == urls["auctions"]

    def test_gives_no_process_the_rights_of_owners(self, tmp_path: Path) -> None:
        stack = wire(tmp_path, {})

        for process in plan.APPLICATIONS:
            environment = stack.of(process)
            assert "DATABASE_OWNER_URL" not in environment
            assert "VALKEY_ADMIN_URL" not in environment

    def test_names_both_servers_and_wants_the_one_that_writes(self, tmp_path: Path) -> None:
        stack = wire(tmp_path, {})
        password = stack.credentials.postgresql["auctions"]

        url = stack.of_context("auctions")["DATABASE_URL"]

        assert url == (
            f"postgresql://auctions:{password}@127.0.0.1:5432,127.0.0.1:5433/auctions"
            "?target_session_attrs=read-write&connect_timeout=2"
        )

    def test_names_the_standby_first_to_whoever_only_reads(self, tmp_path: Path) -> None:
        stack = wire(tmp_path, {})
        password = stack.credentials.postgresql["catalog"]

        url = stack.of_context("catalog")["DATABASE_READER_URL"]

        assert url == (
            f"postgresql://catalog:{password}@127.0.0.1:5433,127.0.0.1:5432/catalog"
            "?target_session_attrs=prefer-standby&connect_timeout=2"
        )

    def test_leaves_out_what_is_switched_off(self, tmp_path: Path) -> None:
        stack = wire(tmp_path, {"SHOP": "no"})
        [storefront] = (each for each in stack.processes if each.name == "storefront")

        assert "catalog" not in json.loads(stack.of(storefront)["API_URLS"])
        assert stack.gateway_values(workers=1)["CATALOG_API_ADDRESS"] == "127.0.0.1:5001 down"
        with pytest.raises(StackError, match="SHOP=yes"):
            stack.of_context("catalog")

    def test_names_every_process_of_the_live_feed_to_the_storefront(self, tmp_path: Path) -> None:
        stack = wire(tmp_path, {}, workers=2)
        feeds = ("auctions-live", "auctions-live-2")

        [storefront] = (each for each in stack.processes if each.name == "storefront")

        assert stack.of(storefront)["LIVE_URLS"] == ",".join(
            f"http://127.0.0.1:{stack.ports[name]}" for name in feeds
        )

    def test_gives_the_operators_secrets_to_their_readers_alone(self, tmp_path: Path) -> None:
        given = {"GEMINI_API_KEY": "k", "SMTP_HOST": "mail.example", "MAIL_FROM": "a@b.example"}
        stack = wire(tmp_path, given)

        readers = {
            name: {item.name for item in items if name in stack.of(item)}
            for items in [plan.ITEMS]
            for name in given
        }

        assert readers == {
            "GEMINI_API_KEY": {"agent-worker"},
            "SMTP_HOST": {"agent-worker", "storefront"},
            "MAIL_FROM": {"agent-worker", "agent-api", "storefront"},
        }

    def test_gives_what_the_operator_set(self, tmp_path: Path) -> None:
        stack = wire(tmp_path, {"MARTELO_RATE_LIMITS": "off", "MARTELO_ENV": "production"})

        environment = stack.of_context("auctions")

        assert environment["MARTELO_RATE_LIMITS"] == "off"
        assert environment["MARTELO_ENV"] == "production"
        assert "MARTELO_LOG_LEVEL" not in environment

    def test_gives_further_processes_a_port_of_their_own(self, tmp_path: Path) -> None:
        stack = wire(tmp_path, {}, workers=2)
        first, further = (
            stack.of(process) for process in stack.processes if process.argument == "live"
        )

        assert (first["MARTELO_PORT"], further["MARTELO_PORT"]) == ("5010", "5042")
        assert further == {**first, "MARTELO_PORT": "5042"}

    def test_tells_each_how_many_workers_it_has(self, tmp_path: Path) -> None:
        stack = wire(tmp_path, {"MARTELO_WORKERS": "9"})

        workers = {
            process.name: stack.of(process)["MARTELO_WORKERS"]
            for process in stack.processes
            if process.context
        }

        assert {name for name, count in workers.items() if count != "1"} == {"auctions-api"}
        assert workers["auctions-api"] == "2"

    def test_has_limits_counted_together_and_metrics_by_port(self, tmp_path: Path) -> None:
        stack = wire(tmp_path, {}, workers=2)
        environments = [stack.of(process) for process in plan.APPLICATIONS]

        limits = {environment["MARTELO_LIMITS_FOLDER"] for environment in environments}
        metrics = [e["PROMETHEUS_MULTIPROC_DIR"] for e in environments if "PROMETHEUS_" in str(e)]
        assert limits == {str(tmp_path / "shared" / "limits")}
        assert len(set(metrics)) == len(metrics) == 6


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


class TestOfContext:
    def test_lets_no_command_count_among_workers(self, tmp_path: Path) -> None:
        environment = wire(tmp_path, {}).of_context("auctions")

        assert "PROMETHEUS_MULTIPROC_DIR" not in environment

    def test_names_the_contexts_there_are(self, tmp_path: Path) -> None:
        with pytest.raises(StackError, match="agent, auctions, catalog, demo, images, storefront"):
            wire(tmp_path, {}).of_context("orders")


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

    def test_is_what_the_operator_set(self, tmp_path: Path) -> None:
        stack = wire(tmp_path, {"MARTELO_PUBLIC_URL": "https://leiloes.example"})

        assert stack.public_url == "https://leiloes.example"


class TestDataFolders:
    def test_reach_the_worker_of_auctions(self, tmp_path: Path) -> None:
        worker = next(item for item in plan.ITEMS if item.name == "auctions-worker")

        given = wire(tmp_path, {}).of(worker)["DATA_FOLDERS"]

        assert given == f"{tmp_path / 'valkey'},{tmp_path / 'postgresql'}"


class TestGatewayUrl:
    @pytest.mark.parametrize(
        ("listen", "url"),
        [("0.0.0.0", "http://127.0.0.1:8080"), ("::", "http://[::1]:8080")],  # noqa: S104 - the same
    )
    def test_is_where_this_machine_itself_gets_in(
        self, tmp_path: Path, listen: str, url: str
    ) -> None:
        stack = wire(tmp_path, {"MARTELO_PUBLIC_URL": "https://leiloes.example"}, listen)

        assert stack.gateway_url == url


class TestUrls:
    def test_hold_no_password(self, tmp_path: Path) -> None:
        stack = wire(tmp_path, {})
        secrets = {*stack.credentials.valkey.values(), *stack.credentials.postgresql.values()}

        assert not any(secret in url for url in stack.urls().values() for secret in secrets)
