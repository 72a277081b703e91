import pytest
from django.test import Client

from martelo.storefront.web.safe_paths import safe_path


class TestSafePath:
    @pytest.mark.parametrize(
        "path", ["/", "/leiloes?q=bolo&sort=ends_at", "/leiloes/07-abc#lances"]
    )
    def test_keeps_paths_of_this_site(self, client: Client, path: str) -> None:
        assert client is not None
        assert safe_path(path) == path

    @pytest.mark.parametrize(
        "asked",
        [
            "",
            "//evil.example",
            "///evil.example",
            "/\\evil.example",
            "\\\\evil.example",
            "https://evil.example",
            "javascript:alert(1)",
            "/a\r\nSet-Cookie: x=1",
            "leiloes",
            "http:///evil.example",
            " /leiloes",
            "/\t/evil.example",
        ],
    )
    def test_refuses_everything_else(self, client: Client, asked: str) -> None:
        assert client is not None
        assert safe_path(asked) == "/"
