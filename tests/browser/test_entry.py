"""Registering, signing in and out, and the language."""

import secrets

import pytest
from playwright.sync_api import Page, expect

from browser.conftest import Visit
from browser.house import PASSWORD, House

with_and_without_script = pytest.mark.parametrize("has_script", [True, False])


def register(page: Page, name: str) -> str:
    """Fill in and send the form; return the new e-mail address."""
    email = f"{secrets.token_hex(6)}@example.com"
    page.fill("#field-name", name)
    page.fill("#field-email", email)
    page.fill("#field-password", PASSWORD)
    page.click("main .button")
    return email


def sign_in(page: Page, email: str, password: str = PASSWORD) -> None:
    page.fill("#field-email", email)
    page.fill("#field-password", password)
    page.click("main form.panel .button")


class TestRegistering:
    @with_and_without_script
    def test_leads_back_and_out_and_in_again(
        self, house: House, visit: Visit, *, has_script: bool
    ) -> None:
        lot = house.open_lot()
        page = visit(
            f"/leiloes/{lot}", has_script=has_script, viewport={"width": 1280, "height": 900}
        )
        page.click(".menu >> text=Entrar")
        page.click("main a[href^='/cadastro']")

        email = register(page, "Elisa Prado")

        page.wait_for_url(f"**/leiloes/{lot}")
        expect(page.locator(".success")).to_be_visible()
        expect(page.locator(".menu .who")).to_contain_text("Elisa Prado")
        page.click(".menu >> text=Sair")
        expect(page.locator(".success")).to_be_visible()
        expect(page.locator(".menu .who")).to_have_count(0)
        page.goto("/minha-pagina")
        sign_in(page, email)
        page.wait_for_url("**/minha-pagina")
        expect(page.locator(".menu .who")).to_contain_text("Elisa Prado")

    def test_keeps_what_was_typed_but_the_password(self, house: House, visit: Visit) -> None:
        house.token("bruno")
        page = visit("/cadastro", may_fail=True)
        page.fill("#field-name", "Bruno de novo")
        page.fill("#field-email", "bruno@example.com")
        page.fill("#field-password", PASSWORD)
        page.click("main .button")

        expect(page.locator(".field-row:has(#field-email) .fault")).to_be_visible()
        expect(page.locator("#field-name")).to_have_value("Bruno de novo")
        expect(page.locator("#field-password")).to_have_value("")


class TestSigningIn:
    def test_refuses_and_keeps_the_address(self, visit: Visit) -> None:
        page = visit("/entrar?next=/vender", may_fail=True)

        sign_in(page, "bruno@example.com", "not the password")

        expect(page.locator(".alarm")).to_be_visible()
        expect(page.locator("#field-email")).to_have_value("bruno@example.com")
        expect(page.locator("main [name=next] >> nth=0")).to_have_value("/vender")

    @pytest.mark.parametrize(
        "elsewhere", ["https://example.org/", "//example.org", "/\\example.org"]
    )
    def test_leads_nowhere_else(self, house: House, visit: Visit, elsewhere: str) -> None:
        house.token("bruno")
        page = visit(f"/entrar?next={elsewhere}")

        sign_in(page, "bruno@example.com")

        page.wait_for_url(f"{house.address}/")

    def test_offers_the_demos_people_in_a_demo_house_only(self, house: House, visit: Visit) -> None:
        house.token("ana")  # Not the demo's Ana: she has a password of her own.
        page = visit("/entrar")
        expect(page.locator("#demo")).to_have_count(0)

        house.stack.do("exec", "storefront", "demo-accounts")
        page.goto("/entrar?next=/vender")

        expect(page.locator("#demo")).to_be_visible()
        expect(page.locator("section:has(#demo) .button", has_text="Ana")).to_have_count(0)
        page.click("section:has(#demo) .button >> text=Rita")
        page.wait_for_url("**/vender")


class TestLanguage:
    @with_and_without_script
    def test_is_switched_and_kept(self, visit: Visit, *, has_script: bool) -> None:
        page = visit("/leiloes?q=bolo&sort=-bid_count", has_script=has_script)
        expect(page.locator("html")).to_have_attribute("lang", "pt-br")

        page.click(".tongues >> text=English")

        page.wait_for_url("**/leiloes?q=bolo&sort=-bid_count")
        expect(page.locator("html")).to_have_attribute("lang", "en")
        expect(page.locator("h1")).to_have_text("Open auctions")
        page.goto("/entrar")
        expect(page.locator("h1")).to_have_text("Sign in")
        page.click(".tongues >> text=Português")
        expect(page.locator("h1")).to_have_text("Entrar")
