import pytest

from martelo.stack import demo_access
from martelo.stack.cli.main import main
from martelo.stack.demo_access import is_open_to_others, require_closed_demo
from martelo.stack.errors import StackError
from martelo.stack.settings import read_settings


class TestIsOpenToOthers:
    @pytest.mark.parametrize("listen", ["0.0.0.0", "::", "192.0.2.7", "example.com"])  # noqa: S104 - compared
    def test_when_it_listens_to_them(self, listen: str) -> None:
        assert is_open_to_others(read_settings({}), listen)

    @pytest.mark.parametrize("url", ["https://example.com", "http://192.0.2.7:80", "http://[", "x"])
    def test_when_a_proxy_brings_them(self, url: str) -> None:
        assert is_open_to_others(read_settings({"MARTELO_PUBLIC_URL": url}), "127.0.0.1")

    @pytest.mark.parametrize("url", ["", "http://localhost:8080", "https://[::1]"])
    def test_not_on_this_machine_alone(self, url: str) -> None:
        assert not is_open_to_others(read_settings({"MARTELO_PUBLIC_URL": url}), "127.0.0.1")


class TestRequireClosedDemo:
    def test_refuses_an_open_one_and_names_who_can_enter(self) -> None:
        with pytest.raises(StackError, match="martelo-demo") as refused:
            require_closed_demo(with_demo=True, is_open=True, is_wanted=False)

        assert all(email in str(refused.value) for email in demo_access.ENTRANTS)

    @pytest.mark.parametrize(
        ("with_demo", "is_open", "is_wanted"),
        [(False, True, False), (True, False, False), (True, True, True)],
    )
    def test_accepts_any_other(self, *, with_demo: bool, is_open: bool, is_wanted: bool) -> None:
        require_closed_demo(with_demo=with_demo, is_open=is_open, is_wanted=is_wanted)


class TestUp:
    @pytest.mark.parametrize(
        ("options", "said"),
        [([], "--open-demo"), (["--open-demo"], "Warning: the published password martelo-demo")],
    )
    def test_says_who_can_enter(
        self,
        options: list[str],
        said: str,
        monkeypatch: pytest.MonkeyPatch,
        capsys: pytest.CaptureFixture[str],
    ) -> None:
        monkeypatch.delenv("MARTELO_ENV", raising=False)

        # Where the demo is not refused, the unknown name is.
        only = ["--only", "demo-bidders", "nobody"]
        status = main(["up", "--listen", "0.0.0.0", *options, *only])  # noqa: S104 - refused

        assert status == 1
        assert said in capsys.readouterr().err
