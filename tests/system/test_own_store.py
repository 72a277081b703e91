"""A stack with an external store: the launcher starts none and uses that."""

from pathlib import Path

import pytest

from engines.valkey import ValkeyServer, redis_binary, running
from stacks import LaunchedStack
from visitors import Visitor

JSON = {"Content-Type": "application/json"}


@pytest.mark.slow
def test_runs_on_the_redis_that_the_requirements_variables_name(tmp_path: Path) -> None:
    with running(ValkeyServer(redis_binary(), tmp_path / "redis")) as redis:
        named = {"REDIS_HOST": "127.0.0.1", "REDIS_PORT": str(redis.port), "REDIS_DB": "0"}
        stack = LaunchedStack(tmp_path / "data", {**named, "MARTELO_RATE_LIMITS": "off"})
        try:
            stack.up("gateway", "auctions-api", "storefront")
            status = stack.status()
            visitor = Visitor(int(status["urls"]["gateway"].rpartition(":")[2]))
            person = '{"email": "eva@example.com", "password": "uma senha longa", "name": "Eva"}'
            registered = visitor.send("POST", "/api/auth/register", person, JSON)
            tokens = visitor.send(
                "POST",
                "/api/auth/token",
                '{"email": "eva@example.com", "password": "uma senha longa"}',
                JSON,
            )
            assert (registered.status, tokens.status) == (201, 200), (registered, tokens)
            token = tokens.json["access_token"]
            created = visitor.send(
                "POST",
                "/create-auction",
                '{"title": "Bolo", "starting_price": "10.00", "duration_s": 600}',
                {**JSON, "Authorization": f"Bearer {token}"},
            )
            visitor.close()
        finally:
            stack.close()

        assert created.status == 201
        assert "valkey" not in {process["name"] for process in status["processes"]}
        assert status["urls"]["valkey"] == f"redis://127.0.0.1:{redis.port}/0"
        with redis.client() as client:
            assert client.info("server")["redis_version"].startswith("7.")
            assert list(client.scan_iter("{p*}:a:*:ledger"))
