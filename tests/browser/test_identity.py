"""The house's identity as an administrator changes it: colours, logo and rules."""

from playwright.sync_api import expect

from browser.conftest import Visit
from browser.house import ADMINISTRATOR
from browser.picture_files import as_file, draw
from stacks import wait_for

PAGE = "/administracao/casa/identidade"
SAVED = "As páginas mostram a mudança"


class TestIdentity:
    def test_changes_logo_and_colour_of_every_page(self, visit: Visit) -> None:
        page = visit(PAGE, ADMINISTRATOR)

        page.set_input_files("#field-logo", as_file("logo.png", draw("PNG", "green", width=900)))
        page.get_by_role("button", name="Usar este logotipo").click()
        expect(page.locator(".success")).to_contain_text(SAVED)
        page.fill("#field-accent", "#0b5d3b")
        page.get_by_role("button", name="Salvar").click()
        expect(page.locator(".success")).to_contain_text(SAVED)

        def shown() -> bool | None:
            page.goto("/")
            return page.locator(".brand .logo").count() == 1 or None

        wait_for(shown, "the logo on the pages")
        logo = page.locator(".brand .logo")
        assert logo.evaluate("each => each.naturalWidth") > 0
        expect(logo).to_have_attribute("alt", "Martelo")
        expect(page.locator(".button").first).to_have_css("background-color", "rgb(11, 93, 59)")

        page.goto(PAGE)
        page.get_by_role("button", name="Remover o logotipo").click()
        expect(page.locator(".success")).to_contain_text(SAVED)
        page.fill("#field-accent", "")
        page.get_by_role("button", name="Salvar").click()
        expect(page.locator(".success")).to_contain_text(SAVED)

    def test_refuses_a_file_that_is_no_picture(self, visit: Visit) -> None:
        page = visit(PAGE, ADMINISTRATOR, may_fail=True)

        page.set_input_files("#field-logo", as_file("logo.png", b"<svg onload=alert(1)>"))
        page.get_by_role("button", name="Usar este logotipo").click()

        expect(page.locator("#field-logo-fault")).to_be_visible()
        expect(page.locator(".logo-preview")).to_have_count(0)
