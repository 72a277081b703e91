import sys
from pathlib import Path

import pytest

from martelo.runtime.process.commands import run_command

COMMAND = """
from martelo.runtime.process.commands import Command
from martelo.runtime.process.settings import ProcessSettings

class Settings(ProcessSettings):
    greeting: str

class Missing(Exception):
    pass

def run(settings, people):
    if settings.greeting == "none":
        raise Missing("no greeting")
    print(settings.greeting, *people)

COMMAND = Command(
    name="toy", settings=Settings, run=run, arguments={"people": "*"}, unavailable=(Missing,)
)
"""

pytestmark = pytest.mark.usefixtures("_restored_loggers")


@pytest.fixture
def package(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    folder = tmp_path / "toy_commands"
    folder.mkdir()
    (folder / "__init__.py").touch()
    (folder / "say_hello.py").write_text(COMMAND)
    monkeypatch.syspath_prepend(tmp_path)
    for name in ("toy_commands", "toy_commands.say_hello"):
        monkeypatch.delitem(sys.modules, name, raising=False)
    return "toy_commands"


def status_of(package: str, *words: str, greeting: str = "hi") -> object:
    with pytest.raises(SystemExit) as exited:
        run_command(package, ["say-hello"], words, {"GREETING": greeting})
    return exited.value.code


class TestRunCommand:
    def test_runs_a_module_with_its_settings_and_arguments(
        self, package: str, capsys: pytest.CaptureFixture[str]
    ) -> None:
        run_command(package, ["say-hello"], ["say-hello", "ana", "bruno"], {"GREETING": "hi"})

        assert capsys.readouterr().out == "hi ana bruno\n"

    @pytest.mark.parametrize("words", [(), ("unknown",), ("say-hello", "--loud")])
    def test_refuses_another_command_line(self, package: str, words: tuple[str, ...]) -> None:
        assert status_of(package, *words) == 2

    def test_refuses_settings_that_are_not_complete(self, package: str) -> None:
        assert status_of(package, "say-hello", greeting="") == 2

    def test_reports_what_is_unavailable(
        self, package: str, capsys: pytest.CaptureFixture[str]
    ) -> None:
        assert status_of(package, "say-hello", greeting="none") == 1
        assert "no greeting" in capsys.readouterr().err
