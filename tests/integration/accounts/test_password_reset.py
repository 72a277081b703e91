import re
import secrets
from collections import Counter

import pytest

from engines.smtp import CUT, KEPT, MailServer, Received
from engines.storefront import PASSWORD, House, Person, json_of, new_email, new_person, slug_of
from fakes.browser import Browser
from martelo.runtime.http.client import HttpResponse

NEW_PASSWORD = "another good one"


@pytest.fixture
def ana(pages: House) -> Person:
    return new_person(pages)


def mails_to(server: MailServer, email: str) -> list[Received]:
    return [each for each in server.received if each.recipient == email]


def mail_to(pages: House, server: MailServer, email: str, number: int = 1) -> Received:
    """Return an e-mail to an address, once there are so many."""
    pages.wait_until(lambda: len(mails_to(server, email)) >= number)
    return mails_to(server, email)[number - 1]


def text_of(mail: Received) -> str:
    body = mail.message.get_body(("plain",))
    assert body is not None
    return str(body.get_content())


def token_in(text: str) -> str:
    matched = re.search(r"http://localhost:8080/senha/nova\?link=([0-9a-f]{32}\.[\w-]{43})", text)
    assert matched is not None, text
    return matched[1]


def forget(pages: House, email: str) -> HttpResponse:
    return pages.post("/api/auth/password/forgot", {"email": email})


def reset(pages: House, token: str, password: str = NEW_PASSWORD) -> HttpResponse:
    return pages.post("/api/auth/password/reset", {"token": token, "password": password})


def sign_in(pages: House, email: str, password: str) -> int:
    return pages.post("/api/auth/token", {"email": email, "password": password}).status


def forgotten_token(pages: House, server: MailServer, email: str, number: int = 1) -> str:
    assert forget(pages, email).status == 202
    return token_in(text_of(mail_to(pages, server, email, number)))


def outcomes(pages: House, email: str) -> Counter[str]:
    rows = pages.query("SELECT outcome FROM accounts_mail WHERE email = %s", email)
    return Counter(str(row[0]) for row in rows)


class TestForgottenPassword:
    def test_is_replaced_by_a_link_that_works_once(
        self, pages: House, mail_server: MailServer, ana: Person
    ) -> None:
        body = {"name": "robot", "scopes": ["read"]}
        pages.post("/api/auth/keys", body, token=ana.access_token)

        token = forgotten_token(pages, mail_server, ana.email)
        first, second = reset(pages, token), reset(pages, token)

        assert first.status == 204
        assert (second.status, slug_of(second)) == (409, "link-expired")
        assert sign_in(pages, ana.email, PASSWORD) == 401
        assert sign_in(pages, ana.email, NEW_PASSWORD) == 200
        old = pages.post("/api/auth/refresh", {"refresh_token": ana.refresh_token})
        assert old.status == 401
        assert json_of(pages.get("/api/auth/keys", token=ana.access_token))["items"] == []

    def test_answers_alike_for_a_stranger_and_sends_nothing(
        self, pages: House, mail_server: MailServer, ana: Person
    ) -> None:
        stranger = new_email()

        answers = [forget(pages, email) for email in (stranger, ana.email.upper())]

        assert {(each.status, each.body) for each in answers} == {(202, b"")}
        # The stranger's row was first, so it is done when the other e-mail arrives.
        mail_to(pages, mail_server, ana.email)
        pages.wait_until(lambda: outcomes(pages, stranger) == {"not-needed": 1})
        assert mails_to(mail_server, stranger) == []

    def test_keeps_the_link_when_the_password_breaks_a_rule(
        self, pages: House, mail_server: MailServer, ana: Person
    ) -> None:
        token = forgotten_token(pages, mail_server, ana.email)

        refused = reset(pages, token, "short")

        assert (refused.status, slug_of(refused)) == (400, "invalid-request")
        assert reset(pages, token).status == 204

    def test_accepts_the_newest_link_alone(
        self, pages: House, mail_server: MailServer, ana: Person
    ) -> None:
        older = forgotten_token(pages, mail_server, ana.email)
        newer = forgotten_token(pages, mail_server, ana.email, 2)

        assert reset(pages, older).status == 409
        assert reset(pages, newer).status == 204

    def test_accepts_no_link_after_half_an_hour(
        self, pages: House, mail_server: MailServer, ana: Person
    ) -> None:
        token = forgotten_token(pages, mail_server, ana.email)
        pages.query(
            "UPDATE accounts_passwordlink SET expires_at = now() WHERE account_id = %s",
            ana.account_id,
        )

        assert slug_of(reset(pages, token)) == "link-expired"

    def test_accepts_no_link_from_before_a_new_password(
        self, pages: House, mail_server: MailServer, ana: Person
    ) -> None:
        token = forgotten_token(pages, mail_server, ana.email)
        change = {"password": NEW_PASSWORD, "current_password": PASSWORD}
        pages.send("PATCH", "/api/auth/me", change, token=ana.access_token)

        assert reset(pages, token, "yet another one").status == 409

    def test_accepts_no_forged_link(
        self, pages: House, mail_server: MailServer, ana: Person
    ) -> None:
        token = forgotten_token(pages, mail_server, ana.email)
        forged = [token[:-2] + "zz", token[:32], secrets.token_hex(16) + token[32:], "", "\x00"]

        assert {reset(pages, each).status for each in forged} == {409}

    def test_sends_three_links_an_hour(self, pages: House, ana: Person) -> None:
        for _ in range(4):
            assert forget(pages, ana.email).status == 202

        pages.wait_until(lambda: outcomes(pages, ana.email)[""] == 0)
        assert outcomes(pages, ana.email)["too-many"] == 1

    def test_is_refused_in_a_house_without_mail(self, house: House) -> None:
        refused = forget(house, new_email())

        assert (refused.status, slug_of(refused)) == (409, "no-mail")


class TestMails:
    def test_are_in_the_readers_language(
        self, pages: House, mail_server: MailServer, ana: Person
    ) -> None:
        for language in ("pt-BR", "en"):
            headers = {"Accept-Language": language}
            pages.send("POST", "/api/auth/password/forgot", {"email": ana.email}, headers=headers)

        portuguese, english = (
            mail_to(pages, mail_server, ana.email, number).message for number in (1, 2)
        )

        assert portuguese["Subject"] == "Martelo: escolha uma senha nova"
        assert english["Subject"] == "Martelo: choose a new password"
        assert english["From"] == "Martelo <casa@example.com>"

    def test_report_a_new_password(
        self, pages: House, mail_server: MailServer, ana: Person
    ) -> None:
        change = {"password": NEW_PASSWORD, "current_password": PASSWORD}

        pages.send("PATCH", "/api/auth/me", change, token=ana.access_token)

        notice = mail_to(pages, mail_server, ana.email)
        assert notice.message["Subject"] == "Martelo: sua senha foi mudada"
        assert "link=" not in text_of(notice)

    def test_are_sent_again_with_the_same_id_and_link_when_the_answer_was_lost(
        self, pages: House, mail_server: MailServer, ana: Person
    ) -> None:
        mail_server.data = lambda mail: CUT if mail.recipient == ana.email else KEPT
        try:
            forget(pages, ana.email)
            first = mail_to(pages, mail_server, ana.email)
        finally:
            mail_server.data = lambda _: KEPT
        # Its lease, while it is being sent, is longer than the pause after it.
        pages.wait_until(
            lambda: pages.query(
                "UPDATE accounts_mail SET due_at = now() WHERE email = %s AND attempts = 1"
                " AND due_at < now() + interval '1 minute' RETURNING id",
                ana.email,
            )
        )

        second = mail_to(pages, mail_server, ana.email, 2)

        assert first.raw == second.raw
        assert reset(pages, token_in(text_of(second))).status == 204

    def test_of_a_sender_that_died_are_sent_by_the_next(
        self, pages: House, mail_server: MailServer
    ) -> None:
        email = new_email()
        # As a process leaves it that was killed after its claim, whose lease is over.
        pages.query(
            "INSERT INTO accounts_mail (id, kind, email, language, created_at, due_at, attempts,"
            " first_tried_at, outcome) VALUES (gen_random_uuid(), 'password-changed', %s, 'en',"
            " now(), now(), 1, now(), '')",
            email,
        )

        mail_to(pages, mail_server, email)

    def test_are_at_most_twenty_an_hour_to_one_address(
        self, pages: House, mail_server: MailServer
    ) -> None:
        email = new_email()
        pages.query(
            "INSERT INTO accounts_mail (id, kind, email, language, created_at, due_at, attempts,"
            " outcome) SELECT gen_random_uuid(), 'password-changed', %s, 'en', now(), now(), 0, ''"
            " FROM generate_series(1, 25)",
            email,
        )

        pages.wait_until(
            lambda: (
                not pages.query(
                    "SELECT 1 FROM accounts_mail WHERE email = %s AND due_at <= now()", email
                )
            )
        )

        assert outcomes(pages, email) == {"sent": 20, "": 5}
        assert len(mails_to(mail_server, email)) == 20


class TestPages:
    def test_lead_from_signing_in_to_a_new_password(
        self, pages: House, mail_server: MailServer, browser: Browser, ana: Person
    ) -> None:
        browser.get("/entrar")
        assert "Esqueceu a senha?" in browser.text
        browser.get("/senha/esquecida")
        assert browser.post("/senha/esquecida", email=ana.email).status == 303
        browser.get("/entrar")
        assert "Se houver uma conta com este endereço" in browser.text
        token = token_in(text_of(mail_to(pages, mail_server, ana.email)))

        browser.get(f"/senha/nova?link={token}")
        refused = browser.post("/senha/nova", link=token, password="short")
        assert refused.status == 400
        changed = browser.post("/senha/nova", link=token, password=NEW_PASSWORD)

        assert (changed.status, changed.headers["location"]) == (303, "/entrar")
        assert sign_in(pages, ana.email, NEW_PASSWORD) == 200
        again = browser.get(f"/senha/nova?link={token}")
        assert again.status == 409
        assert "Este link não funciona mais" in browser.text

    def test_say_the_same_to_strangers(self, browser: Browser) -> None:
        browser.get("/senha/esquecida")

        assert browser.post("/senha/esquecida", email=new_email()).status == 303

        browser.get("/entrar")
        assert "Se houver uma conta com este endereço" in browser.text

    def test_point_to_the_administrators_in_a_house_without_mail(self, house: House) -> None:
        page = house.get("/senha/esquecida").body.decode()

        assert "Esta casa não envia e-mails." in page


class TestPasswordLink:
    def test_is_printed_for_administrators_and_logged(self, house: House) -> None:
        person = new_person(house)

        done = house.command("password-link", person.email.upper())

        assert done.returncode == 0, done.stderr
        assert "password-link-made" in done.stderr
        assert person.account_id in done.stderr
        token = token_in(done.stdout)
        assert token not in done.stderr
        assert reset(house, token).status == 204
        assert sign_in(house, person.email, NEW_PASSWORD) == 200

    def test_is_made_for_nobody_unknown(self, house: House) -> None:
        refused = house.command("password-link", "nobody@example.com")

        assert refused.returncode == 1
        assert "nobody@example.com" in refused.stderr
