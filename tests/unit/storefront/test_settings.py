import json
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
def environment(monkeypatch: pytest.MonkeyPatch) -> pytest.MonkeyPatch:
    callers = {"auctions": {"sha256": "0" * 64, "scopes": ["keys:exchange"]}}
    for name, value in {
        "MARTELO_ENV": "development",
        "DATABASE_URL": PAIR,
        "DJANGO_SECRET_KEY": "k" * 50,
        "SIGNING_KEYS_FILE": "/keys.json",
        "SERVICE_CALLERS": json.dumps(callers),
        "PUBLIC_URL": "http://localhost:8080",
    }.items():
        monkeypatch.setenv(name, value)
    return monkeypatch


@pytest.mark.usefixtures("environment")
class TestSettings:
    def test_reads_what_the_launcher_gives(self) -> None:
        settings = load(Settings)

        assert settings.signing_keys_file == Path("/keys.json")
        assert settings.service_callers["auctions"].scopes == frozenset({"keys:exchange"})
        assert settings.auctions_url is None

    def test_takes_several_addresses_of_the_live_feed(
        self, environment: pytest.MonkeyPatch
    ) -> None:
        assert load(Settings).live_urls == ""

        environment.setenv("LIVE_URLS", "http://x:1,http://y:2/")

        assert load(Settings).live_urls == "http://x:1,http://y:2/"

    def test_shows_no_secret(self) -> None:
        assert "p%40ss" not in repr(load(Settings))
        assert "k" * 50 not in repr(load(Settings))

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
            ("AUCTIONS_URL", "http://x/path"),
            ("LIVE_URLS", "http://x:1,"),
            ("LIVE_URLS", "http://x:1 http://y:2"),
        ],
    )
    def test_refuses(
        self,
        environment: pytest.MonkeyPatch,
        capsys: pytest.CaptureFixture[str],
        name: str,
        value: str,
    ) -> None:
        environment.setenv(name, value)

        with pytest.raises(SystemExit):
            load(Settings)

        assert f"  {name}" in capsys.readouterr().err
