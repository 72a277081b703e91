from html.parser import HTMLParser

import pytest

from martelo.storefront.lot_parts.description import describe


class Tags(HTMLParser):
    """Which elements and attributes there are."""

    def __init__(self) -> None:
        super().__init__()
        self.tags: set[str] = set()
        self.attributes: list[tuple[str, str | None]] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.add(tag)
        self.attributes += attrs


class TestDescribe:
    def test_keeps_the_safe_subset(self) -> None:
        html = describe("# Bolo\n\nCom **nozes** e *mel*.\n\n- um\n- dois")

        assert "<h3>Bolo</h3>" in html
        assert "<strong>nozes</strong>" in html
        assert "<em>mel</em>" in html
        assert "<li>dois</li>" in html

    def test_shows_links_as_text_of_their_address(self) -> None:
        html = describe("[a loja](https://loja.example/bolos) <https://outra.example>")

        assert "a loja (<span>https://loja.example/bolos</span>)" in html
        assert "https://outra.example" in html
        assert "<a" not in html

    @pytest.mark.parametrize(
        "text",
        [
            "<script>alert(1)</script>",
            "<img src=x onerror=alert(1)>",
            "![foto](https://fora.example/x.png)",
            '```"><img src=x>\ncódigo\n```',
            "[x](javascript:alert(1))",
            '[x](https://a.example/"><script>)',
            "[x]\n\n[x]: https://a.example 'onmouseover=alert(1)'",
        ],
    )
    def test_lets_nothing_act(self, text: str) -> None:
        reader = Tags()
        reader.feed(describe(text))

        assert reader.tags <= {"p", "pre", "code", "span"}
        assert reader.attributes == []
