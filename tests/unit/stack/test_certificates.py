from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from engines.authority import Authority
from martelo.stack.certificates import TlsFiles, read_certificate
from martelo.stack.cli.main import main
from martelo.stack.errors import StackError

NOW = datetime.now(UTC)


class TestReadCertificate:
    @pytest.mark.parametrize(
        ("name", "host"),
        [
            *(("leiloes.example", "leiloes.example"), ("Leiloes.Example", "LEILOES.example")),
            *(("*.example.com", "leiloes.example.com"), ("192.0.2.7", "192.0.2.7")),
            ("2001:db8::7", "2001:db8:0::7"),
        ],
    )
    def test_returns_key_and_chain_as_one(self, tmp_path: Path, name: str, host: str) -> None:
        files = Authority(tmp_path).issue("other.example", name)

        text = read_certificate(files, host, NOW)

        assert text.count(b"-----BEGIN PRIVATE KEY-----") == 1
        assert text.count(b"-----BEGIN CERTIFICATE-----") == 1

    @pytest.mark.parametrize(
        ("name", "host"),
        [
            *(("*.example.com", "example.com"), ("*.example.com", "a.b.example.com")),
            *(("leiloes.example", "evil.example"), ("192.0.2.7", "192.0.2.8")),
            ("leiloes.example", "192.0.2.7"),
        ],
    )
    def test_refuses_one_for_other_hosts(self, tmp_path: Path, name: str, host: str) -> None:
        with pytest.raises(StackError, match=f"not for {host}"):
            read_certificate(Authority(tmp_path).issue(name), host, NOW)

    @pytest.mark.parametrize("days", [-2, 2])
    def test_refuses_one_that_is_not_valid_now(self, tmp_path: Path, days: int) -> None:
        files = Authority(tmp_path).issue("leiloes.example")

        with pytest.raises(StackError, match="not now"):
            read_certificate(files, "leiloes.example", NOW + timedelta(days=days))

    def test_refuses_the_key_of_another(self, tmp_path: Path) -> None:
        files = Authority(tmp_path).issue("leiloes.example")
        first = files.key.read_bytes()
        Authority(tmp_path).issue("leiloes.example")
        files.key.write_bytes(first)

        with pytest.raises(StackError, match="is not the key of"):
            read_certificate(files, "leiloes.example", NOW)

    @pytest.mark.parametrize(
        ("content", "said"), [(None, "cannot be read"), (b"", "is not"), (b"\xff\x00", "is not")]
    )
    @pytest.mark.parametrize("field", ["certificate", "key"])
    def test_refuses_what_is_not_one(
        self, tmp_path: Path, field: str, content: bytes | None, said: str
    ) -> None:
        files = Authority(tmp_path).issue("leiloes.example")
        path: Path = getattr(files, field)
        path.unlink()
        if content is not None:
            path.write_bytes(content)

        with pytest.raises(StackError, match=said) as refused:
            read_certificate(files, "leiloes.example", NOW)

        assert str(path) in str(refused.value)


class TestUp:
    def start(self, files: TlsFiles, *more: str) -> int:
        # Where the certificate is not refused, the unknown name is.
        paths = ["--tls-cert", str(files.certificate), "--tls-key", str(files.key)]
        return main(["up", *paths, *more, "--only", "nobody"])

    def test_refuses_a_certificate_for_another_host(
        self,
        tmp_path: Path,
        monkeypatch: pytest.MonkeyPatch,
        capsys: pytest.CaptureFixture[str],
    ) -> None:
        files = Authority(tmp_path).issue("leiloes.example")
        monkeypatch.setenv("MARTELO_ENV", "production")

        monkeypatch.setenv("MARTELO_PUBLIC_URL", "https://other.example")
        assert self.start(files) == 1
        assert "not for other.example" in capsys.readouterr().err
        monkeypatch.setenv("MARTELO_PUBLIC_URL", "https://leiloes.example")
        assert self.start(files, "--listen", "0.0.0.0") == 1  # noqa: S104 - nothing starts
        assert "there is no process 'nobody'" in capsys.readouterr().err

    @pytest.mark.parametrize(
        ("words", "said"),
        [
            (["--tls-cert", "x"], "needed together"),
            (["--tls-key", "x"], "needed together"),
            (["--redirect-port", "8080"], "--redirect-port needs"),
        ],
    )
    def test_refuses_half_of_it(
        self, words: list[str], said: str, capsys: pytest.CaptureFixture[str]
    ) -> None:
        assert main(["up", *words]) == 1
        assert said in capsys.readouterr().err
