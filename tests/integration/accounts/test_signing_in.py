import time
from concurrent.futures import ThreadPoolExecutor

import jwt
import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from engines.storefront import PASSWORD, House, Person, json_of, new_email, new_person, slug_of
from martelo.runtime.identity.tokens import TokenVerifier, Unauthenticated


@pytest.fixture
def ana(house: House) -> Person:
    return new_person(house)


@pytest.fixture
def verifier(house: House) -> TokenVerifier:
    return TokenVerifier(house.url, house.http, time.time)


def refresh(house: House, token: str) -> tuple[int, dict[str, str]]:
    answer = house.post("/api/auth/refresh", {"refresh_token": token})
    return answer.status, json_of(answer)


class TestToken:
    def test_is_taken_by_the_services(self, ana: Person, verifier: TokenVerifier) -> None:
        identity = verifier.verify(ana.access_token)

        assert (identity.account_id, identity.name) == (ana.account_id, "Ana Souza")
        assert identity.roles == frozenset({"buyer"})
        assert identity.scopes is None

    def test_comes_with_what_the_contract_promises(self, house: House, ana: Person) -> None:
        answer = house.post("/api/auth/token", {"email": ana.email.upper(), "password": PASSWORD})

        body = json_of(answer)
        assert answer.status == 200
        assert set(body) == {"access_token", "token_type", "expires_in", "refresh_token"}
        assert (body["token_type"], body["expires_in"]) == ("Bearer", 600)
        assert answer.headers["cache-control"] == "no-store"

    def test_says_the_same_of_an_unknown_email_and_a_wrong_password(
        self, house: House, ana: Person
    ) -> None:
        wrong = house.post("/api/auth/token", {"email": ana.email, "password": PASSWORD + "x"})
        unknown = house.post("/api/auth/token", {"email": new_email(), "password": PASSWORD})
        malformed = house.post("/api/auth/token", {"email": "ana", "password": PASSWORD})

        answers = [wrong, unknown, malformed]
        assert {(each.status, slug_of(each)) for each in answers} == {(401, "bad-credentials")}
        bodies = [{**json_of(each), "instance": ""} for each in answers]
        assert bodies[0] == bodies[1] == bodies[2]
        assert all("www-authenticate" in each.headers for each in answers)

    @pytest.mark.parametrize("password", ["", "x" * 50_000, "\x00", PASSWORD.upper()])
    def test_refuses_any_other_password(self, house: House, ana: Person, password: str) -> None:
        answer = house.post("/api/auth/token", {"email": ana.email, "password": password})

        assert (answer.status, slug_of(answer)) == (401, "bad-credentials")


class TestForgedTokens:
    claims = {  # noqa: RUF012 - read only
        "iss": "martelo",
        "aud": "martelo",
        "sub": "11111111-1111-4111-8111-111111111111",
        "name": "Eve",
        "roles": ["admin"],
        "iat": 1,
        "exp": 99_999_999_999,
        "jti": "j",
    }

    def test_are_refused_here_and_by_the_services(
        self, house: House, ana: Person, verifier: TokenVerifier
    ) -> None:
        verifier.verify(ana.access_token)
        key = Ed25519PrivateKey.generate()
        x = json_of(house.get("/.well-known/jwks.json"))["keys"][0]["x"]
        headers = {"kid": "k1", "typ": "at+jwt"}
        forged = [
            jwt.encode(self.claims, key, algorithm="EdDSA", headers=headers),
            jwt.encode(self.claims, key, algorithm="EdDSA", headers={**headers, "kid": "k2"}),
            jwt.encode(self.claims, "", algorithm="none", headers=headers),
            jwt.encode(self.claims, x.ljust(64), algorithm="HS256", headers=headers),
            ana.access_token[:-3] + "AAA",
            ana.access_token + "A",
            ana.refresh_token,
            "x",
        ]

        for token in forged:
            answer = house.get("/api/auth/me", token=token)
            assert (answer.status, slug_of(answer)) == (401, "not-signed-in")
            assert 'error="invalid_token"' in answer.headers["www-authenticate"]
            with pytest.raises(Unauthenticated):
                verifier.verify(token)

    @pytest.mark.parametrize("header", ["", "Bearer", "Basic YTpi", "bearer x", "Bearer a b"])
    def test_are_refused_in_any_dress(self, house: House, header: str) -> None:
        answer = house.send("GET", "/api/auth/me", headers={"Authorization": header})

        assert (answer.status, slug_of(answer)) == (401, "not-signed-in")


class TestRefresh:
    def test_gives_new_tokens(self, house: House, ana: Person, verifier: TokenVerifier) -> None:
        status, body = refresh(house, ana.refresh_token)

        assert status == 200
        assert body["refresh_token"] != ana.refresh_token
        assert verifier.verify(body["access_token"]).account_id == ana.account_id
        assert refresh(house, body["refresh_token"])[0] == 200

    def test_ends_the_family_of_a_token_used_twice(self, house: House, ana: Person) -> None:
        _, body = refresh(house, ana.refresh_token)

        assert refresh(house, ana.refresh_token)[0] == 401
        assert refresh(house, body["refresh_token"])[0] == 401

    def test_leaves_other_sign_ins_of_the_person_alone(self, house: House, ana: Person) -> None:
        other = json_of(house.post("/api/auth/token", {"email": ana.email, "password": PASSWORD}))
        refresh(house, ana.refresh_token)
        refresh(house, ana.refresh_token)

        assert refresh(house, other["refresh_token"])[0] == 200

    def test_serves_one_of_twenty_who_race_and_then_nobody(self, house: House, ana: Person) -> None:
        with ThreadPoolExecutor(20) as threads:
            answers = list(threads.map(lambda _: refresh(house, ana.refresh_token), range(20)))

        assert sorted(status for status, _ in answers) == [200] + [401] * 19
        (successor,) = [body["refresh_token"] for status, body in answers if status == 200]
        assert refresh(house, successor)[0] == 401

    def test_refuses_an_expired_family(self, house: House, ana: Person) -> None:
        house.query(
            "UPDATE accounts_refreshfamily SET expires_at = now() WHERE account_id = %s",
            ana.account_id,
        )

        assert refresh(house, ana.refresh_token)[0] == 401

    def test_keeps_only_hashes(self, house: House, ana: Person) -> None:
        rows = house.query(
            "SELECT current_sha256 FROM accounts_refreshfamily WHERE account_id = %s",
            ana.account_id,
        )

        assert all(len(row[0]) == 64 and row[0] not in ana.refresh_token for row in rows)

    @pytest.mark.parametrize("token", ["", "rt_", "x" * 10_000, "\x00", "rt_" + "0" * 32])
    def test_refuses_junk(self, house: House, token: str) -> None:
        status, body = refresh(house, token)

        assert (status, body["type"]) == (401, "/problems/bad-refresh-token")


class TestLogout:
    def test_ends_the_sign_in(self, house: House, ana: Person) -> None:
        answer = house.post("/api/auth/logout", {"refresh_token": ana.refresh_token})

        assert (answer.status, answer.body) == (204, b"")
        assert refresh(house, ana.refresh_token)[0] == 401

    def test_says_the_same_whatever_is_sent_and_ends_nothing_else(
        self, house: House, ana: Person
    ) -> None:
        forged = ana.refresh_token[:-1] + ("A" if ana.refresh_token[-1] != "A" else "B")

        for token in ("", "x", forged):
            assert house.post("/api/auth/logout", {"refresh_token": token}).status == 204

        assert refresh(house, ana.refresh_token)[0] == 200


class TestMe:
    def test_shows_ones_own_account(self, house: House, ana: Person) -> None:
        answer = house.get("/api/auth/me", token=ana.access_token)

        assert json_of(answer) == {
            "account_id": ana.account_id,
            "email": ana.email,
            "email_confirmed": False,
            "name": "Ana Souza",
            "roles": ["buyer"],
        }

    def test_changes_the_name(self, house: House, ana: Person) -> None:
        answer = house.send("PATCH", "/api/auth/me", {"name": "Aninha"}, token=ana.access_token)

        assert json_of(answer)["name"] == "Aninha"
        _, tokens = refresh(house, ana.refresh_token)
        claims = jwt.decode(tokens["access_token"], options={"verify_signature": False})
        assert claims["name"] == "Aninha"

    def test_changes_the_password_and_ends_every_sign_in(self, house: House, ana: Person) -> None:
        change = {"password": "another good one", "current_password": PASSWORD}

        answer = house.send("PATCH", "/api/auth/me", change, token=ana.access_token)

        assert answer.status == 200
        assert refresh(house, ana.refresh_token)[0] == 401
        old, new = (
            house.post("/api/auth/token", {"email": ana.email, "password": password}).status
            for password in (PASSWORD, "another good one")
        )
        assert (old, new) == (401, 200)

    @pytest.mark.parametrize(
        "change",
        [
            {"roles": ["admin"]},
            {"email": "other@example.com"},
            {"account_id": "x"},
            {"name": ""},
            {"name": None},
            {"password": "another good one"},
            {"current_password": PASSWORD},
            {"password": "another good one", "current_password": "wrong"},
            {"password": "short", "current_password": PASSWORD},
            {"password": "another good one", "current_password": PASSWORD, "name": ""},
        ],
    )
    def test_refuses_every_other_change(
        self, house: House, ana: Person, change: dict[str, object]
    ) -> None:
        answer = house.send("PATCH", "/api/auth/me", change, token=ana.access_token)

        assert (answer.status, slug_of(answer)) == (400, "invalid-request")
        assert json_of(house.get("/api/auth/me", token=ana.access_token))["name"] == "Ana Souza"
        assert refresh(house, ana.refresh_token)[0] == 200
