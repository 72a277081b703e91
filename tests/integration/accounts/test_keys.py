import re
import time
from concurrent.futures import ThreadPoolExecutor

import pytest

from engines.storefront import (
    AUCTIONS_KEY,
    NOTICES_KEY,
    PASSWORD,
    House,
    Person,
    json_of,
    new_person,
    slug_of,
)
from fakes.browser import Browser
from martelo.runtime.http.client import HttpResponse
from martelo.runtime.identity.tokens import AccountsUnavailable, TokenVerifier, Unauthenticated


@pytest.fixture
def ana(house: House) -> Person:
    return new_person(house)


def verifier_of(house: House, service_key: str = AUCTIONS_KEY) -> TokenVerifier:
    return TokenVerifier(house.url, house.http, time.time, service_key)


def make_key(house: House, person: Person, *scopes: str) -> dict[str, str]:
    answer = house.post(
        "/api/auth/keys",
        {"name": "bidding robot", "scopes": list(scopes) or ["bid"]},
        token=person.access_token,
    )
    assert answer.status == 201
    made: dict[str, str] = json_of(answer)
    return made


class TestCreateKey:
    def test_shows_the_key_once(self, house: House, ana: Person) -> None:
        made = make_key(house, ana, "read", "bid")

        listed = house.get("/api/auth/keys", token=ana.access_token)

        assert made["key"].startswith(f"mk_{made['prefix']}_")
        body = json_of(listed)
        assert [each["prefix"] for each in body["items"]] == [made["prefix"]]
        assert body["items"][0]["scopes"] == ["read", "bid"]
        assert body["items"][0]["created_at"].endswith("Z")
        assert body["next_cursor"] is None
        assert made["key"].encode() not in listed.body

    def test_keeps_only_a_hash(self, house: House, ana: Person) -> None:
        made = make_key(house, ana)

        (row,) = house.query("SELECT * FROM accounts_apikey WHERE prefix = %s", made["prefix"])

        assert made["key"].rpartition("_")[2] not in str(row)

    @pytest.mark.parametrize(
        "body",
        [
            {"name": "x", "scopes": []},
            {"name": "x", "scopes": ["admin"]},
            {"name": "x", "scopes": ["bid", "bid"]},
            {"name": "x", "scopes": "bid"},
            {"name": "", "scopes": ["bid"]},
            {"name": "a\x00", "scopes": ["bid"]},
            {"name": "x", "scopes": ["bid"], "account_id": "y"},
            {"scopes": ["bid"]},
            {"name": "x", "scopes": ["bid"], "expires_in_days": 0},
            {"name": "x", "scopes": ["bid"], "expires_in_days": 366},
            {"name": "x", "scopes": ["bid"], "expires_in_days": 10**30},
        ],
    )
    def test_refuses_what_breaks_a_rule(
        self, house: House, ana: Person, body: dict[str, object]
    ) -> None:
        answer = house.post("/api/auth/keys", body, token=ana.access_token)

        assert (answer.status, slug_of(answer)) == (400, "invalid-request")

    def test_holds_to_twenty_even_when_many_race_for_the_last_place(
        self, house: House, ana: Person
    ) -> None:
        body = {"name": "robot", "scopes": ["bid"]}
        for _ in range(15):
            make_key(house, ana)

        def ask(_: int) -> HttpResponse:
            return house.post("/api/auth/keys", body, token=ana.access_token)

        with ThreadPoolExecutor(10) as threads:
            answers = list(threads.map(ask, range(10)))

        assert sorted(answer.status for answer in answers) == [201] * 5 + [409] * 5
        assert {slug_of(answer) for answer in answers if answer.status == 409} == {"too-many-keys"}


class TestExchange:
    def test_lets_a_service_know_who_a_program_acts_for(self, house: House, ana: Person) -> None:
        made = make_key(house, ana, "read", "bid")

        identity = verifier_of(house).exchange(made["key"])

        assert identity.account_id == ana.account_id
        assert identity.scopes == frozenset({"read", "bid"})

    def test_refuses_a_revoked_key(self, house: House, ana: Person) -> None:
        made = make_key(house, ana)

        revoked = house.send("DELETE", f"/api/auth/keys/{made['prefix']}", token=ana.access_token)

        assert revoked.status == 204
        with pytest.raises(Unauthenticated):
            verifier_of(house).exchange(made["key"])
        again = house.send("DELETE", f"/api/auth/keys/{made['prefix']}", token=ana.access_token)
        assert (again.status, slug_of(again)) == (404, "key-not-found")

    def test_refuses_a_key_with_another_secret(self, house: House, ana: Person) -> None:
        made = make_key(house, ana)

        with pytest.raises(Unauthenticated):
            verifier_of(house).exchange(made["key"][:-2] + "zz")

    def test_refuses_all_keys_once_all_are_revoked(self, house: House, ana: Person) -> None:
        keys = [make_key(house, ana)["key"] for _ in range(3)]

        assert house.send("DELETE", "/api/auth/keys", token=ana.access_token).status == 204

        for key in keys:
            with pytest.raises(Unauthenticated):
                verifier_of(house).exchange(key)

    def test_is_for_services_with_the_scope(self, house: House, ana: Person) -> None:
        made = make_key(house, ana)

        for service_key in (NOTICES_KEY, AUCTIONS_KEY + "x", "svc_nobody_x"):
            with pytest.raises(AccountsUnavailable):
                verifier_of(house, service_key).exchange(made["key"])
        without = house.post("/internal/keys/exchange", {"key": made["key"]})
        own = house.send(
            "POST",
            "/internal/keys/exchange",
            {"key": made["key"]},
            headers={"X-API-Key": made["key"]},
        )
        person = house.post("/internal/keys/exchange", {"key": made["key"]}, token=ana.access_token)
        for answer in (without, own, person):
            assert (answer.status, slug_of(answer)) == (401, "not-a-service")
        other = house.send(
            "POST",
            "/internal/keys/exchange",
            {"key": made["key"]},
            headers={"X-API-Key": NOTICES_KEY},
        )
        assert (other.status, slug_of(other)) == (403, "scope-missing")

    def test_gives_two_minutes(self, house: House, ana: Person) -> None:
        answer = house.send(
            "POST",
            "/internal/keys/exchange",
            {"key": make_key(house, ana)["key"]},
            headers={"X-API-Key": AUCTIONS_KEY},
        )

        assert answer.status == 200
        assert json_of(answer)["expires_in"] == 120


class TestExpiry:
    def test_is_listed_and_ends_the_key(self, house: House, ana: Person) -> None:
        body = {"name": "robot", "scopes": ["read"], "expires_in_days": 30}
        made = json_of(house.post("/api/auth/keys", body, token=ana.access_token))
        endless = make_key(house, ana)
        assert made["expires_at"] > made["created_at"]
        assert not endless["expires_at"]

        house.query(
            "UPDATE accounts_apikey SET expires_at = now() WHERE prefix = %s", made["prefix"]
        )

        with pytest.raises(Unauthenticated):
            verifier_of(house).exchange(made["key"])
        listed = json_of(house.get("/api/auth/keys", token=ana.access_token))["items"]
        assert [each["prefix"] for each in listed] == [endless["prefix"]]


class TestLastUse:
    def test_is_listed(self, house: House, ana: Person) -> None:
        used, unused = make_key(house, ana, "read"), make_key(house, ana)

        house.send("GET", "/api/auth/me", headers={"X-API-Key": used["key"]})

        listed = json_of(house.get("/api/auth/keys", token=ana.access_token))["items"]
        uses = {each["prefix"]: each["last_used_at"] for each in listed}
        assert uses[used["prefix"]] is not None
        assert uses[unused["prefix"]] is None


class TestPage:
    def test_makes_a_key_that_it_shows_once_and_revokes_it(
        self, pages: House, browser: Browser
    ) -> None:
        person = new_person(pages)
        browser.get("/entrar")
        browser.post("/entrar", email=person.email, password=PASSWORD)
        browser.get("/perfil/chaves")
        typed = {"name": "robô de lances", "read": "on", "bid": "on", "expires": "90"}

        assert browser.post("/perfil/chaves", **typed).status == 200
        (key,) = re.findall(r"mk_[a-z0-9]{10}_[\w-]{43}", browser.text)
        own = {"X-API-Key": key}
        assert pages.send("GET", "/api/auth/me", headers=own).status == 200
        browser.get("/perfil/chaves")
        assert "robô de lances" in browser.text
        assert "Ler minha conta, Dar lances" in browser.text
        assert key not in browser.text

        revoked = browser.post("/perfil/chaves/revogar", prefix=key.split("_")[1])

        assert revoked.status == 303
        assert pages.send("GET", "/api/auth/me", headers=own).status == 401
        browser.get("/perfil/chaves")
        assert "Você não tem chaves." in browser.text

    def test_explains_what_is_missing(self, pages: House, browser: Browser) -> None:
        person = new_person(pages)
        browser.get("/entrar")
        browser.post("/entrar", email=person.email, password=PASSWORD)
        browser.get("/perfil/chaves")

        assert browser.post("/perfil/chaves", name="", expires="soon").status == 400

        for field in ("name", "read", "expires"):
            assert f'id="field-{field}-fault"' in browser.text


class TestScopes:
    def test_need_read_to_show_the_account(self, house: House, ana: Person) -> None:
        key = {"X-API-Key": make_key(house, ana, "bid", "buy", "sell")["key"]}

        refused = house.send("GET", "/api/auth/me", headers=key)

        assert (refused.status, slug_of(refused)) == (403, "scope-missing")

    def test_never_cover_what_administrators_do(self, house: House, ana: Person) -> None:
        made = make_key(house, ana, "read", "bid", "buy", "sell")
        assert house.command("admin", ana.email).returncode == 0

        identity = verifier_of(house).exchange(made["key"])

        assert identity.roles == frozenset({"buyer"})


class TestOwnership:
    def test_nobody_sees_or_revokes_anothers_keys(self, house: House, ana: Person) -> None:
        bruno = new_person(house, "Bruno Lima")
        made = make_key(house, ana)

        assert json_of(house.get("/api/auth/keys", token=bruno.access_token))["items"] == []
        answer = house.send("DELETE", f"/api/auth/keys/{made['prefix']}", token=bruno.access_token)
        house.send("DELETE", "/api/auth/keys", token=bruno.access_token)

        assert (answer.status, slug_of(answer)) == (404, "key-not-found")
        assert verifier_of(house).exchange(made["key"]).account_id == ana.account_id

    def test_a_program_sees_whom_it_acts_for_and_changes_nothing(
        self, house: House, ana: Person
    ) -> None:
        key = {"X-API-Key": make_key(house, ana, "read", "bid", "buy", "sell")["key"]}

        shown = house.send("GET", "/api/auth/me", headers=key)
        refused = [
            house.send("PATCH", "/api/auth/me", {"name": "Eve"}, headers=key),
            house.send("POST", "/api/auth/keys", {"name": "x", "scopes": ["bid"]}, headers=key),
            house.send("GET", "/api/auth/keys", headers=key),
            house.send("DELETE", "/api/auth/keys", headers=key),
        ]

        assert json_of(shown)["account_id"] == ana.account_id
        assert {(each.status, slug_of(each)) for each in refused} == {(403, "sign-in-required")}

    def test_an_unknown_key_is_no_sign_in(self, house: House) -> None:
        for key in ("", "mk_x", "mk_a1b2c3d4e5_" + "s" * 43, AUCTIONS_KEY):
            answer = house.send("GET", "/api/auth/me", headers={"X-API-Key": key})

            assert (answer.status, slug_of(answer)) == (401, "not-signed-in")


class TestContact:
    def ask(self, house: House, account_id: str, key: str = NOTICES_KEY) -> HttpResponse:
        return house.send(
            "GET", f"/internal/accounts/{account_id}/contact", headers={"X-API-Key": key}
        )

    def test_tells_a_service_how_to_reach_a_person(self, house: House, ana: Person) -> None:
        assert json_of(self.ask(house, ana.account_id)) == {
            "account_id": ana.account_id,
            "name": "Ana Souza",
            "email": ana.email,
        }

    @pytest.mark.parametrize(
        "account_id", ["x", "11111111-1111-4111-8111-111111111111", "%00", "'--", "..", "9" * 500]
    )
    def test_does_not_find_what_is_not_there(self, house: House, account_id: str) -> None:
        answer = self.ask(house, account_id)

        assert answer.status == 404
        assert slug_of(answer) in {"account-not-found", "not-found"}

    def test_is_for_services_with_the_scope(self, house: House, ana: Person) -> None:
        other = self.ask(house, ana.account_id, AUCTIONS_KEY)
        stranger = self.ask(house, ana.account_id, "svc_notices_guess")

        assert (other.status, slug_of(other)) == (403, "scope-missing")
        assert (stranger.status, slug_of(stranger)) == (401, "not-a-service")
