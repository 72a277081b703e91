"""Exporting one's data, closing the account, and erasing it."""

import io
import json
import re
import subprocess
import sys
import zipfile

import pytest

from engines.storefront import PASSWORD, House, Person, json_of, new_person, slug_of
from fakes.browser import Browser
from integration.accounts.test_entry import enter

PAGE = "/perfil/dados"
ERASE = """
import os
from pydantic import SecretStr
from martelo.accounts.closing.contexts import NoContexts
from martelo.storefront.django_setup import configure_django, utc_now
configure_django(SecretStr(os.environ["DATABASE_URL"]))
from martelo.accounts.closing.account import erase_next
while erase_next(NoContexts(), utc_now()):
    pass
"""


@pytest.fixture
def ana(pages: House) -> Person:
    return new_person(pages)


def close(pages: House, person: Person, password: str = PASSWORD) -> tuple[int, str]:
    body = {"current_password": password}
    answer = pages.send("DELETE", "/api/auth/me", body, token=person.access_token)
    return answer.status, slug_of(answer) if answer.status >= 400 else ""


def erase(pages: House) -> None:
    done = subprocess.run(
        [sys.executable, "-c", ERASE],
        env=pages.environment,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert done.returncode == 0, done.stderr


def found_in_database(pages: House, text: str) -> list[str]:
    """Return the tables of accounts with a text in any of their rows."""
    tables = pages.query(
        "SELECT table_name FROM information_schema.tables WHERE table_schema = 'public'"
    )
    return [
        str(table)
        for (table,) in tables
        if pages.query(f"SELECT 1 FROM {table} AS each WHERE each::text ILIKE %s", f"%{text}%")  # noqa: S608 - names of our own tables
    ]


class TestExport:
    def test_has_what_accounts_hold_and_no_secret(self, pages: House, ana: Person) -> None:
        order = {"name": "robo", "scopes": ["bid"]}
        key = json_of(pages.post("/api/auth/keys", order, token=ana.access_token))["key"]

        answer = pages.send("GET", "/api/auth/me/export", token=ana.access_token)

        data = json_of(answer)["accounts"]
        assert (data["email"], data["account_id"]) == (ana.email, ana.account_id)
        assert [each["name"] for each in data["keys"]] == ["robo"]
        assert "signed-in" in {each["act"] for each in data["access"]}
        text = answer.body.decode()
        assert key.rpartition("_")[2] not in text
        assert "argon2" not in text
        assert pages.send("GET", "/api/auth/me/export").status == 401
        refused = pages.send("GET", "/api/auth/me/export", headers={"X-API-Key": key})
        assert slug_of(refused) == "sign-in-required"

    def test_is_a_file_on_the_page(self, browser: Browser, ana: Person) -> None:
        enter(browser, ana.email, going_to=PAGE)

        answer = browser.get(f"{PAGE}/exportar")

        assert answer.headers["content-type"] == "application/zip"
        with zipfile.ZipFile(io.BytesIO(answer.body)) as archive:
            assert archive.namelist() == ["accounts.json"]
            assert json.loads(archive.read("accounts.json"))["email"] == ana.email


class TestClosing:
    def test_ends_every_access_at_once(self, pages: House, browser: Browser, ana: Person) -> None:
        enter(browser, ana.email, going_to=PAGE)
        order = {"name": "robo", "scopes": ["read"]}
        key = json_of(pages.post("/api/auth/keys", order, token=ana.access_token))["key"]
        assert close(pages, ana, "not the password") == (400, "invalid-request")

        assert close(pages, ana) == (202, "")

        credentials = {"email": ana.email, "password": PASSWORD}
        assert pages.post("/api/auth/token", credentials).status == 401
        refreshed = pages.post("/api/auth/refresh", {"refresh_token": ana.refresh_token})
        assert refreshed.status == 401
        assert pages.send("GET", "/api/auth/me", headers={"X-API-Key": key}).status == 401
        assert browser.get(PAGE).status == 303

    def test_works_on_the_page(self, pages: House, browser: Browser, ana: Person) -> None:
        enter(browser, ana.email, going_to=PAGE)
        browser.get(PAGE)
        assert browser.post(PAGE, current_password=PASSWORD).status == 400
        assert browser.post(PAGE, current_password="x", understood="on").status == 400

        answer = browser.post(PAGE, current_password=PASSWORD, understood="on")

        assert answer.status == 200
        assert "Sua conta foi encerrada" in browser.text
        assert pages.query("SELECT closed_at FROM accounts_account WHERE id = %s", ana.account_id)

    def test_is_refused_to_the_last_administrator(self, empty_pages: House) -> None:
        admin = new_person(empty_pages)
        assert empty_pages.command("admin", admin.email).returncode == 0
        body = {"current_password": PASSWORD}

        answer = empty_pages.send("DELETE", "/api/auth/me", body, token=admin.access_token)

        assert (answer.status, slug_of(answer)) == (409, "open-obligations")
        assert json_of(answer)["items"] == [{"context": "accounts", "kind": "last-administrator"}]
        empty_pages.query("UPDATE accounts_account SET roles = '{buyer}'")


class TestErasing:
    def test_leaves_no_name_and_no_address(self, pages: House, ana: Person) -> None:
        name = f"Zuleide {re.sub('[^a-z]', '', ana.account_id)}"
        pages.send("PATCH", "/api/auth/me", {"name": name}, token=ana.access_token)
        pages.post("/api/auth/password/forgot", {"email": ana.email})
        assert found_in_database(pages, ana.email)
        assert found_in_database(pages, name) == ["accounts_account"]
        assert close(pages, ana) == (202, "")

        erase(pages)
        assert found_in_database(pages, name) == ["accounts_account"]
        pages.query(
            "UPDATE accounts_account SET closed_at = closed_at - interval '16 minutes' "
            "WHERE id = %s",
            ana.account_id,
        )
        erase(pages)

        assert found_in_database(pages, name) == []
        assert found_in_database(pages, ana.email) == []
        assert pages.query("SELECT 1 FROM accounts_account WHERE id = %s", ana.account_id)
        again = {"email": ana.email, "password": PASSWORD, "name": "Ana"}
        assert pages.post("/api/auth/register", again).status == 201
