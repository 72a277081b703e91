"""The demo on a real stack: it fills an empty installation, and no other."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from martelo.demo.domain.catalogue import OFFERS, PASSWORD
from martelo.runtime.http.client import HttpClient, open_client
from stacks import START_DEADLINE_S, LaunchedStack, wait_for

pytestmark = pytest.mark.slow


class House:
    """A client of a stack's gateway."""

    def __init__(self, stack: LaunchedStack, client: HttpClient) -> None:
        self.stack = stack
        self._client = client
        self._url = f"http://127.0.0.1:{stack.process('gateway')['ports'][0]}"

    def call(self, method: str, path: str, token: str = "", body: object = None) -> dict[str, Any]:
        headers = {"Authorization": f"Bearer {token}"} if token else {}
        content = None if body is None else json.dumps(body).encode()
        answer = self._client.send(
            method,
            self._url + path,
            headers={**headers, "Content-Type": "application/json"},
            content=content,
        )
        assert answer.status in {200, 201}, answer.body
        return dict(json.loads(answer.body))

    def lots(self) -> list[dict[str, Any]]:
        return list(self.call("GET", "/view-auctions?status=all&limit=100")["items"])


@pytest.fixture
def stack(tmp_path: Path) -> Iterator[LaunchedStack]:
    stack = LaunchedStack(tmp_path / "data")
    yield stack
    stack.close()


@pytest.fixture
def client() -> Iterator[HttpClient]:
    client = open_client(connect_timeout_s=2, read_timeout_s=10)
    yield client
    client.close()


def test_fills_an_empty_house_once_and_bids_in_it(stack: LaunchedStack, client: HttpClient) -> None:
    stack.up_with_demo("demo-bidders", "auctions-worker", "images-api")
    stack.wait_ready("demo-bidders")
    house = House(stack, client)
    seeded = wait_for(lambda: lots if len(lots := house.lots()) >= 12 else None, "the seed")
    assert {lot["title"] for lot in seeded} == {offer.title for offer in OFFERS}
    assert all(1 <= len(lot["images"]) <= 3 for lot in seeded)

    token = house.call(
        "POST", "/api/auth/token", body={"email": "ana@example.com", "password": PASSWORD}
    )["access_token"]
    own = {"title": "Relógio de parede", "starting_price": "1.00", "duration_s": 600}
    foreign = house.call("POST", "/create-auction", token, own)["id"]
    wait_for(lambda: any(lot["bid_count"] for lot in house.lots()) or None, "a first bid")
    # Again, with a lot that is not the demo's.
    assert "every lot was there" in stack.do("exec", "demo", "seed")

    lots = {lot["id"]: lot for lot in house.lots()}
    assert len(lots) == 13
    assert lots[foreign]["bid_count"] == 0


def test_leaves_the_house_empty_if_it_is_switched_off(
    stack: LaunchedStack, client: HttpClient
) -> None:
    stack.up("demo-bidders")

    assert House(stack, client).lots() == []
    assert "demo-bidders" not in {each["name"] for each in stack.status()["processes"]}


def test_is_refused_in_production(stack: LaunchedStack) -> None:
    stack.environment["MARTELO_ENV"] = "production"
    stack.up_with_demo("demo-bidders")

    assert "demo-bidders" not in {each["name"] for each in stack.status()["processes"]}
    refused = stack.run("exec", "demo", "seed")
    assert refused.returncode == 1
    assert "production" in refused.stderr + refused.stdout


def test_its_accounts_are_refused_in_production_until_they_are_removed(
    stack: LaunchedStack,
) -> None:
    stack.up("storefront")
    stack.do("exec", "storefront", "demo-accounts")
    stack.do("down")
    stack.environment["MARTELO_ENV"] = "production"

    refused = stack.run("up", "--only", "storefront", timeout_s=START_DEADLINE_S)
    stack.up("storefront", words=("--remove-demo",))

    assert refused.returncode == 1
    assert "admin@example.com" in refused.stdout
    assert "./martelo up --remove-demo" in refused.stdout
    assert stack.run("exec", "storefront", "check-demo").returncode == 0
