import json

import pytest
import structlog
from django.test import Client
from django.utils.crypto import get_random_string


class TestEveryAnswer:
    @pytest.mark.parametrize("path", ["/", "/docs", "/problems.json", "/api/auth/me", "/nada"])
    def test_carries_the_headers_that_protect(self, client: Client, path: str) -> None:
        answer = client.get(path)

        assert "default-src 'none'" in answer["Content-Security-Policy"]
        assert "unsafe" not in answer["Content-Security-Policy"]
        assert "frame-ancestors 'none'" in answer["Content-Security-Policy"]
        assert answer["X-Content-Type-Options"] == "nosniff"
        assert answer["X-Frame-Options"] == "DENY"
        assert answer["Referrer-Policy"] == "same-origin"
        assert answer["Strict-Transport-Security"]
        assert answer["Cache-Control"] == "no-store"

    def test_carries_the_callers_request_id_where_it_is_sane(self, client: Client) -> None:
        answer = client.get("/api/auth/me", headers={"X-Request-Id": "caller-12345"})

        assert answer["X-Request-Id"] == "caller-12345"
        assert json.loads(answer.content)["instance"] == "caller-12345"

    def test_carries_an_id_of_its_own_otherwise(self, client: Client) -> None:
        answer = client.get("/api/auth/me", headers={"X-Request-Id": "<script>alert(1)</script>"})

        assert len(answer["X-Request-Id"]) == 32
        assert json.loads(answer.content)["instance"] == answer["X-Request-Id"]


class TestForms:
    @pytest.mark.usefixtures("world")
    @pytest.mark.parametrize(("scheme", "is_refused"), [("https", False), ("http", True)])
    def test_come_from_https_pages_alone(self, scheme: str, *, is_refused: bool) -> None:
        strict = Client(enforce_csrf_checks=True)
        strict.cookies["martelo-form"] = token = get_random_string(32)
        headers = {"Host": "martelo.test", "Origin": f"{scheme}://martelo.test"}

        answer = strict.post("/sair", {"csrfmiddlewaretoken": token}, headers=headers)

        assert (answer.status_code == 403) is is_refused


class TestRefusals:
    @pytest.mark.parametrize(
        ("method", "path", "status", "slug"),
        [
            ("GET", "/api/nothing", 404, "not-found"),
            ("GET", "/api/auth/me/", 404, "not-found"),
            ("GET", "/internal/", 404, "not-found"),
            ("PUT", "/api/auth/token", 405, "method-not-allowed"),
            ("GET", "/api/auth/me", 401, "not-signed-in"),
            ("POST", "/internal/keys/exchange", 401, "not-a-service"),
            ("GET", "/internal/accounts/x/contact", 401, "not-a-service"),
        ],
    )
    def test_are_problems(
        self, client: Client, method: str, path: str, status: int, slug: str
    ) -> None:
        answer = client.generic(method, path)

        assert answer.status_code == status
        assert answer["Content-Type"] == "application/problem+json"
        problem = json.loads(answer.content)
        assert (problem["type"], problem["status"]) == (f"/problems/{slug}", status)
        assert problem["instance"] == answer["X-Request-Id"]

    def test_say_how_to_sign_in(self, client: Client) -> None:
        assert client.get("/api/auth/me")["WWW-Authenticate"] == 'Bearer realm="martelo"'
        forged = client.get("/api/auth/me", headers={"Authorization": "Bearer a.b.c"})
        assert 'error="invalid_token"' in forged["WWW-Authenticate"]

    @pytest.mark.parametrize(
        ("content_type", "body", "status", "slug"),
        [
            ("text/plain", b"{}", 415, "not-json"),
            ("", b"{}", 415, "not-json"),
            ("application/x-www-form-urlencoded", b"email=a", 415, "not-json"),
            ("application/json", b"{", 400, "invalid-request"),
            ("application/json; charset=utf-8", b"[]", 400, "invalid-request"),
            ("application/json", b"[" * 60_000, 400, "invalid-request"),
            ("application/json", b" " * 100_000, 413, "too-large"),
        ],
    )
    def test_meet_bodies_that_are_none(
        self, client: Client, content_type: str, body: bytes, status: int, slug: str
    ) -> None:
        answer = client.generic("POST", "/api/auth/register", body, content_type)

        assert answer.status_code == status
        assert json.loads(answer.content)["type"] == f"/problems/{slug}"

    def test_are_pages_for_people(self, client: Client) -> None:
        answer = client.get("/nada")

        assert answer.status_code == 404
        assert answer["Content-Type"].startswith("text/html")
        assert "Não há nada aqui" in answer.content.decode()


class TestUnexpectedError:
    def test_is_logged_once_and_reveals_nothing(
        self, client: Client, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        def fail(_: object) -> None:
            raise RuntimeError("inner text")

        # The one place where a fault has to be planted in our own code.
        monkeypatch.setattr("martelo.storefront.clients.documents.ApiDocuments.problems", fail)
        with structlog.testing.capture_logs() as logged:
            answer = client.get("/problems.json")

        assert answer.status_code == 500
        assert b"inner text" not in answer.content
        assert json.loads(answer.content)["type"] == "/problems/internal-error"
        assert [line["event"] for line in logged] == ["unforeseen"]
