import os
import re
import signal
from pathlib import Path

import pytest

from engines.storefront import PASSWORD, House, json_of, new_email, new_person, slug_of
from martelo.runtime.http.client import HttpFailed


class TestDatabaseDown:
    def test_is_503_and_passes(self, house: House) -> None:
        ana = new_person(house)
        key = house.post(
            "/api/auth/keys", {"name": "robot", "scopes": ["bid"]}, token=ana.access_token
        )
        house.postgresql.kill()
        try:
            refused = [
                house.post("/api/auth/token", {"email": ana.email, "password": PASSWORD}),
                house.post("/api/auth/refresh", {"refresh_token": ana.refresh_token}),
                house.post(
                    "/api/auth/register",
                    {"email": new_email(), "password": PASSWORD, "name": "Bia"},
                ),
                house.get("/api/auth/me", token=ana.access_token),
                house.send("GET", "/api/auth/me", headers={"X-API-Key": json_of(key)["key"]}),
            ]
            served = [house.get(path).status for path in ("/healthz", "/", "/docs")]
            keys = house.get("/.well-known/jwks.json")
            ready = house.get("/readyz")
            forged = house.get("/api/auth/me", token="x")
        finally:
            house.postgresql.start()

        assert [(each.status, slug_of(each)) for each in refused] == [(503, "unavailable")] * 5
        assert all(int(each.headers["retry-after"]) >= 1 for each in refused)
        assert (served, keys.status, ready.status) == ([200] * 3, 200, 503)
        assert forged.status == 401
        house.wait_until(lambda: house.get("/readyz").status == 200)
        again = house.post("/api/auth/refresh", {"refresh_token": ana.refresh_token})
        assert again.status == 200


class TestWorkerKilled:
    def test_is_replaced(self, house: House) -> None:
        workers = re.findall(r"Spawning worker-1 with PID: (\d+)", house.log.read_text())
        assert house.process is not None

        os.kill(int(workers[-1]), signal.SIGKILL)

        house.wait_until(lambda: len(_spawned(house)) > len(workers))
        house.wait_until(lambda: house.get("/readyz").status == 200)
        assert house.process.poll() is None


def _spawned(house: House) -> list[str]:
    return re.findall(r"(?:Spawning|Respawning) worker-1", house.log.read_text())


class TestHostileRequests:
    @pytest.mark.parametrize(
        "path",
        [
            "/%00",
            "/api/auth/%ff%fe",
            "/api/auth/keys/%00",
            "/api/auth/keys/..%2f..%2fetc",
            "/internal/accounts/%e2%80%ae/contact",
            "/static/../settings.py",
            "/static/web/../views.py",
            "/static/..%2fsettings.py",
            "/" + "x" * 5000,
            "/?" + "a=1&" * 1500,
            "//",
        ],
    )
    def test_are_never_a_fault(self, house: House, path: str) -> None:
        for method in ("GET", "POST", "DELETE", "PATCH", "OPTIONS"):
            try:
                answer = house.send(method, path)
            except HttpFailed as error:
                pytest.fail(f"{method} {path}: {error}")
            assert answer.status < 500
            assert b"django" not in answer.body.lower()
            assert b"BaseSettings" not in answer.body


class TestLogs:
    def test_hold_no_secret(self, house: House) -> None:
        ana = new_person(house)
        made = json_of(
            house.post(
                "/api/auth/keys", {"name": "robot", "scopes": ["bid"]}, token=ana.access_token
            )
        )
        house.send("GET", "/api/auth/me", headers={"X-API-Key": made["key"]})
        house.post("/api/auth/refresh", {"refresh_token": ana.refresh_token})

        logged = Path(house.log).read_text()

        assert logged
        for secret in (PASSWORD, ana.access_token, ana.refresh_token, made["key"]):
            assert secret not in logged
        for name in ("DATABASE_URL", "DATABASE_OWNER_URL", "DJANGO_SECRET_KEY"):
            assert house.environment[name] not in logged
        assert "Traceback" not in logged
        assert "unforeseen" not in logged
