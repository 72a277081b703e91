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


COMPLETE = {"DATABASE_URL": "postgresql://secret", "CALLERS": '{"a": 1}'}


class TestLoad:
    def test_reads_an_environment(self) -> None:
        given = {"MARTELO_PORT": "5000", "MARTELO_RATE_LIMITS": "off"}

        settings = load(Settings, COMPLETE | given)

        assert (settings.port, settings.rate_limits) == (5000, "off")
        assert settings.callers == {"a": 1}
        assert settings.database_url.get_secret_value() == "postgresql://secret"

    def test_reads_nothing_but_what_it_is_given(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setenv("MARTELO_PORT", "5000")
        monkeypatch.setenv("AUCTIONS_URL", "http://auctions")

        settings = load(Settings, COMPLETE)

        assert (settings.port, settings.auctions_url) == (8000, None)

    def test_takes_production_for_granted(self) -> None:
        assert load(Settings, COMPLETE).env == "production"

    def test_takes_an_empty_value_for_an_absent_one(self) -> None:
        settings = load(Settings, {**COMPLETE, "MARTELO_PORT": "", "AUCTIONS_URL": ""})

        assert (settings.port, settings.auctions_url) == (8000, None)

    def test_reports_every_fault_at_once_and_exits_with_2(
        self, capsys: pytest.CaptureFixture[str]
    ) -> None:
        given = {"CALLERS": "{", "MARTELO_PORT": "70000", "MARTELO_ENV": "prod"}

        with pytest.raises(SystemExit) as exited:
            load(Settings, given)

        assert exited.value.code == 2
        reported = capsys.readouterr().err
        for name in ("DATABASE_URL", "CALLERS", "MARTELO_PORT", "MARTELO_ENV"):
            assert f"  {name}: " in reported

    def test_reports_no_value(self, capsys: pytest.CaptureFixture[str]) -> None:
        with pytest.raises(SystemExit):
            load(Settings, {**COMPLETE, "CALLERS": '{"a": "planted-secret"}'})

        reported = capsys.readouterr().err
        assert "CALLERS.a" in reported
        assert "planted-secret" not in reported

    def test_reports_what_several_lack_together(self, capsys: pytest.CaptureFixture[str]) -> None:
        with pytest.raises(SystemExit):
            load(Paired, {})

        assert "taken together: Value error, one or the other" in capsys.readouterr().err

    def test_gives_settings_that_cannot_be_changed(self) -> None:
        settings = load(Settings, COMPLETE)

        with pytest.raises(ValueError, match="frozen"):
            settings.port = 1
