import pytest

from martelo.stack.cli.main import main
from martelo.stack.errors import StackError
from martelo.stack.settings import read_settings
from martelo.stack.transport import require_encryption

PRODUCTION = {"MARTELO_ENV": "production"}


class TestRequireEncryption:
    @pytest.mark.parametrize("listen", ["0.0.0.0", "::", "192.0.2.7", "example.com"])  # noqa: S104 - compared
    def test_refuses_to_listen_to_others_without_an_https_address(self, listen: str) -> None:
        with pytest.raises(StackError, match=r"--listen .* needs MARTELO_PUBLIC_URL"):
            require_encryption(read_settings(PRODUCTION), listen)

    @pytest.mark.parametrize(
        "url",
        [
            *("http://example.com", "HTTP://example.com", "http://192.0.2.7:8080", "example.com"),
            *("http://localhost.example.com", "http://127.0.0.1@example.com", "http://[", "https:"),
        ],
    )
    def test_refuses_a_public_address_on_plain_http(self, url: str) -> None:
        settings = read_settings(PRODUCTION | {"MARTELO_PUBLIC_URL": url})

        with pytest.raises(StackError, match="must be an https address"):
            require_encryption(settings, "127.0.0.1")

    @pytest.mark.parametrize("listen", ["127.0.0.1", "0.0.0.0"])  # noqa: S104 - compared
    @pytest.mark.parametrize(
        "url", ["https://example.com", "http://localhost:8080", "http://[::1]"]
    )
    def test_accepts_an_encrypted_or_local_public_address(self, url: str, listen: str) -> None:
        require_encryption(read_settings(PRODUCTION | {"MARTELO_PUBLIC_URL": url}), listen)

    @pytest.mark.parametrize("listen", ["127.0.0.1", "::1", "localhost"])
    def test_accepts_plain_http_on_this_machine(self, listen: str) -> None:
        require_encryption(read_settings(PRODUCTION), listen)

    def test_accepts_plain_http_that_is_wanted(self) -> None:
        wanted = PRODUCTION | {"MARTELO_INSECURE_HTTP": "yes"}

        require_encryption(read_settings(wanted), "0.0.0.0")  # noqa: S104 - compared
        require_encryption(
            read_settings(wanted | {"MARTELO_PUBLIC_URL": "http://example.com"}), "127.0.0.1"
        )

    @pytest.mark.parametrize("value", ["", "no", "true", "1"])
    def test_only_yes_wants_it(self, value: str) -> None:
        settings = read_settings(PRODUCTION | {"MARTELO_INSECURE_HTTP": value})

        with pytest.raises(StackError):
            require_encryption(settings, "0.0.0.0")  # noqa: S104 - compared

    def test_accepts_anything_outside_production(self) -> None:
        require_encryption(read_settings({"MARTELO_PUBLIC_URL": "http://example.com"}), "0.0.0.0")  # noqa: S104 - compared


class TestUp:
    @pytest.mark.parametrize("options", [[], ["--detach"]])
    def test_starts_nothing_on_plain_http(
        self,
        options: list[str],
        monkeypatch: pytest.MonkeyPatch,
        tmp_path_factory: pytest.TempPathFactory,
        capsys: pytest.CaptureFixture[str],
    ) -> None:
        data = tmp_path_factory.mktemp("house") / "data"
        monkeypatch.setenv("MARTELO_ENV", "production")
        monkeypatch.delenv("MARTELO_PUBLIC_URL", raising=False)
        monkeypatch.delenv("MARTELO_INSECURE_HTTP", raising=False)

        # Were it not refused, the unknown name would be.
        unknown = ["--only", "nobody"]
        status = main(["up", "--data", str(data), "--listen", "0.0.0.0", *options, *unknown])  # noqa: S104 - refused

        assert status == 1
        assert "MARTELO_INSECURE_HTTP=yes" in capsys.readouterr().err
        assert not data.exists()
