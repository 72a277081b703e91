"""Confirming the address of an account, changing it, and what a house without mail does."""

import re
from dataclasses import dataclass

import jwt
import pytest

from engines.smtp import MailServer, Received
from engines.storefront import PASSWORD, House, Person, json_of, new_email, new_person, slug_of
from fakes.browser import Browser
from martelo.runtime.http.client import HttpResponse

NEW_PASSWORD = "another good one"


@dataclass(frozen=True)
class Post:
    """The house where addresses are confirmed, and what its mail server received."""

    house: House
    server: MailServer

    def mails_to(self, email: str, count: int) -> list[Received]:
        """Return the e-mails to an address, once there are so many."""

        def received() -> list[Received]:
            return [each for each in self.server.received if each.recipient == email]

        self.house.wait_until(lambda: len(received()) >= count)
        return received()

    def link_to(self, email: str, number: int = 1) -> str:
        """Return the path of the link in an e-mail."""
        text = text_of(self.mails_to(email, number)[number - 1])
        matched = re.search(r"http://localhost:8080(/\S+\?link=[0-9a-f]{32}\.[\w-]{43})", text)
        assert matched is not None, text
        return matched[1]

    def token_to(self, email: str, number: int = 1) -> str:
        """Return the secret of the link in an e-mail."""
        return self.link_to(email, number).partition("link=")[2]

    def register(self, email: str, password: str = PASSWORD) -> HttpResponse:
        """Register an address."""
        body = {"email": email, "password": password, "name": "Ana Souza"}
        return self.house.post("/api/auth/register", body)

    def sign_in(self, email: str, password: str = PASSWORD) -> HttpResponse:
        """Sign in."""
        return self.house.post("/api/auth/token", {"email": email, "password": password})

    def confirm(self, token: str) -> HttpResponse:
        """Confirm an address."""
        return self.house.post("/api/auth/email/confirm", {"token": token})

    def newcomer(self) -> Person:
        """Return somebody who registered, signed in and did not confirm."""
        email = new_email()
        assert self.register(email).status == 202
        tokens = json_of(self.sign_in(email))
        me = json_of(self.house.get("/api/auth/me", token=tokens["access_token"]))
        return Person(me["account_id"], email, tokens["access_token"], tokens["refresh_token"])

    def resident(self) -> Person:
        """Return somebody who confirmed."""
        person = self.newcomer()
        assert self.confirm(self.token_to(person.email)).status == 204
        return person

    def change(self, person: Person, email: str, password: str = PASSWORD) -> HttpResponse:
        """Ask for another address."""
        body = {"email": email, "current_password": password}
        return self.house.post("/api/auth/email", body, token=person.access_token)


@pytest.fixture
def post(confirming: House, mail_server: MailServer) -> Post:
    return Post(confirming, mail_server)


def text_of(mail: Received) -> str:
    body = mail.message.get_body(("plain",))
    assert body is not None
    return str(body.get_content())


def claims_of(tokens: HttpResponse) -> dict[str, object]:
    token = json_of(tokens)["access_token"]
    return dict(jwt.decode(token, options={"verify_signature": False}))


class TestRegistration:
    def test_gets_the_same_answer_for_known_and_unknown_addresses(self, post: Post) -> None:
        email = new_email()

        first, second = post.register(email), post.register(email.upper(), NEW_PASSWORD)

        assert (first.status, first.body) == (second.status, second.body) == (202, b"")
        assert post.sign_in(email).status == 200
        assert post.sign_in(email, NEW_PASSWORD).status == 401

    def test_of_a_known_address_sends_a_way_back_in(self, post: Post) -> None:
        email = new_email()
        post.register(email)
        post.mails_to(email, 1)

        post.register(email, NEW_PASSWORD)

        body = {"token": post.token_to(email, 2), "password": NEW_PASSWORD}
        assert post.house.post("/api/auth/password/reset", body).status == 204
        assert claims_of(post.sign_in(email, NEW_PASSWORD))["email_verified"] is True


class TestConfirmation:
    def test_shows_in_tokens_and_in_the_profile(self, post: Post) -> None:
        person = post.newcomer()
        assert claims_of(post.sign_in(person.email))["email_verified"] is False

        token = post.token_to(person.email)
        first, second = post.confirm(token), post.confirm(token)

        assert first.status == 204
        assert (second.status, slug_of(second)) == (409, "link-expired")
        assert claims_of(post.sign_in(person.email))["email_verified"] is True
        me = post.house.get("/api/auth/me", token=person.access_token)
        assert json_of(me)["email_confirmed"] is True

    def test_needs_a_secret_of_its_own_kind(self, post: Post) -> None:
        person = post.newcomer()
        post.house.post("/api/auth/password/forgot", {"email": person.email})

        assert slug_of(post.confirm(post.token_to(person.email, 2))) == "link-expired"
        body = {"token": post.token_to(person.email), "password": NEW_PASSWORD}
        refused = post.house.post("/api/auth/password/reset", body)
        assert slug_of(refused) == "link-expired"

    def test_link_is_sent_again_three_times_an_hour(self, post: Post) -> None:
        person = post.newcomer()

        answers = [
            post.house.post("/api/auth/email/resend", {}, token=person.access_token)
            for _ in range(3)
        ]

        assert [each.status for each in answers] == [202, 202, 429]
        assert "retry-after" in answers[-1].headers
        assert post.confirm(post.token_to(person.email, 3)).status == 204

    def test_is_not_needed_where_the_house_takes_addresses_as_they_are(self, pages: House) -> None:
        person = new_person(pages)
        tokens = pages.post("/api/auth/token", {"email": person.email, "password": PASSWORD})

        assert claims_of(tokens)["email_verified"] is True
        assert json_of(pages.get("/api/auth/me", token=person.access_token))["email_confirmed"] is (
            False
        )

    def test_of_an_unconfirmed_address_comes_before_any_other_e_mail(self, post: Post) -> None:
        person = post.newcomer()
        body = {"password": NEW_PASSWORD, "current_password": PASSWORD}
        changed = post.house.send("PATCH", "/api/auth/me", body, token=person.access_token)
        assert changed.status == 200

        kinds = post.house.query("SELECT kind FROM accounts_mail WHERE email = %s", person.email)

        assert [str(kind) for (kind,) in kinds] == ["email-link"]


class TestChange:
    def test_is_made_by_the_link_and_announced_to_the_present_address(self, post: Post) -> None:
        person, new = post.resident(), new_email()

        assert post.change(person, new).status == 202
        assert post.sign_in(person.email).status == 200
        assert "pediu para usar outro e-mail" in text_of(post.mails_to(person.email, 2)[1])
        assert post.confirm(post.token_to(new)).status == 204

        assert post.sign_in(person.email).status == 401
        assert claims_of(post.sign_in(new))["email_verified"] is True

    def test_needs_the_password(self, post: Post) -> None:
        person = post.resident()

        refused = post.change(person, new_email(), "wrong password")

        assert (refused.status, slug_of(refused)) == (400, "invalid-request")

    def test_to_an_address_with_an_account_gets_the_same_answer(self, post: Post) -> None:
        person, other = post.resident(), post.resident()

        assert post.change(person, other.email).status == 202

        assert "já tem uma conta" in text_of(post.mails_to(other.email, 2)[1])
        assert post.sign_in(person.email).status == 200

    def test_ends_with_a_new_password(self, post: Post) -> None:
        person, new = post.resident(), new_email()
        post.change(person, new)
        token = post.token_to(new)

        body = {"password": NEW_PASSWORD, "current_password": PASSWORD}
        post.house.send("PATCH", "/api/auth/me", body, token=person.access_token)

        assert slug_of(post.confirm(token)) == "link-expired"

    def test_cannot_take_an_address_registered_meanwhile(self, post: Post) -> None:
        person, new = post.resident(), new_email()
        post.change(person, new)
        token = post.token_to(new)
        post.register(new)

        refused = post.confirm(token)

        assert (refused.status, slug_of(refused)) == (409, "email-taken")

    def test_is_made_at_once_without_a_mail_server(self, house: House) -> None:
        person, taken, new = new_person(house), new_person(house), new_email()

        def change(email: str) -> HttpResponse:
            body = {"email": email, "current_password": PASSWORD}
            return house.post("/api/auth/email", body, token=person.access_token)

        assert slug_of(change(taken.email.upper())) == "email-taken"
        assert change(new).status == 202
        me = json_of(house.get("/api/auth/me", token=person.access_token))
        assert me["email"] == new


class TestPages:
    def test_lead_from_registering_to_where_somebody_wanted_to_go(self, post: Post) -> None:
        browser, email = Browser(post.house.http, post.house.url), new_email()
        browser.get("/cadastro?next=/vender")
        sent = browser.post("/cadastro", name="Ana", email=email, password=PASSWORD, next="/vender")
        assert sent.headers["location"] == "/cadastro/enviado?next=%2Fvender"
        assert "Confira seu e-mail" in browser.get(sent.headers["location"]).body.decode()

        browser.get(post.link_to(email))
        assert email in browser.text
        confirmed = browser.post("/email/confirmar", link=post.token_to(email))

        assert confirmed.headers["location"] == "/entrar?next=%2Fvender"
        browser.get(confirmed.headers["location"])
        entered = browser.post("/entrar", email=email, password=PASSWORD, next="/vender")
        assert entered.headers["location"] == "/vender"
        browser.get("/perfil/email")
        assert "Confirme seu e-mail para dar lances" not in browser.text

    def test_ask_who_signed_in_to_confirm_until_they_did(self, post: Post) -> None:
        browser, email = Browser(post.house.http, post.house.url), new_email()
        post.register(email)
        browser.get("/entrar")
        browser.post("/entrar", email=email, password=PASSWORD)
        browser.get("/perfil/email")
        assert "Confirme seu e-mail para dar lances" in browser.text

        sent = browser.post("/email/reenviar", next="/perfil")
        assert sent.headers["location"] == "/perfil"
        browser.get(post.link_to(email, 2))
        confirmed = browser.post("/email/confirmar", link=post.token_to(email, 2))

        assert confirmed.headers["location"] == "/perfil"
        browser.get("/perfil")
        assert "Confirme seu e-mail para dar lances" not in browser.text
        assert "Seu e-mail está confirmado." in browser.text

    def test_say_that_a_link_is_used_up(self, post: Post) -> None:
        person = post.resident()
        browser = Browser(post.house.http, post.house.url)

        gone = browser.get(post.link_to(person.email))

        assert gone.status == 409
        assert "Este link não funciona mais" in browser.text
