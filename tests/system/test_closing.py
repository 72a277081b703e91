"""Closing an account in a whole house: afterwards no store and no log has the name or address."""

from collections.abc import Iterator
from typing import Any

import psycopg
import pytest

from martelo.stack.folder import DataFolder
from martelo.stack.supervise.control import ask
from stacks import LaunchedStack, wait_for
from visitors import PASSWORD, Account, House, PageResponse

NAME = "Zuleide Quixabeira"


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    folder = tmp_path_factory.mktemp("closing") / "data"
    stack = LaunchedStack(folder, {"MARTELO_RATE_LIMITS": "off"})
    try:
        stack.up(
            *("storefront", "auctions-api", "auctions-worker", "auctions-live", "gateway"),
            *("agent-api", "agent-worker"),
        )
        yield House(stack)
    finally:
        stack.close()


def environment_of(house: House, context: str) -> dict[str, str]:
    folder = DataFolder(house.stack.data)
    answer = ask(folder, {"command": "environment", "context": context})["environment"]
    return {str(name): str(value) for name, value in answer.items()}


def find_in_databases(house: House, text: str) -> list[str]:
    """Return the tables with a row in which a text appears."""
    found = []
    for context in ("storefront", "auctions", "agent"):
        url = environment_of(house, context)["DATABASE_OWNER_URL"]
        with psycopg.connect(url) as connection:
            tables = connection.execute(
                "SELECT table_name FROM information_schema.tables WHERE table_schema = 'public'"
            ).fetchall()
            for (table,) in tables:
                query = f"SELECT 1 FROM {table} AS each WHERE each::text ILIKE %s LIMIT 1"  # noqa: S608 - our tables
                if connection.execute(query.encode(), (f"%{text}%",)).fetchone():
                    found.append(f"{context}.{table}")
    return found


def find_in_files(house: House, folder: str, text: str) -> list[str]:
    files = (path for path in (house.stack.data / folder).rglob("*") if path.is_file())
    return [path.name for path in files if text.encode() in path.read_bytes()]


def test_a_closed_account_leaves_no_name_and_no_address(house: House) -> None:
    ana, bruno, zuleide = (house.register(name) for name in ("Ana", "Bruno", NAME))
    lot = ana.create(buy_now_price="30.00")["id"]
    own = zuleide.create(title="Vaso", buy_now_price="30.00")["id"]
    open_lot = ana.create()["id"]
    assert zuleide.bid(open_lot, amount="10.00").status == 201
    assert zuleide.call("POST", f"/auction/{lot}/buy-now").status == 201
    assert ana.call("POST", f"/auction/{own}/buy-now").status == 201
    # The record and the agent lag a little.
    exported = wait_for(lambda: exported_with_all(zuleide), "the record to have the purchase")
    assert [each["id"] for each in exported["wins"]] == [lot]
    assert {each["kind"] for each in exported["bids"]} == {"bid", "purchase"}
    wait_for(
        lambda: any("agent." in table for table in find_in_databases(house, NAME)) or None,
        "the agent to write about it",
    )

    refused = close(zuleide)
    assert (refused.status, refused.slug) == (409, "open-obligations")
    assert refused.json["items"][0]["auction_id"] == open_lot
    assert bruno.bid(open_lot, amount="20.00").status == 201
    assert close(zuleide).status == 202
    let_time_pass(house, zuleide)

    wait_for(
        lambda: None if find_in_databases(house, NAME) else True, "the name to go", seconds=120
    )
    assert find_in_databases(house, zuleide.email) == []
    wait_for(
        lambda: None if find_in_files(house, "valkey", NAME) else True,
        "the store's files to be without it",
        seconds=120,
    )
    assert find_in_files(house, "log", NAME) == []
    assert find_in_files(house, "log", zuleide.email) == []
    sold = ana.call("GET", f"/auction/{own}").json
    assert sold["seller"]["name"] is None
    assert sold["current_price"] == "30.00"
    assert house.call("GET", f"/leiloes/{own}").status == 200


def exported_with_all(person: Account) -> dict[str, Any] | None:
    exported: dict[str, Any] = person.call("GET", "/api/auth/me/export").json["auctions"]
    return exported if exported["wins"] and len(exported["bids"]) > 1 else None


def close(person: Account) -> PageResponse:
    return person.call("DELETE", "/api/auth/me", {"current_password": PASSWORD})


def let_time_pass(house: House, person: Account) -> None:
    """Let the quarter of an hour pass in which tokens may still be valid."""
    url = environment_of(house, "storefront")["DATABASE_OWNER_URL"]
    with psycopg.connect(url) as connection:
        connection.execute(
            "UPDATE accounts_account SET closed_at = closed_at - interval '1 hour' WHERE id = %s",
            (person.account_id,),
        )
