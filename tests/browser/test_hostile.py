"""What hostile people type and upload is refused or shown, and never executed."""

from urllib.parse import quote

import pytest
from playwright.sync_api import Page, expect

from browser.conftest import Visit
from browser.house import House
from browser.picture_files import HTML, PNG_MARK, as_file, claim_size, draw
from browser.test_entry import register
from browser.watching import wait_listed

MEBIBYTE = 1024 * 1024
NAMES = [
    "<img src=x onerror=window.__pwned='name'>",
    '"><script>window.__pwned="name"</script>',
    "{{7*7}}${7*7}</title><svg/onload=window.__pwned=1>",
]
TITLE = (
    "Suspeito \"'><img src=x onerror=window.__pwned='title'></title>"
    "<script>window.__pwned=1</script>"
)
DESCRIPTION = f"""{TITLE}</textarea></script><iframe src="javascript:window.__pwned=2"></iframe>
[x](javascript:window.__pwned=3) ![y](https://example.org/y.png)
<a href=https://example.org>z</a>
"""
QUERY = ("q", "category", "price_min", "price_max", "sort", "status", "cursor")
SVG = b"""<?xml version="1.0"?><svg xmlns="http://www.w3.org/2000/svg" width="9" height="9"
onload="window.__pwned='svg'"><script>window.__pwned='svg'</script></svg>"""
FILES = {
    "an SVG": as_file("bolo.svg", SVG, "image/svg+xml"),
    "an SVG under another name": as_file("bolo.png", SVG),
    "HTML": as_file("bolo.html", HTML, "text/html"),
    "HTML after a PNG's mark": as_file("bolo.png", PNG_MARK + HTML),
    "HTML after a GIF's mark": as_file("bolo.gif", b"GIF89a/*" + HTML, "image/gif"),
    "50 megapixels": as_file("bolo.png", claim_size(10_000, 5_000)),
    "more than 15 MiB": as_file("bolo.png", draw("PNG", "red") + bytes(15 * MEBIBYTE)),
    "nothing but a mark": as_file("bolo.jpg", b"\xff\xd8\xff", "image/jpeg"),
}


def fill_in(page: Page) -> None:
    page.fill("#field-title", TITLE)
    page.fill("#field-description", DESCRIPTION)
    page.fill("#field-starting_price", "10")


class TestNames:
    @pytest.mark.parametrize("name", NAMES)
    def test_are_shown_everywhere_as_they_are(self, visit: Visit, name: str) -> None:
        page = visit("/cadastro", viewport={"width": 1280, "height": 900})
        register(page, name)
        expect(page.locator(".success")).to_be_visible()

        page.goto("/perfil")
        expect(page.locator("#field-name")).to_have_value(name)
        expect(page.locator(".menu .who")).to_have_attribute("title", name)
        page.goto("/vender")
        fill_in(page)
        page.click("[value=preview]")
        page.click("[value=publish]")
        expect(page.locator(".seller strong")).to_have_text(name)
        wait_listed(page, "/minha-pagina", page.locator(".lot-title"))
        expect(page.locator(".lot-title")).to_have_text(TITLE)

    @pytest.mark.parametrize("name", ["\u202eanA", "a\u2066b", "a\u200eb"])
    def test_that_turn_the_line_are_refused(self, visit: Visit, name: str) -> None:
        page = visit("/cadastro", may_fail=True)

        register(page, name)

        expect(page.locator(".field-row:has(#field-name) .fault")).to_be_visible()


class TestTexts:
    def test_do_nothing_from_the_form_to_the_lists(self, visit: Visit) -> None:
        page = visit("/vender", "mallory")
        fill_in(page)
        expect(page.locator(".aside .lot-title")).to_have_text(TITLE)
        page.set_input_files(
            "#field-pictures",
            as_file('"><img src=x onerror=window.__pwned=4>.png', draw("PNG", "red")),
        )
        expect(page.locator(".chosen")).to_contain_text("onerror")

        page.click("[value=preview]")
        expect(page.locator(".preview .lot-title")).to_have_text(TITLE)
        expect(page.locator(".prose")).to_contain_text("<iframe")
        page.click("[value=edit]")
        expect(page.locator("#field-description")).to_have_value(DESCRIPTION.strip())
        page.click("[value=preview]")
        page.click("[value=publish]")

        expect(page.locator("h1")).to_have_text(TITLE)
        expect(page.locator(".description iframe, .description img")).to_have_count(0)
        for path in ("/leiloes?sort=-created_at", "/minha-pagina", "/leiloes?q=suspeito"):
            lots = page.locator(".lot-title", has_text="onerror")
            wait_listed(page, path, lots)
            expect(lots.first).to_have_text(TITLE)
        page.goto("/leiloes?" + "&".join(f"{name}={quote(TITLE)}" for name in QUERY))
        expect(page.locator("h1")).to_be_visible()


class TestFiles:
    @pytest.mark.parametrize("what", FILES)
    def test_that_are_no_pictures_are_refused_in_words(self, visit: Visit, what: str) -> None:
        page = visit("/vender", "mallory", may_fail=True)
        fill_in(page)
        page.set_input_files("#field-pictures", FILES[what])

        page.click("[value=preview]")

        expect(page.locator("#field-pictures-fault")).to_contain_text(FILES[what]["name"])
        expect(page.locator(".pictures:not(.chosen) img")).to_have_count(0)
        expect(page.locator("#field-title")).to_have_value(TITLE)

    def test_named_to_harm_are_named_in_words(self, visit: Visit) -> None:
        name = "<img src=x onerror=window.__pwned=5>.png"
        page = visit("/vender", "mallory", may_fail=True, has_script=False)
        fill_in(page)
        page.set_input_files("#field-pictures", as_file(name, HTML))

        page.click("[value=preview]")

        expect(page.locator("#field-pictures-fault")).to_contain_text(name)

    def test_that_are_pictures_lose_all_else(self, house: House, visit: Visit) -> None:
        page = visit("/vender", "mallory")
        fill_in(page)
        page.set_input_files(
            "#field-pictures", as_file("bolo.html", draw("JPEG", "red") + HTML, "text/html")
        )
        page.click("[value=preview]")
        address = page.locator(".pictures img").get_attribute("src") or ""

        kept = page.request.get(f"{house.address}{address}")

        assert kept.headers["content-type"] == "image/webp"
        assert kept.headers["x-content-type-options"] == "nosniff"
        assert b"<script" not in kept.body()
