import json
from contextlib import nullcontext
from pathlib import Path

import pytest
from pydantic import SecretStr

from martelo.runtime.postgresql.keepalives import SILENCE
from martelo.runtime.process.settings import load
from martelo.storefront.settings import Settings, database

PAIR = (
    "postgresql://accounts:p%40ss@127.0.0.1:5432,127.0.0.1:5433/accounts"
    "?target_session_attrs=read-write&connect_timeout=3"
)


class TestDatabase:
    def test_hands_every_host_of_a_pair_to_django(self) -> None:
        entry = database(SecretStr(PAIR))

        assert entry["HOST"] == "127.0.0.1,127.0.0.1"
        assert entry["PORT"] == "5432,5433"
        assert (entry["NAME"], entry["USER"], entry["PASSWORD"]) == ("accounts", "accounts", "p@ss")
        options = entry["OPTIONS"]
        assert isinstance(options, dict)
        assert options["target_session_attrs"] == "read-write"
        assert options["connect_timeout"] == "3"

    def test_bounds_every_wait(self) -> None:
        options = database(SecretStr("postgresql://a:b@db/accounts"))["OPTIONS"]

        assert isinstance(options, dict)
        assert options["connect_timeout"] == "2"
        assert "statement_timeout" in options["options"]
        assert options.items() >= SILENCE.items()


@pytest.fixture
def environment() -> dict[str, str]:
    callers = {"auctions": {"sha256": "0" * 64, "scopes": ["keys:exchange"]}}
    return {
        "MARTELO_ENV": "development",
        "DATABASE_URL": PAIR,
        "DJANGO_SECRET_KEY": "k" * 50,
        "SIGNING_KEYS_FILE": "/keys.json",
        "SERVICE_CALLERS": json.dumps(callers),
        "PUBLIC_URL": "http://localhost:8080",
    }


class TestSettings:
    def test_reads_what_the_launcher_gives(self, environment: dict[str, str]) -> None:
        settings = load(Settings, environment)

        assert settings.signing_keys_file == Path("/keys.json")
        assert settings.service_callers["auctions"].scopes == frozenset({"keys:exchange"})
        assert settings.auctions_url is None

    def test_takes_several_addresses_of_the_live_feed(self, environment: dict[str, str]) -> None:
        assert load(Settings, environment).live_urls == ""

        environment["LIVE_URLS"] = "http://x:1,http://y:2/"

        assert load(Settings, environment).live_urls == "http://x:1,http://y:2/"

    def test_shows_no_secret(self, environment: dict[str, str]) -> None:
        assert "p%40ss" not in repr(load(Settings, environment))
        assert "k" * 50 not in repr(load(Settings, environment))

    @pytest.mark.parametrize(
        ("url", "insecure", "is_refused"),
        [
            *(("http://leiloes.example", "", True), ("http://leiloes.example", "true", True)),
            *(("http://leiloes.example", "yes", False), ("https://leiloes.example", "", False)),
            *(("http://localhost:8080", "", False), ("http://[::1]:8080", "", False)),
        ],
    )
    def test_refuses_plain_http_to_others_in_production(
        self,
        environment: dict[str, str],
        capsys: pytest.CaptureFixture[str],
        url: str,
        insecure: str,
        *,
        is_refused: bool,
    ) -> None:
        environment |= {"PUBLIC_URL": url, "MARTELO_INSECURE_HTTP": insecure}
        assert load(Settings, environment).public_url == url
        environment["MARTELO_ENV"] = "production"

        with pytest.raises(SystemExit) if is_refused else nullcontext():
            load(Settings, environment)

        assert ("MARTELO_INSECURE_HTTP=yes" in capsys.readouterr().err) is is_refused

    @pytest.mark.parametrize(
        ("name", "value"),
        [
            ("DATABASE_URL", "postgresql://127.0.0.1"),
            ("DATABASE_URL", "accounts"),
            ("DJANGO_SECRET_KEY", "short"),
            ("SERVICE_CALLERS", "[]"),
            ("SERVICE_CALLERS", '{"auctions": {"sha256": "0", "scopes": []}}'),
            ("PUBLIC_URL", "localhost"),
            ("AUCTIONS_URL", "ftp://x"),
            ("API_URLS", '{"auctions": "ftp://x"}'),
            ("AUCTIONS_URL", "http://x/path"),
            ("LIVE_URLS", "http://x:1,"),
            ("LIVE_URLS", "http://x:1 http://y:2"),
        ],
    )
    def test_refuses(
        self,
        environment: dict[str, str],
        capsys: pytest.CaptureFixture[str],
        name: str,
        value: str,
    ) -> None:
        environment[name] = value

        with pytest.raises(SystemExit):
            load(Settings, environment)

        assert f"  {name}" in capsys.readouterr().err
