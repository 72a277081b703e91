"""One person's data: exported whole, and erased from both stores and their files."""

import hashlib
import json
from typing import Any
from unittest.mock import Mock

import pytest
from flask.testing import FlaskClient
from prometheus_client import CollectorRegistry
from sqlalchemy import text

from engines.house import ANA, BRUNO, House
from martelo.auctions.adapters.record.people import SqlPeople
from martelo.auctions.api.shared import Dependencies
from martelo.auctions.domain.auction import Person
from martelo.auctions.domain.creating import Draft
from martelo.auctions.main.api import build_app
from martelo.auctions.verification import verify
from martelo.kernel.ids import AccountId, AuctionId
from martelo.runtime.http.metrics import HttpMetrics
from martelo.runtime.identity.service_keys import ServiceCaller

KEY = "svc_accounts_secret"
WORD = "Zulmira"
ZULMIRA = Person(AccountId("d0000000-0000-4000-8000-000000000004"), f"{WORD} das Dores")
PATH = f"/internal/people/{ZULMIRA.account_id}"


@pytest.fixture
def api(house: House) -> FlaskClient:
    deps = Mock(spec=Dependencies)
    deps.store, deps.record, deps.known_id = house.store, house.record, AuctionId
    deps.people, deps.verifier = SqlPeople(house.engine), None
    caller = ServiceCaller(
        sha256=hashlib.sha256(KEY.encode()).hexdigest(), scopes=frozenset({"people:manage"})
    )
    deps.service_callers = {"accounts": caller}
    return build_app(deps, None, HttpMetrics(CollectorRegistry())).test_client()


def call(api: FlaskClient, method: str) -> tuple[int, Any]:
    answer = api.open(PATH, method=method, headers={"X-API-Key": KEY})
    return answer.status_code, answer.json


def shown(api: FlaskClient, lot: AuctionId) -> Any:  # noqa: ANN401 - JSON
    return api.get(f"/auction/{lot}/ledger?limit=100").json


def closed_with_zulmira(house: House) -> list[AuctionId]:
    """Return ended lots that Zulmira sold, won, bought and lost; the first is forgotten."""
    house.decide_at(house.store.now_ms() - 100_000)
    minute = Draft("Bolo", "", 1_000, duration_ms=60_000, soft_close_window_s=0)
    buyable = Draft("Vaso", "", 1_000, duration_ms=60_000, buy_now_cents=9_000)
    sold, won, lost = house.open(minute, seller=ZULMIRA), house.open(minute), house.open(minute)
    bought = house.open(buyable)
    house.bid(sold, BRUNO, 1_000)
    house.bid(won, ZULMIRA, 1_000, 5_000)
    house.bid(won, ZULMIRA, None, 6_000)
    house.bid(lost, ZULMIRA, 1_000)
    house.bid(lost, BRUNO, 2_000)
    house.store.buy_now(bought, ZULMIRA)
    house.decide_now()
    for lot in (sold, won, lost):
        house.store.close([lot])
    lots = [sold, won, lost, bought]
    house.archive_all(*lots)
    house.store.forget([sold])
    house.archive.forgotten([sold])
    return lots


def everything_stored(house: House) -> bytes:
    """Return the files of the live store, and the contents of the record's tables."""
    files = b"".join(
        path.read_bytes() for path in house.valkey_server.folder.rglob("*") if path.is_file()
    )
    with house.engine.connect() as connection:
        tables = connection.scalars(
            text("SELECT tablename FROM pg_tables WHERE schemaname = 'public'")
        ).all()
        rows = [
            str(connection.execute(text(f"SELECT to_jsonb(t)::text FROM {table} t")).all())  # noqa: S608 - of the catalogue
            for table in tables
        ]
    return files + "".join(rows).encode()


class TestExport:
    def test_has_everything_of_a_person(self, house: House, api: FlaskClient) -> None:
        sold, won, lost, bought = closed_with_zulmira(house)
        open_lot = house.open(seller=ZULMIRA)
        house.archive_all(open_lot)

        status, found = call(api, "GET")

        assert status == 200
        assert found["names"] == [ZULMIRA.name]
        assert {each["id"] for each in found["auctions"]} == {sold, open_lot}
        assert {each["id"] for each in found["wins"]} == {won, bought}
        bids = [(each["auction_id"], each["kind"], each["max_amount"]) for each in found["bids"]]
        assert sorted(bids, key=str) == sorted(
            [
                (won, "bid", "50.00"),
                (won, "raise", "60.00"),
                (lost, "bid", None),
                (bought, "purchase", None),
            ],
            key=str,
        )
        assert found["obligations"] == [{"auction_id": open_lot, "part": "sells"}]

    def test_is_empty_of_a_stranger(self, api: FlaskClient) -> None:
        _, found = call(api, "GET")

        assert {name for name, value in found.items() if value} == {"account_id"}


class TestErasure:
    def test_leaves_the_name_in_no_store_and_no_file(self, house: House, api: FlaskClient) -> None:
        lots = closed_with_zulmira(house)
        kept = house.open()
        house.bid(kept, ZULMIRA, 10_000)
        house.bid(kept, BRUNO, 20_000)
        house.archive_all(kept)
        assert WORD.encode() in everything_stored(house)
        assert "Z***s" in json.dumps(shown(api, lots[1]))

        answers = [call(api, "DELETE")[0] for _ in range(2)]

        assert answers == [204, 204]
        assert WORD.encode() not in everything_stored(house)
        for lot in [*lots, kept]:
            page = json.dumps(shown(api, lot)) + json.dumps(api.get(f"/auction/{lot}").json)
            assert WORD not in page
            assert "Z***s" not in page
            found = verify(house.store, house.record, lot)
            assert not any(each.differences for each in found)
        assert api.get(f"/auction/{lots[0]}").json["seller"] == {  # type: ignore[index]
            "id": ZULMIRA.account_id,
            "name": None,
        }
        assert api.get(f"/auction/{lots[1]}").json["leader"] == {"name": None, "number": 1}  # type: ignore[index]
        assert call(api, "GET")[1]["names"] == []

    def test_is_not_undone_by_who_archives(self, house: House, api: FlaskClient) -> None:
        lot = house.open()
        house.bid(lot, ZULMIRA, 10_000)
        house.bid(lot, BRUNO, 20_000)
        read = house.source.lines({lot: (0, 0)}, 10)
        house.archive.archive({lot: read[lot][:2]})

        assert call(api, "DELETE")[0] == 204

        house.archive.archive(read)
        assert house.record.names(lot, [0, 1, 2]) == {0: ANA.name, 2: BRUNO.name}

    def test_waits_for_obligations(self, house: House, api: FlaskClient) -> None:
        sold, led, lost = house.open(seller=ZULMIRA), house.open(), house.open()
        house.bid(led, ZULMIRA, 10_000)
        house.bid(lost, ZULMIRA, 10_000)
        house.bid(lost, BRUNO, 20_000)
        house.archive_all(sold, led, lost)

        status, problem = call(api, "DELETE")

        assert (status, problem["type"]) == (409, "/problems/open-obligations")
        assert sorted(problem["items"], key=str) == sorted(
            [{"auction_id": sold, "part": "sells"}, {"auction_id": led, "part": "leads"}], key=str
        )
        assert house.store.names(led, [1]) == {1: ZULMIRA.name}

    @pytest.mark.parametrize("method", ["GET", "DELETE"])
    def test_is_for_services_with_the_scope(self, api: FlaskClient, method: str) -> None:
        answer = api.open(PATH, method=method)

        assert answer.status_code == 401
