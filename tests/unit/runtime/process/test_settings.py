import pytest
from pydantic import Json, SecretStr, model_validator

from martelo.runtime.process.settings import ProcessSettings, load


class Settings(ProcessSettings):
    database_url: SecretStr
    callers: Json[dict[str, int]]
    auctions_url: str | None = None


class Paired(ProcessSettings):
    left: str | None = None
    right: str | None = None

    @model_validator(mode="after")
    def _complete(self) -> "Paired":
        if self.left is None and self.right is None:
            raise ValueError("one or the other")
        return self


@pytest.fixture(autouse=True)
def _bare_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("ENV", "HOST", "PORT", "LOG_FORMAT", "LOG_LEVEL", "RATE_LIMITS", "WORKERS"):
        monkeypatch.delenv(f"MARTELO_{name}", raising=False)
    monkeypatch.setenv("DATABASE_URL", "postgresql://secret")
    monkeypatch.setenv("CALLERS", '{"a": 1}')


class TestLoad:
    def test_reads_the_environment(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setenv("MARTELO_PORT", "5000")
        monkeypatch.setenv("MARTELO_RATE_LIMITS", "off")

        settings = load(Settings)

        assert (settings.port, settings.rate_limits) == (5000, "off")
        assert settings.callers == {"a": 1}
        assert settings.database_url.get_secret_value() == "postgresql://secret"

    def test_takes_production_for_granted(self) -> None:
        assert load(Settings).env == "production"

    def test_takes_an_empty_value_for_an_absent_one(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setenv("MARTELO_PORT", "")
        monkeypatch.setenv("AUCTIONS_URL", "")

        settings = load(Settings)

        assert (settings.port, settings.auctions_url) == (8000, None)

    def test_reports_every_fault_at_once_and_exits_with_2(
        self, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
    ) -> None:
        monkeypatch.delenv("DATABASE_URL")
        monkeypatch.setenv("CALLERS", "{")
        monkeypatch.setenv("MARTELO_PORT", "70000")
        monkeypatch.setenv("MARTELO_ENV", "prod")

        with pytest.raises(SystemExit) as exited:
            load(Settings)

        assert exited.value.code == 2
        told = capsys.readouterr().err
        for name in ("DATABASE_URL", "CALLERS", "MARTELO_PORT", "MARTELO_ENV"):
            assert f"  {name}: " in told

    def test_tells_no_value(
        self, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
    ) -> None:
        monkeypatch.setenv("CALLERS", '{"a": "planted-secret"}')

        with pytest.raises(SystemExit):
            load(Settings)

        told = capsys.readouterr().err
        assert "CALLERS.a" in told
        assert "planted-secret" not in told

    def test_reports_what_several_lack_together(self, capsys: pytest.CaptureFixture[str]) -> None:
        with pytest.raises(SystemExit):
            load(Paired)

        assert "taken together: Value error, one or the other" in capsys.readouterr().err

    def test_gives_settings_that_cannot_be_changed(self) -> None:
        settings = load(Settings)

        with pytest.raises(ValueError, match="frozen"):
            settings.port = 1
