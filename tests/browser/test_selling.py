"""Selling, from the empty form to the lot's page, with a script and without."""

import re
import secrets

import pytest
from playwright.sync_api import Page, expect

from browser.conftest import Visit
from browser.house import House
from browser.picture_files import as_file, draw, draw_turned
from browser.watching import wait_listed

with_and_without_script = pytest.mark.parametrize("has_script", [True, False])
LOT = re.compile(r"/leiloes/[0-9a-z-]{10,}$")


def fill_in(page: Page, title: str, **more: str) -> None:
    fields = {"title": title, "description": "Massa de cenoura.\n\nServe doze.", **more}
    for name, text in {"starting_price": "1.234,50", **fields}.items():
        page.fill(f"#field-{name}", text)


def choose_three(page: Page) -> None:
    page.set_input_files(
        "#field-pictures",
        [
            as_file("frente.png", draw("PNG", "orange")),
            as_file("lado.jpg", draw("JPEG", "brown"), "image/jpeg"),
            as_file("em pé.jpg", draw_turned("purple"), "image/jpeg"),
        ],
    )


def preview(page: Page) -> None:
    page.click("[value=preview]")
    expect(page.locator("[value=publish]")).to_be_visible()


def sizes(page: Page, pictures: str) -> list[list[int]]:
    """Return width and height of pictures once all have come."""
    shown = page.locator(pictures)
    found = []
    for each in shown.all():
        each.scroll_into_view_if_needed()
        expect(each).not_to_have_js_property("naturalWidth", 0)
        found.append(each.evaluate("image => [image.naturalWidth, image.naturalHeight]"))
    return found


class TestSelling:
    @with_and_without_script
    def test_shows_three_pictures_before_and_after(self, visit: Visit, *, has_script: bool) -> None:
        title = f"Bolo de três fotos, {'com' if has_script else 'sem'} script"
        page = visit("/vender", "carla", has_script=has_script)
        fill_in(page, title, reserve_price="2000", buy_now_price="3.000,00")
        page.select_option("#field-category", "bolos")
        choose_three(page)

        preview(page)

        expect(page.locator(".lot-title")).to_have_text(title)
        expect(page.locator(".preview .facts")).to_contain_text("R$\u00a01.234,50")
        expect(page.locator(".preview .facts")).to_contain_text("R$\u00a02.000,00")
        assert len(sizes(page, ".pictures img")) == 3

        page.click("[value=publish]")

        page.wait_for_url(LOT)
        expect(page.locator(".success")).to_be_visible()
        expect(page.locator("h1")).to_have_text(title)
        assert sizes(page, ".frames img") == [[640, 480], [640, 480], [480, 640]]
        first = page.locator(".frames img").first.get_attribute("src") or ""
        sold = page.locator(".lot", has_text=title)
        wait_listed(page, "/leiloes?sort=-created_at", sold)
        cover = sold.first.locator("img")
        expect(cover).to_have_attribute("src", first.replace(".webp", "-thumb.webp"))

    @with_and_without_script
    def test_keeps_what_was_typed_beside_what_is_wrong(
        self, visit: Visit, *, has_script: bool
    ) -> None:
        page = visit("/vender", "carla", has_script=has_script, may_fail=True)
        fill_in(page, 'Bolo "com" <aspas>', starting_price="muito")
        page.select_option("#field-category", "doces")
        page.set_input_files("#field-pictures", as_file("a.png", draw("PNG", "orange")))

        page.click("[value=preview]")

        expect(page.locator(".alarm")).to_be_visible()
        expect(page.locator(".fault")).to_have_count(1)
        expect(page.locator(".field-row:has(#field-starting_price) .fault")).to_be_visible()
        expect(page.locator("#field-starting_price")).to_have_attribute("aria-invalid", "true")
        expect(page.locator("#field-starting_price")).to_have_value("muito")
        expect(page.locator("#field-title")).to_have_value('Bolo "com" <aspas>')
        expect(page.locator("#field-description")).to_have_value("Massa de cenoura.\n\nServe doze.")
        expect(page.locator("#field-category")).to_have_value("doces")
        expect(page.locator(".pictures:not(.chosen) img")).to_have_count(1)
        page.fill("#field-starting_price", "10")
        preview(page)
        expect(page.locator(".pictures img")).to_have_count(1)

    def test_shows_a_refusal_of_the_house_beside_its_field(self, visit: Visit) -> None:
        page = visit("/vender", "carla", may_fail=True)
        fill_in(page, "Reserva abaixo do preço", starting_price="100", reserve_price="50")
        preview(page)

        page.click("[value=publish]")

        expect(page.locator(".field-row:has(#field-reserve_price) .fault")).to_be_visible()
        expect(page.locator("#field-reserve_price")).to_have_value("50")

    @with_and_without_script
    def test_goes_back_from_the_preview(self, visit: Visit, *, has_script: bool) -> None:
        page = visit("/vender", "carla", has_script=has_script)
        fill_in(page, "Bolo mudado")
        choose_three(page)
        preview(page)

        page.click("[value=edit]")

        expect(page.locator("#field-title")).to_have_value("Bolo mudado")
        page.check("[name=drop] >> nth=1")
        preview(page)
        expect(page.locator(".pictures img")).to_have_count(2)

    @with_and_without_script
    def test_makes_one_lot_of_a_double_click(self, visit: Visit, *, has_script: bool) -> None:
        word = f"clique{secrets.token_hex(4)}"
        page = visit("/vender", "carla", has_script=has_script)
        fill_in(page, f"Bolo {word}")
        preview(page)

        page.dblclick("[value=publish]")

        page.wait_for_url(LOT)
        expect(page.locator("h1")).to_have_text(f"Bolo {word}")
        expect(page.locator(".success")).to_have_count(1)
        wait_listed(page, f"/leiloes?q={word}", page.locator(".lot"))
        expect(page.locator(".lot")).to_have_count(1)

    def test_asks_who_sells_first(self, visit: Visit) -> None:
        page = visit("/vender")

        assert page.url.endswith("/entrar?next=%2Fvender")


class TestChanging:
    @with_and_without_script
    def test_texts_and_pictures_before_the_first_bid(
        self, house: House, visit: Visit, *, has_script: bool
    ) -> None:
        lot = house.open_lot(title="Antes")
        page = visit(f"/leiloes/{lot}", "ana", has_script=has_script)

        page.click(".own-lot a[href$=editar]")
        page.fill("#field-title", "Depois")
        choose_three(page)
        page.click("main form .button")
        page.wait_for_url(f"**/leiloes/{lot}")
        expect(page.locator("h1")).to_have_text("Depois")
        expect(page.locator(".frames img")).to_have_count(3)
        page.goto(f"/leiloes/{lot}/editar")
        page.check("[name=drop] >> nth=0")
        page.click("main form .button")

        page.wait_for_url(f"**/leiloes/{lot}")
        assert sizes(page, ".frames img") == [[640, 480], [480, 640]]

    def test_an_empty_title_is_shown_beside_it(self, house: House, visit: Visit) -> None:
        lot = house.open_lot(title="Antes")
        page = visit(f"/leiloes/{lot}/editar", "ana", may_fail=True)

        page.fill("#field-title", "   ")
        page.click("main form .button")

        expect(page.locator(".field-row:has(#field-title) .fault")).to_be_visible()
        assert house.read(lot)["title"] == "Antes"

    def test_is_over_with_the_first_bid(self, house: House, visit: Visit) -> None:
        lot = house.open_lot()
        page = visit(f"/leiloes/{lot}/editar", "ana", may_fail=True)
        house.bid(lot, "bruno", amount="100.00")

        page.fill("#field-title", "Tarde demais")
        page.click("main form .button")

        expect(page.locator(".alarm, .notice").first).to_be_visible()
        assert house.read(lot)["title"] != "Tarde demais"


class TestCancelling:
    @with_and_without_script
    def test_is_asked_about_and_then_done(
        self, house: House, visit: Visit, *, has_script: bool
    ) -> None:
        lot = house.open_lot()
        page = visit(f"/leiloes/{lot}", "ana", has_script=has_script)

        page.click(".own-lot a[href$=cancelar]")
        expect(page.locator("h1")).to_have_text("Cancelar o leilão?")
        assert house.read(lot)["status"] == "open"
        page.fill("#field-reason", "O bolo <b>caiu</b>.")
        page.click("main .danger")

        page.wait_for_url(f"**/leiloes/{lot}")
        expect(page.locator(".standing")).to_contain_text("O bolo <b>caiu</b>.")
        assert house.read(lot)["status"] == "cancelled"

    def test_is_over_with_the_first_bid(self, house: House, visit: Visit) -> None:
        lot = house.open_lot()
        page = visit(f"/leiloes/{lot}/cancelar", "ana", may_fail=True)
        house.bid(lot, "bruno", amount="100.00")

        page.click("main .danger")

        expect(page.locator(".alarm")).to_be_visible()
        assert house.read(lot)["status"] == "open"
