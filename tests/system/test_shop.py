"""A house with the shop switched on, and one without, through the launcher."""

import json
from collections.abc import Iterator
from pathlib import Path
from urllib.error import HTTPError
from urllib.request import Request, urlopen

import pytest

from engines.ports import free_port
from stacks import LaunchedStack, wait_for

PROCESSES = ("postgresql-replica", "catalog-api", "catalog-replica", "storefront", "gateway")


def ask(stack: LaunchedStack, process: str, path: str, method: str = "GET") -> tuple[int, str]:
    [port, *_] = stack.process(process)["ports"]
    try:
        with urlopen(
            Request(f"http://127.0.0.1:{port}{path}", method=method), timeout=10
        ) as answer:
            return answer.status, answer.read().decode()
    except HTTPError as error:
        return error.code, error.read().decode()


@pytest.fixture(scope="module")
def stack(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LaunchedStack]:
    settings = {"SHOP": "yes", "MARTELO_RATE_LIMITS": "off"}
    launched = LaunchedStack(tmp_path_factory.mktemp("shop") / "data", settings)
    try:
        launched.up(*PROCESSES, words=("--port", str(free_port())))
        for name in PROCESSES:
            launched.wait_ready(name)
        with launched.connect("catalog", "catalog") as connection:
            connection.execute("INSERT INTO category VALUES ('bolos', 'Bolos', true)")
        yield launched
    finally:
        launched.close()


class TestHouseWithAShop:
    def test_serves_the_catalog_through_the_gateway(self, stack: LaunchedStack) -> None:
        def look() -> bool | None:
            status, body = ask(stack, "gateway", "/api/categorias")
            # The replica follows the primary within moments.
            return True if status == 200 and "bolos" in body else None

        wait_for(look, "the category")
        assert ask(stack, "gateway", "/api/produtos") == (200, '{"items":[],"next_cursor":null}')
        document = json.loads(ask(stack, "gateway", "/openapi/catalog.json")[1])
        assert document["info"]["title"] == "Martelo catalog"

    def test_reads_from_the_standby(self, stack: LaunchedStack) -> None:
        assert ask(stack, "catalog-replica", "/api/produtos")[0] == 200
        with stack.connect("postgres", "postgres", name="postgresql-replica") as connection:
            rows = connection.execute(
                "SELECT 1 FROM pg_stat_activity WHERE application_name = 'catalog-replica'"
            ).fetchall()
        assert rows

    def test_reads_through_the_gateway_while_the_replica_is_down(
        self, stack: LaunchedStack
    ) -> None:
        stack.do("kill", "catalog-replica", "--hold", "4")

        assert ask(stack, "gateway", "/api/produtos")[0] == 200
        assert ask(stack, "gateway", "/api/produtos/1/estoque", "PUT")[0] == 401
        stack.wait_ready("catalog-replica")

    def test_goes_on_reading_while_the_primary_is_down(self, stack: LaunchedStack) -> None:
        stack.do("kill", "postgresql", "--hold", "6")

        assert ask(stack, "catalog-replica", "/api/categorias")[0] == 200
        assert ask(stack, "gateway", "/api/categorias")[0] == 200
        stack.wait_ready("postgresql")


class TestHouseWithoutAShop:
    def test_does_not_know_its_addresses(self, tmp_path: Path) -> None:
        stack = LaunchedStack(tmp_path / "data")
        try:
            stack.up("gateway", words=("--port", str(free_port())))
            stack.wait_ready("gateway")

            assert ask(stack, "gateway", "/api/produtos")[0] == 404
            assert ask(stack, "gateway", "/api/produtos/1/estoque", "PUT")[0] == 404
            names = {process["name"] for process in stack.status()["processes"]}
            assert not [name for name in names if name.startswith("catalog")]
            refused = stack.run("up", "--only", "catalog-api")
            assert "catalog-api runs only with SHOP=yes" in refused.stderr
        finally:
            stack.close()
