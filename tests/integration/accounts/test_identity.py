"""Who runs the house and how it looks, from an administrator's form to every page."""

import re

import pytest

from engines.storefront import AGENT_KEY, House, json_of, new_person
from fakes.browser import Browser
from integration.accounts.test_entry import enter

PAGE = "/administracao/casa/identidade"
TYPED = {
    "tagline": "Doces e leilões",
    "accent": "#0B5D3B",
    "contact_email": "casa@example.com",
    "contact_phone": "+55 11 5555-0100",
    "postal_address": "Rua A, 1, São Paulo",
    "legal_name": "Casa Ltda.",
    "tax_id": "11.222.333/0001-81",
    "conducted_by": "auctioneer",
    "auctioneer_registration": "JUCESP nº 123",
}
IMPRINT = [
    "Casa Ltda. · 11.222.333/0001-81",
    "Rua A, 1, São Paulo",
    "casa@example.com · +55 11 5555-0100",
]


@pytest.fixture
def administrator(pages: House, browser: Browser) -> str:
    """Return the id of an administrator, who is signed in to a house nobody changed."""
    pages.query("DELETE FROM accounts_housesettings")
    person = new_person(pages)
    assert pages.command("admin", person.email).returncode == 0
    enter(browser, person.email, going_to=PAGE)
    return person.account_id


def shown_by(pages: House, browser: Browser, path: str, text: str) -> str:
    """Return a page once it shows a text: settings are cached for seconds."""

    def is_shown() -> bool:
        browser.get(path)
        return text in browser.text

    pages.wait_until(is_shown)
    return browser.text


@pytest.mark.usefixtures("administrator")
class TestIdentity:
    def test_is_shown_on_every_page_and_sent_to_the_agent(
        self, pages: House, browser: Browser
    ) -> None:
        browser.get(PAGE)

        answer = browser.post(PAGE, **TYPED)

        assert (answer.status, answer.headers["location"]) == (303, PAGE)
        footer = shown_by(pages, browser, "/ajuda", "Casa Ltda. · 11.222.333/0001-81")
        assert "Rua A, 1, São Paulo" in footer
        style = re.search(r'href="(/casa/cores\.css\?v=0b5d3b)"', footer)
        assert style is not None
        assert "--brand: #0b5d3b" in pages.send("GET", style[1]).body.decode()
        for wrong in ("ffff00", "0b5d3", "", "0b5d3b;}"):
            assert pages.send("GET", f"/casa/cores.css?v={wrong}").status == 404
        browser.get("/sobre")
        assert "Casa Ltda., leiloeiro oficial, JUCESP nº 123" in browser.text
        assert "Doces e leilões" in browser.text
        browser.get("/contato")
        assert 'href="mailto:casa@example.com"' in browser.text
        answer = pages.send("GET", "/internal/house", headers={"X-API-Key": AGENT_KEY})
        assert json_of(answer)["imprint"] == IMPRINT

    def test_at_fault_is_marked_and_changes_nothing(self, pages: House, browser: Browser) -> None:
        browser.get(PAGE)

        answer = browser.post(
            PAGE, **{**TYPED, "tax_id": "11.222.333/0001-82", "accent": "#ffff00"}
        )

        assert answer.status == 400
        assert 'id="field-tax_id-fault"' in browser.text
        suggestion = re.search(r"como (#[0-9a-f]{6})", browser.text)
        assert suggestion is not None
        assert pages.query("SELECT count(*) FROM accounts_housesettings") == [(0,)]
        assert browser.post(PAGE, **{**TYPED, "accent": suggestion[1]}).status == 303

    def test_says_what_is_missing_before_the_house_opens(self, browser: Browser) -> None:
        browser.get("/administracao/casa")

        assert "Antes de abrir ao público" in browser.text
        assert 'href="/administracao/casa/textos/regras"' in browser.text

    def test_is_changed_by_administrators_alone(self, pages: House, browser: Browser) -> None:
        other = Browser(pages.http, pages.url)
        enter(other, new_person(pages).email, going_to="/")
        other.get("/perfil")

        assert other.get(PAGE).status == 403
        browser.get("/perfil")
        assert other.post(PAGE, **TYPED).status == 403
        assert other.post("/administracao/casa/textos/regras", text="Minhas").status == 403
        assert other.post("/administracao/casa/logo", remove="yes").status == 403
        assert pages.query("SELECT count(*) FROM accounts_housesettings") == [(0,)]


class TestPages:
    @pytest.mark.parametrize("language", ["pt-br", "en"])
    @pytest.mark.parametrize("path", ["/sobre", "/contato", "/privacidade", "/ajuda", "/regras"])
    def test_of_the_house_are_for_everybody(
        self, pages: House, browser: Browser, path: str, language: str
    ) -> None:
        browser.get("/")
        browser.post("/idioma", language=language, next=path)

        assert browser.get(path).status == 200
        assert f'lang="{language}"' in browser.text
        assert pages.send("GET", "/casa/logo.webp").status == 404
        # The client that all browsers share has stored nobody's cookie.
        assert 'lang="pt-br"' in pages.send("GET", path).body.decode()
