import re

import pytest

from engines.storefront import PASSWORD, House, json_of, new_email, new_person, slug_of
from engines.valkey import ValkeyServer
from fakes.browser import Browser

SESSION = "martelo-session"


def enter(browser: Browser, email: str, *, going_to: str = "/") -> str:
    """Sign in and return where that led."""
    browser.get("/entrar")
    answer = browser.post("/entrar", email=email, password=PASSWORD, next=going_to)
    assert answer.status == 303, browser.text
    return answer.headers["location"]


class TestSignIn:
    def test_remembers_who_came(self, pages: House, browser: Browser) -> None:
        person = new_person(pages, "Ana <b>Souza")

        led_to = enter(browser, person.email.upper(), going_to="/minha-pagina")

        assert led_to == "/minha-pagina"
        assert "HttpOnly" in browser.set_cookie
        assert "SameSite=Lax" in browser.set_cookie
        assert "&lt;b&gt;Souza" in browser.get("/perfil").body.decode()

    def test_gives_every_sign_in_another_session(self, pages: House, browser: Browser) -> None:
        person = new_person(pages)
        enter(browser, person.email)
        first, form = browser.cookies[SESSION], browser.cookies["martelo-form"]

        browser.get("/perfil")
        browser.post("/entrar", email=person.email, password=PASSWORD)

        assert browser.cookies[SESSION] != first
        assert browser.cookies["martelo-form"] != form
        old = Browser(pages.http, pages.url, {SESSION: first})
        assert old.get("/perfil").status == 303

    def test_takes_no_session_from_outside(self, pages: House, browser: Browser) -> None:
        person = new_person(pages)
        browser.cookies[SESSION] = "chosen-by-an-attacker"

        enter(browser, person.email)

        assert browser.cookies[SESSION] != "chosen-by-an-attacker"

    def test_says_the_same_of_unknown_people_and_wrong_passwords(
        self, pages: House, browser: Browser
    ) -> None:
        person = new_person(pages)
        for email in (person.email, new_email()):
            browser.get("/entrar")

            answer = browser.post("/entrar", email=email, password="wrong password")

            assert answer.status == 401
            assert "Nenhuma conta tem este e-mail e esta senha." in browser.text
            assert SESSION not in browser.cookies

    @pytest.mark.parametrize("elsewhere", ["//evil.example", "https://evil.example", "/\\evil"])
    def test_leads_nowhere_else(self, pages: House, browser: Browser, elsewhere: str) -> None:
        assert enter(browser, new_person(pages).email, going_to=elsewhere) == "/"

    def test_wants_a_form_of_ours(self, pages: House) -> None:
        stranger = Browser(pages.http, pages.url)

        answer = stranger.post("/entrar", email=new_email(), password=PASSWORD)

        assert answer.status == 403
        assert "Este formulário ficou velho" in stranger.text

    def test_offers_no_demo_accounts_where_there_are_none(self, browser: Browser) -> None:
        assert "martelo-demo" not in browser.get("/entrar").body.decode()

    def test_offers_those_there_are(self, pages: House, browser: Browser) -> None:
        assert pages.command("demo-accounts").returncode == 0

        browser.get("/entrar")

        assert "Bruno Lima" in browser.text
        assert (
            browser.post("/entrar", email="bruno@example.com", password="martelo-demo").headers[
                "location"
            ]
            == "/"
        )


class TestRegister:
    def test_makes_an_account_and_enters(self, browser: Browser) -> None:
        browser.get("/cadastro")

        answer = browser.post("/cadastro", email=new_email(), password=PASSWORD, name="Carla Dias")

        assert answer.status == 303
        browser.get("/leiloes")
        assert "Carla Dias" in browser.text
        assert "Boas-vindas!" in browser.text

    def test_says_what_is_wrong_beside_each_field(self, pages: House, browser: Browser) -> None:
        browser.get("/cadastro")

        answer = browser.post("/cadastro", email="nobody", password="short", name="")

        assert answer.status == 400
        for field in ("email", "password", "name"):
            assert f'id="field-{field}-fault"' in browser.text

        taken = new_person(pages).email
        assert browser.post("/cadastro", email=taken, password=PASSWORD, name="A").status == 409
        assert "Já existe uma conta com este e-mail" in browser.text


class TestSignOut:
    def test_ends_the_session_itself(self, pages: House, browser: Browser) -> None:
        enter(browser, new_person(pages).email)
        kept = browser.cookies[SESSION]
        browser.get("/perfil")

        assert browser.post("/sair").status == 303

        assert SESSION not in browser.cookies
        again = Browser(pages.http, pages.url, {SESSION: kept})
        assert again.get("/perfil").status == 303

    def test_is_no_link(self, browser: Browser) -> None:
        assert browser.get("/sair").status == 405


class TestProfile:
    def test_changes_the_name(self, pages: House, browser: Browser) -> None:
        enter(browser, new_person(pages).email)
        browser.get("/perfil")

        assert browser.post("/perfil", name="Outro Nome").status == 303

        browser.get("/perfil")
        assert "Outro Nome" in browser.text
        assert "Seu nome foi mudado." in browser.text

    def test_lists_sessions_and_ends_one(self, pages: House, browser: Browser) -> None:
        person = new_person(pages)
        elsewhere = Browser(pages.http, pages.url)
        enter(elsewhere, person.email)
        enter(browser, person.email)

        browser.get("/perfil/sessoes")

        assert "Este navegador" in browser.text
        assert "127.0.0.1" in browser.text
        (reference,) = re.findall(r'name="session" value="([0-9a-f]{64})"', browser.text)
        assert browser.post("/perfil/sessoes", session=reference).status == 303
        assert elsewhere.get("/perfil").status == 303
        assert browser.get("/perfil").status == 200

    def test_a_password_changed_by_a_program_ends_every_session_and_key(
        self, pages: House, browser: Browser
    ) -> None:
        person = new_person(pages)
        enter(browser, person.email)
        body = {"name": "robot", "scopes": ["read"]}
        pages.post("/api/auth/keys", body, token=person.access_token)
        change = {"password": "another good one", "current_password": PASSWORD}

        changed = pages.send("PATCH", "/api/auth/me", change, token=person.access_token)

        assert changed.status == 200
        assert browser.get("/perfil").status == 303
        keys = pages.get("/api/auth/keys", token=person.access_token)
        assert json_of(keys)["items"] == []

    @pytest.mark.parametrize(("typed", "left"), [({}, 1), ({"revoke_keys": "on"}, 0)])
    def test_a_new_password_revokes_keys_unless_it_is_declined(
        self, pages: House, browser: Browser, typed: dict[str, str], left: int
    ) -> None:
        person = new_person(pages)
        body = {"name": "robot", "scopes": ["read"]}
        pages.post("/api/auth/keys", body, token=person.access_token)
        enter(browser, person.email)
        browser.get("/perfil")
        assert re.search(r'name="revoke_keys"[^>]* checked', browser.text)

        changed = browser.post(
            "/perfil", current_password=PASSWORD, password="another long one", **typed
        )

        assert changed.status == 303
        keys = pages.get("/api/auth/keys", token=person.access_token)
        assert len(json_of(keys)["items"]) == left

    def test_changes_the_password_and_ends_other_sessions(
        self, pages: House, browser: Browser
    ) -> None:
        person = new_person(pages)
        elsewhere = Browser(pages.http, pages.url)
        enter(elsewhere, person.email)
        enter(browser, person.email)
        browser.get("/perfil")

        wrong = browser.post("/perfil", current_password="wrong", password="another long one")
        assert wrong.status == 400
        assert "Esta não é a sua senha atual." in browser.text
        right = browser.post("/perfil", current_password=PASSWORD, password="another long one")

        assert right.status == 303
        assert browser.get("/perfil").status == 200
        assert elsewhere.get("/perfil").status == 303


class TestWithoutValkey:
    def test_people_look_around_and_keep_their_cookie(
        self, pages: House, valkey: ValkeyServer, browser: Browser
    ) -> None:
        person = new_person(pages)
        enter(browser, person.email)
        valkey.kill()
        try:
            assert Browser(pages.http, pages.url).get("/leiloes").status == 200
            assert browser.get("/leiloes").status == 200
            assert "Não conseguimos ver agora quem entrou" in browser.text
            assert browser.get("/perfil").status == 503
            stranger = Browser(pages.http, pages.url)
            stranger.get("/entrar")
            refused = stranger.post("/entrar", email=person.email, password=PASSWORD)
            assert refused.status == 503
            change = {"password": "another good one", "current_password": PASSWORD}
            kept = pages.send("PATCH", "/api/auth/me", change, token=person.access_token)
            assert (kept.status, slug_of(kept)) == (503, "unavailable")
        finally:
            valkey.start()

        assert browser.get("/perfil").status == 200
