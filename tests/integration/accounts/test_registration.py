from concurrent.futures import ThreadPoolExecutor

import pytest

from engines.storefront import PASSWORD, House, json_of, new_email, slug_of


def registration(**changed: object) -> dict[str, object]:
    return {"email": new_email(), "password": PASSWORD, "name": "Ana Souza", **changed}


def count_accounts(house: House) -> int:
    return int(house.query("SELECT count(*) FROM accounts_account")[0][0])


class TestRegister:
    def test_makes_an_account(self, house: House) -> None:
        answer = house.post("/api/auth/register", registration(name="  Jose\u0301  "))

        assert answer.status == 201
        body = json_of(answer)
        assert set(body) == {"account_id", "name"}
        assert body["name"] == "José"

    def test_keeps_no_password(self, house: House) -> None:
        asked = registration()
        house.post("/api/auth/register", asked)

        (kept,) = house.query(
            "SELECT password, roles FROM accounts_account WHERE email = %s", asked["email"]
        )

        assert kept[0].startswith("$argon2id$v=19$m=19456,t=2,p=1$")
        assert kept[1] == ["buyer"]

    def test_refuses_an_email_taken_in_whatever_case(self, house: House) -> None:
        asked = registration()
        house.post("/api/auth/register", asked)

        answer = house.post("/api/auth/register", registration(email=str(asked["email"]).upper()))

        assert (answer.status, slug_of(answer)) == (409, "email-taken")

    def test_accepts_a_domain_in_any_script(self, house: House) -> None:
        name = new_email().partition("@")[0]
        typed, stored = f"{name}@padaria-açaí.com.br", f"{name}@xn--padaria-aa-w6a7e.com.br"

        answer = house.post("/api/auth/register", registration(email=typed))

        assert answer.status == 201
        assert house.query("SELECT 1 FROM accounts_account WHERE email = %s", stored)
        for email in (typed, stored):
            body = {"email": email, "password": PASSWORD}
            assert house.post("/api/auth/token", body).status == 200

    def test_makes_one_account_for_twenty_who_race(self, house: House) -> None:
        email = new_email()
        bodies = [registration(email=email if n % 2 else email.upper()) for n in range(20)]

        with ThreadPoolExecutor(20) as threads:
            answers = list(threads.map(lambda body: house.post("/api/auth/register", body), bodies))

        assert sorted(answer.status for answer in answers) == [201] + [409] * 19
        rows = house.query("SELECT 1 FROM accounts_account WHERE lower(email) = %s", email)
        assert len(rows) == 1

    def test_names_every_field_at_fault(self, house: House) -> None:
        answer = house.post(
            "/api/auth/register", {"email": "ana", "password": "short", "name": " "}
        )

        assert (answer.status, slug_of(answer)) == (400, "invalid-request")
        assert {each["field"] for each in json_of(answer)["errors"]} == {
            "email",
            "password",
            "name",
        }

    @pytest.mark.parametrize(
        "body",
        [
            registration(role="admin"),
            registration(roles=["admin"]),
            registration(name=1),
            registration(name=None),
            registration(name=["Ana"]),
            registration(name={"$ne": 1}),
            registration(name="a\x00b"),
            registration(name="x" * 81),
            registration(name="\u202eana"),
            registration(name="\u200b"),
            registration(name="Z" + "\u0353" * 70),
            registration(email=True),
            registration(email="a..b@example.com"),
            registration(email="ana@example.com\r\nBcc: x@example.com"),
            registration(email="a'; DROP TABLE accounts_account; --@example.com"),
            registration(password=12345678901),
            registration(password="1234567890"),
            registration(password="Martelo-2024!"),
            registration(password="senha@12345"),
            registration(password="x" * 60_000),
            {},
            [],
            None,
            "text",
            5,
            b"",
            b"{",
            b"NaN",
            b"\xff\xfe",
            b'{"email": "\xff"}',
            b'{"email": "\\ud800", "password": "correct horse battery", "name": "A"}',
            b"[" * 60_000,
            b'{"email":' + b"[" * 60_000,
        ],
    )
    def test_refuses_hostile_input_and_changes_nothing(self, house: House, body: object) -> None:
        before = count_accounts(house)

        answer = house.post("/api/auth/register", body if body is not None else b"null")

        assert (answer.status, slug_of(answer)) == (400, "invalid-request")
        assert json_of(answer)["errors"]
        assert count_accounts(house) == before

    def test_refuses_brackets_within_brackets(self, house: House) -> None:
        # More than a body may hold, so this one is refused for its size.
        answer = house.post("/api/auth/register", b"[" * 100_000)

        assert (answer.status, slug_of(answer)) == (413, "too-large")

    def test_refuses_two_megabytes(self, house: House) -> None:
        answer = house.post("/api/auth/register", b'{"name": "' + b"x" * 2_000_000 + b'"}')

        assert (answer.status, slug_of(answer)) == (413, "too-large")

    @pytest.mark.parametrize("content_type", ["text/plain", "application/xml", "json", "x" * 200])
    def test_refuses_what_is_not_json(self, house: House, content_type: str) -> None:
        answer = house.send(
            "POST", "/api/auth/register", b"{}", headers={"Content-Type": content_type}
        )

        assert (answer.status, slug_of(answer)) == (415, "not-json")

    def test_takes_a_charset_beside_the_content_type(self, house: House) -> None:
        answer = house.send(
            "POST",
            "/api/auth/register",
            registration(),
            headers={"Content-Type": "application/json; charset=utf-8"},
        )

        assert answer.status == 201
