"""Events of accounts: a line in the log, a count, a record; and the audit log beside them."""

import re
import subprocess
import sys

import pytest

from engines.storefront import PASSWORD, House, Person, json_of, new_email, new_person, slug_of
from fakes.browser import Browser
from integration.accounts.test_entry import enter

PAGE = "/administracao/registro"
REPORT = """
import os, sys
from prometheus_client import CollectorRegistry
from pydantic import SecretStr
from martelo.accounts.security_events import Event, SecurityEvents
from martelo.runtime.http.metrics import HttpMetrics
from martelo.storefront.django_setup import configure_django, utc_now
configure_django(SecretStr(os.environ["DATABASE_URL"]))
metrics = HttpMetrics(CollectorRegistry())
SecurityEvents(metrics, kept_days=0, now=utc_now).report(Event.SIGNED_IN, sys.argv[1])
SecurityEvents(metrics, kept_days=180, now=utc_now).report(Event.SIGNED_OUT, sys.argv[1])
"""


def acts_of(house: House, account_id: str) -> list[str]:
    rows = house.query(
        "SELECT act FROM accounts_accessrecord WHERE account_id = %s ORDER BY id", account_id
    )
    return [str(act) for (act,) in rows]


def counted(house: House, event: str) -> float:
    metrics = house.send("GET", "/metrics").body.decode()
    found = re.search(rf'martelo_security_events_total{{event="{event}"}} ([0-9.]+)', metrics)
    return float(found[1]) if found else 0.0


@pytest.fixture
def ana(house: House) -> Person:
    return new_person(house)


class TestEvents:
    def test_of_signing_in_are_logged_counted_and_recorded(self, house: House, ana: Person) -> None:
        before = counted(house, "sign-in-refused")

        wrong = {"email": ana.email, "password": "not the password"}
        assert house.post("/api/auth/token", wrong).status == 401
        assert house.post("/api/auth/token", {**wrong, "email": new_email()}).status == 401

        assert acts_of(house, ana.account_id) == ["signed-in", "sign-in-refused"]
        assert counted(house, "sign-in-refused") == before + 2
        lines = [line for line in house.log.read_text().splitlines() if "security-event" in line]
        mine = [line for line in lines if ana.account_id in line]
        assert len(mine) == 2
        assert all("127.0.0.1" in line and "request_id" in line for line in mine)
        assert not any(ana.email in line for line in lines)

    def test_of_keys_tokens_and_passwords_are_recorded(self, house: House, ana: Person) -> None:
        order = {"name": "bot", "scopes": ["bid"]}
        key = json_of(house.post("/api/auth/keys", order, token=ana.access_token))
        path = f"/api/auth/keys/{key['prefix']}"
        house.send("DELETE", path, token=ana.access_token)
        for _ in range(2):
            answer = house.post("/api/auth/refresh", {"refresh_token": ana.refresh_token})
        assert slug_of(answer) == "bad-refresh-token"
        change = {"password": "another good one", "current_password": PASSWORD}
        assert house.send("PATCH", "/api/auth/me", change, token=ana.access_token).status == 200

        assert acts_of(house, ana.account_id)[1:] == [
            *("key-created", "key-revoked", "refresh-reused", "password-changed")
        ]

    def test_are_forgotten_after_their_days(self, house: House, ana: Person) -> None:
        house.query("UPDATE accounts_accessrecord SET at = now() - interval '181 days'")

        done = subprocess.run(
            [sys.executable, "-c", REPORT, ana.account_id],
            env=house.environment,
            capture_output=True,
            text=True,
            timeout=60,
            check=False,
        )

        assert done.returncode == 0, done.stderr
        assert acts_of(house, ana.account_id) == ["signed-out"]


class TestPage:
    def test_shows_access_and_records_that_it_was_read(
        self, pages: House, browser: Browser
    ) -> None:
        admin, bruno = new_person(pages), new_person(pages)
        assert pages.command("admin", admin.email).returncode == 0
        enter(browser, admin.email, going_to=PAGE)
        browser.get(PAGE)

        assert browser.post(PAGE, email=bruno.email).status == 200

        assert "entrou" in browser.text
        assert "127.0.0.1" in browser.text
        assert "leu os registros de acesso de uma conta" in browser.text
        assert bruno.account_id in browser.text
        assert acts_of(pages, admin.account_id)[-1] == "access-records-read"
        assert browser.post(PAGE, email=new_email()).status == 404
        assert browser.get(f"{PAGE}?antes=x").status == 200

    def test_is_for_administrators(self, pages: House, browser: Browser) -> None:
        enter(browser, new_person(pages).email, going_to="/")
        browser.get("/perfil")

        assert browser.get(PAGE).status == 403
        assert browser.post(PAGE, email="a@example.com").status == 403
