import json
from pathlib import Path

import jwt
import psycopg
import pytest

from engines.storefront import House, json_of, new_person
from fakes.browser import Browser

DEMO = ("ana@example.com", "bruno@example.com", "carla@example.com", "admin@example.com")


def roles_of(house: House, email: str) -> list[str]:
    tokens = json_of(house.post("/api/auth/token", {"email": email, "password": "martelo-demo"}))
    claims = jwt.decode(tokens["access_token"], options={"verify_signature": False})
    return sorted(claims["roles"])


class TestDemoAccounts:
    def test_are_never_made_in_production(self, house: House) -> None:
        refused = house.command("demo-accounts", MARTELO_ENV="production")
        unsaid = house.command("demo-accounts", MARTELO_ENV="")

        assert (refused.returncode, unsaid.returncode) == (1, 1)
        assert "production" in refused.stderr

    def test_are_made_once(self, house: House) -> None:
        runs = [house.command("demo-accounts") for _ in range(2)]

        assert [run.returncode for run in runs] == [0, 0]
        assert "was there" in runs[1].stdout
        for email in DEMO:
            rows = house.query("SELECT name FROM accounts_account WHERE email = %s", email)
            assert len(rows) == 1
        assert roles_of(house, "ana@example.com") == ["buyer"]
        assert roles_of(house, "admin@example.com") == ["admin", "buyer"]


class TestRemoveDemo:
    def test_leaves_nobody_whom_the_demo_made(self, pages: House, browser: Browser) -> None:
        person, own_admin = new_person(pages), new_person(pages)
        assert pages.command("admin", own_admin.email).returncode == 0
        assert pages.command("demo-accounts").returncode == 0
        browser.get("/entrar")
        browser.post("/entrar", email="admin@example.com", password="martelo-demo")
        assert browser.get("/perfil").status == 200

        found = pages.command("check-demo", MARTELO_ENV="production")
        removed = pages.command("remove-demo", MARTELO_ENV="production")

        assert found.returncode == 1
        assert all(email in found.stderr for email in DEMO)
        assert "./martelo up --remove-demo" in found.stderr
        assert person.email not in found.stderr + removed.stdout
        assert own_admin.email not in found.stderr + removed.stdout
        assert removed.returncode == 0, removed.stderr
        assert pages.command("check-demo").returncode == 0
        assert browser.get("/perfil").status == 303
        for email in DEMO:
            fields = {"email": email, "password": "martelo-demo"}
            assert pages.post("/api/auth/token", fields).status == 401

    def test_deletes_nothing_while_sessions_cannot_be_ended(self, house: House) -> None:
        house.command("demo-accounts")

        refused = house.command("remove-demo")

        assert refused.returncode == 1
        assert house.command("check-demo").returncode == 1


class TestAdmin:
    def test_gives_the_role(self, house: House) -> None:
        person = new_person(house)

        done = [house.command("admin", person.email.upper()) for _ in range(2)]

        assert [each.returncode for each in done] == [0, 0]
        shown = json_of(house.get("/api/auth/me", token=person.access_token))
        assert shown["roles"] == ["buyer", "admin"]

    def test_says_when_there_is_nobody(self, house: House) -> None:
        refused = house.command("admin", "nobody@example.com")

        assert refused.returncode == 1
        assert "nobody@example.com" in refused.stderr


class TestMigrate:
    def test_may_be_run_again(self, house: House) -> None:
        assert house.command("migrate").returncode == 0

    def test_gives_the_runtime_role_rows_but_no_tables(self, house: House) -> None:
        with (
            psycopg.connect(house.environment["DATABASE_URL"]) as connection,
            pytest.raises(psycopg.errors.InsufficientPrivilege),
        ):
            connection.execute("CREATE TABLE planted (id int)")


class TestOpenapi:
    def test_prints_the_contract(self, house: House) -> None:
        printed = house.command("openapi")

        assert json.loads(printed.stdout) == json_of(house.get("/openapi.json"))


class TestWeb:
    def test_reports_every_missing_setting_at_once(self, house: House) -> None:
        refused = house.command(
            "web", DATABASE_URL="", DJANGO_SECRET_KEY="", PUBLIC_URL="x", MARTELO_PORT="70000"
        )

        assert refused.returncode == 2
        for name in ("DATABASE_URL", "DJANGO_SECRET_KEY", "PUBLIC_URL", "MARTELO_PORT"):
            assert name in refused.stderr

    @pytest.mark.parametrize("content", [None, "", '{"keys": []}', '{"keys": [{"kid": "a"}]}'])
    def test_does_not_start_without_signing_keys(
        self, house: House, tmp_path: Path, content: str | None
    ) -> None:
        path = tmp_path / "keys.json"
        if content is not None:
            path.write_text(content)

        refused = house.command("web", SIGNING_KEYS_FILE=str(path))

        assert refused.returncode == 2
        assert "SIGNING_KEYS_FILE" in refused.stderr
