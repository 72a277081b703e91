"""The house's terms: versions, and who accepted which."""

from collections.abc import Iterator

import pytest

from engines.storefront import PASSWORD, House, json_of, new_email, new_person, slug_of
from fakes.browser import Browser
from integration.accounts.test_entry import enter
from integration.accounts.test_identity import shown_by

PAGE = "/administracao/casa/textos/regras"


@pytest.fixture
def administrator(pages: House, browser: Browser) -> Iterator[Browser]:
    """Return the browser of an administrator; afterwards the house has no terms again."""
    pages.query("DELETE FROM accounts_housesettings")
    person = new_person(pages)
    assert pages.command("admin", person.email).returncode == 0
    enter(browser, person.email, going_to=PAGE)
    yield browser
    pages.query("DELETE FROM accounts_housesettings")
    pages.query("DELETE FROM accounts_housedocument")


def publish(administrator: Browser, text: str) -> None:
    administrator.get(PAGE)
    assert administrator.post(PAGE, text=text).status == 303


def register(pages: House, **changed: object) -> tuple[int, str]:
    body = {"email": new_email(), "password": PASSWORD, "name": "Ana", **changed}
    answer = pages.post("/api/auth/register", body)
    return answer.status, slug_of(answer) if answer.status >= 400 else ""


class TestTerms:
    def test_are_versions_that_stay_readable(self, pages: House, administrator: Browser) -> None:
        publish(administrator, "# Regras\r\n\r\nPague em **dois** dias.")
        publish(administrator, "# Regras\n\nPague em **dois** dias.")
        publish(administrator, "Pague em um dia. <script>alert(1)</script>")

        administrator.get("/regras")
        assert "Versão 2" in administrator.text
        assert b"Pague em um dia. &lt;script&gt;" in pages.send("GET", "/regras").body
        administrator.get("/regras?versao=1")
        assert "Pague em <strong>dois</strong> dias." in administrator.text
        assert administrator.get("/regras?versao=3").status == 404
        terms = json_of(pages.send("GET", "/api/auth/terms"))
        assert (terms["version"], terms["text"]) == (
            2,
            "Pague em um dia. <script>alert(1)</script>",
        )

    @pytest.mark.parametrize("text", ["", " \n ", "x" * 50_001, "a\u202eb", "a\x00b"])
    def test_at_fault_are_not_published(
        self, pages: House, administrator: Browser, text: str
    ) -> None:
        administrator.get(PAGE)

        assert administrator.post(PAGE, text=text).status == 400
        assert pages.query("SELECT count(*) FROM accounts_housedocument") == [(0,)]

    def test_must_be_accepted_by_who_registers(self, pages: House, administrator: Browser) -> None:
        assert register(pages) == (201, "")
        publish(administrator, "Pague em dois dias.")

        assert register(pages) == (409, "terms-not-accepted")
        assert register(pages, terms_version=2) == (409, "terms-not-accepted")
        assert register(pages, terms_version=1) == (201, "")
        assert pages.query("SELECT version FROM accounts_termsacceptance") == [(1,)]

    def test_are_accepted_with_a_box_on_the_page(
        self, pages: House, administrator: Browser
    ) -> None:
        publish(administrator, "Pague em dois dias.")
        newcomer = Browser(pages.http, pages.url)
        shown_by(pages, newcomer, "/cadastro", 'name="accepted_terms" value="1"')
        typed = {"email": new_email(), "password": PASSWORD, "name": "Bruno"}

        assert newcomer.post("/cadastro", **typed).status == 409
        assert "aceite-as" in newcomer.text
        assert newcomer.post("/cadastro", **typed, accepted_terms="1").status == 303

    def test_that_changed_are_shown_until_they_are_accepted(
        self, pages: House, administrator: Browser
    ) -> None:
        publish(administrator, "Pague em dois dias.")
        banner = 'href="/regras?next=%2Fperfil"'
        shown_by(pages, administrator, "/perfil", banner)
        administrator.get("/regras?next=/perfil")

        answer = administrator.post("/regras", version="1", next="/perfil")

        assert (answer.status, answer.headers["location"]) == (303, "/perfil")
        administrator.get("/perfil")
        assert banner not in administrator.text
        publish(administrator, "Pague em um dia.")
        shown_by(pages, administrator, "/perfil", banner)
        administrator.get("/regras")
        assert administrator.post("/regras", version="1").headers["location"] == "/regras"
        assert pages.query("SELECT count(*) FROM accounts_termsacceptance WHERE version = 2") == [
            (0,)
        ]

    def test_are_accepted_by_programs(self, pages: House, administrator: Browser) -> None:
        person = new_person(pages)
        publish(administrator, "Pague em dois dias.")
        old = pages.post("/api/auth/terms", {"version": 0}, token=person.access_token)
        new = pages.post("/api/auth/terms", {"version": 1}, token=person.access_token)
        again = pages.post("/api/auth/terms", {"version": 1}, token=person.access_token)

        assert (old.status, slug_of(old)) == (409, "terms-not-accepted")
        assert (new.status, again.status) == (204, 204)
        assert pages.post("/api/auth/terms", {"version": 1}).status == 401
