"""Permissions: every route with every kind of caller, and access to what others own."""

from collections.abc import Callable
from typing import Any
from unittest.mock import Mock

import pytest
from prometheus_client import CollectorRegistry

from martelo.auctions.api.shared import Dependencies
from martelo.auctions.main.api import build_app
from martelo.runtime.http.metrics import HttpMetrics
from visitors import Account, House, PageResponse

CALLERS = ("nobody", "stranger", "bidder", "seller", "admin", "key that reads", "key that sells")
ANYBODY = dict.fromkeys(CALLERS, 200)
SIGNED_IN = ANYBODY | {"nobody": 401}
READS = SIGNED_IN | {"key that sells": 403}
NOTHING = dict.fromkeys(CALLERS, 404)

ROUTES: dict[tuple[str, str], dict[str, int]] = {
    ("GET", "/view-auctions"): ANYBODY,
    ("GET", "/auction/<auction_id>"): ANYBODY,
    ("GET", "/auction/<auction_id>/bids"): ANYBODY,
    ("GET", "/auction/<auction_id>/ledger"): ANYBODY,
    ("GET", "/my/bids"): READS,
    ("GET", "/my/auctions"): READS,
    ("POST", "/create-auction"): dict.fromkeys(CALLERS, 201)
    | {"nobody": 401, "key that reads": 403},
    ("POST", "/place-bid"): dict.fromkeys(CALLERS, 201)
    | {"nobody": 401, "seller": 403, "key that reads": 403, "key that sells": 403},
    # There is a bid, so the buy-now price has expired.
    ("POST", "/auction/<auction_id>/buy-now"): dict.fromkeys(CALLERS, 409)
    | {"nobody": 401, "seller": 403, "key that reads": 403, "key that sells": 403},
    ("POST", "/auction/<auction_id>/cancel"): dict.fromkeys(CALLERS, 403)
    | {"nobody": 401, "seller": 409, "admin": 200},
    ("PATCH", "/auction/<auction_id>"): dict.fromkeys(CALLERS, 403)
    | {"nobody": 401, "seller": 409},
    ("POST", "/auction/<auction_id>/extend"): dict.fromkeys(CALLERS, 403)
    | {"nobody": 401, "admin": 200},
    ("POST", "/auction/<auction_id>/void-bids"): dict.fromkeys(CALLERS, 403)
    | {"nobody": 401, "admin": 200},
    ("POST", "/auctions/extend"): dict.fromkeys(CALLERS, 403) | {"nobody": 401, "admin": 200},
    ("GET", "/auctions/outages"): dict.fromkeys(CALLERS, 403) | {"nobody": 401, "admin": 200},
    ("POST", "/auctions/outages/<outage_id>/extend"): dict.fromkeys(CALLERS, 403)
    | {"nobody": 401, "admin": 404},
    ("DELETE", "/auctions/outages/<outage_id>"): dict.fromkeys(CALLERS, 403)
    | {"nobody": 401, "admin": 404},
    # Internal, for the other contexts.
    ("GET", "/internal/auctions/finished"): NOTHING,
    ("GET", "/internal/auction/<auction_id>/finished"): NOTHING,
    ("GET", "/internal/people/<account_id>"): NOTHING,
    ("DELETE", "/internal/people/<account_id>"): NOTHING,
    # Internal, for probes and metrics; not routed by the gateway.
    ("GET", "/healthz"): NOTHING,
    ("GET", "/readyz"): NOTHING,
    ("GET", "/metrics"): NOTHING,
    ("GET", "/openapi.json"): ANYBODY,
    ("GET", "/asyncapi.json"): ANYBODY,
    ("GET", "/problems.json"): ANYBODY,
}
"""Status by caller, for a lot that one account sells and another has bid on."""

EXTENSION: dict[str, object] = {"minutes": 1, "reason": "O site ficou fora do ar."}
VOIDING: dict[str, object] = {"number": 1, "reason": "Conta criada para tumultuar."}

BODIES: dict[tuple[str, str], Callable[[str, str], dict[str, object] | None]] = {
    ("POST", "/create-auction"): lambda _lot, _amount: {
        "title": "Torta",
        "starting_price": "1.00",
        "duration_s": 60,
    },
    ("POST", "/place-bid"): lambda lot, amount: {"auction_id": lot, "amount": amount},
    ("POST", "/auction/<auction_id>/buy-now"): lambda _lot, _amount: {},
    ("POST", "/auction/<auction_id>/cancel"): lambda _lot, _amount: {"reason": "quebrou"},
    ("PATCH", "/auction/<auction_id>"): lambda _lot, _amount: {"title": "Torta"},
    ("POST", "/auction/<auction_id>/extend"): lambda _lot, _amount: EXTENSION,
    ("POST", "/auction/<auction_id>/void-bids"): lambda _lot, _amount: VOIDING,
    ("POST", "/auctions/extend"): lambda _lot, _amount: EXTENSION,
    ("POST", "/auctions/outages/<outage_id>/extend"): lambda _lot, _amount: EXTENSION,
}


def test_every_route_of_the_api_is_in_the_table() -> None:
    metrics = HttpMetrics(CollectorRegistry())
    rules = build_app(Mock(spec=Dependencies), None, metrics).url_map.iter_rules()

    found = {(method, rule.rule) for rule in rules for method in (rule.methods or set())}
    assert {pair for pair in found if pair[0] not in {"HEAD", "OPTIONS"}} == set(ROUTES)


@pytest.fixture(scope="module")
def callers(
    carla: Account, bruno: Account, ana: Account, admin: Account
) -> dict[str, dict[str, str]]:
    """Return the headers that authenticate, by kind of caller."""

    def key(*scopes: str) -> dict[str, str]:
        made = carla.call("POST", "/api/auth/keys", {"name": "um programa", "scopes": scopes})
        assert made.status == 201, made.body
        return {"X_API_Key": made.json["key"]}

    people = {"stranger": carla, "bidder": bruno, "seller": ana, "admin": admin}
    tokens = {who: {"Authorization": f"Bearer {person.token}"} for who, person in people.items()}
    return {"nobody": {}, **tokens, "key that reads": key("read"), "key that sells": key("sell")}


@pytest.mark.parametrize("caller", CALLERS)
@pytest.mark.parametrize("route", ROUTES, ids=" ".join)
def test_is_open_to_those_who_may(
    house: House,
    ana: Account,
    bruno: Account,
    callers: dict[str, dict[str, str]],
    route: tuple[str, str],
    caller: str,
) -> None:
    method, rule = route
    lot = ana.create(starting_price="10.00", buy_now_price="90.00")["id"]
    assert bruno.bid(lot, amount="10.00").status == 201
    named = rule.replace("<auction_id>", lot).replace("<outage_id>", "1")
    target = named.replace("api.json", "api/auctions.json")
    before = house.ledger(lot)

    make_body = BODIES.get(route)
    body = None if make_body is None else make_body(lot, "50.00")
    answer = house.call(method, target, body, **callers[caller])

    assert answer.status == ROUTES[route][caller], answer.body
    if answer.status >= 400:
        assert answer.slug is not None
        assert house.ledger(lot) == before


class TestWhatIsNotYours:
    @pytest.fixture
    def lot(self, ana: Account) -> str:
        return str(ana.create(starting_price="10.00", reserve_price="70.00")["id"])

    def test_is_not_cancelled_or_changed(self, house: House, bruno: Account, lot: str) -> None:
        before = house.ledger(lot)

        refused = [
            bruno.call("POST", f"/auction/{lot}/cancel", {"reason": "x"}),
            bruno.call("PATCH", f"/auction/{lot}", {"title": "Torta"}),
        ]

        assert [(answer.status, answer.slug) for answer in refused] == [(403, "not-the-seller")] * 2
        assert house.ledger(lot) == before

    def test_reserve_is_for_the_seller(
        self, house: House, ana: Account, bruno: Account, admin: Account, lot: str
    ) -> None:
        target = f"/auction/{lot}"

        assert ana.call("GET", target).json["reserve_price"] == "70.00"
        for answer in seen_by_others(house, bruno, admin, lot):
            assert b"reserve_price" not in answer.body
            assert b"70.00" not in answer.body

    def test_ceiling_is_for_its_owner(
        self, house: House, bruno: Account, carla: Account, admin: Account, ana: Account, lot: str
    ) -> None:
        placed = bruno.bid(lot, max_amount="61.23")
        assert placed.json["outcome"] == "leading"
        assert bruno.bid(lot, max_amount="62.34").status == 201

        assert bruno.call("GET", f"/auction/{lot}").json["you"]["max_amount"] == "62.34"
        for answer in [
            *seen_by_others(house, carla, admin, lot),
            ana.call("GET", f"/auction/{lot}"),
        ]:
            assert b"61.23" not in answer.body
            assert b"62.34" not in answer.body
        assert [entry["seq"] for entry in house.ledger(lot)] == [1, 2]

    def test_identity_is_never_taken_from_the_body(
        self, bruno: Account, ana: Account, lot: str
    ) -> None:
        for field in ("bidder", "account_id", "name", "number", "sub", "by"):
            answer = bruno.bid(lot, amount="10.00", **{field: ana.account_id})

            assert (answer.status, answer.slug) == (400, "invalid-request")

    def test_idempotency_key_reveals_nothing_about_others(
        self, bruno: Account, carla: Account, lot: str
    ) -> None:
        key = {"Idempotency_Key": "the same"}
        fields = {"auction_id": lot, "amount": "10.00"}
        first = bruno.call("POST", "/place-bid", fields, **key)

        second = carla.call("POST", "/place-bid", fields, **key)

        assert first.status == 201
        assert (second.status, second.slug) == (409, "bid-too-low")
        assert "idempotent-replay" not in second.headers

    def test_lists_hold_the_callers_items_only(self, house: House, ana: Account, lot: str) -> None:
        stranger = house.register("Davi")
        assert stranger.call("GET", "/my/auctions").json["items"] == []
        assert stranger.call("GET", "/my/bids").json["items"] == []
        for parameter in ("account_id", "seller", "bidder", "by"):
            answer = stranger.call("GET", f"/my/auctions?{parameter}={ana.account_id}")
            ids = [item["id"] for item in answer.json.get("items", [])]
            assert lot not in ids

    def test_keys_are_revoked_by_their_owner_only(self, bruno: Account, carla: Account) -> None:
        made = bruno.call("POST", "/api/auth/keys", {"name": "meu", "scopes": ["read"]})
        key = {"X_API_Key": made.json["key"]}

        answer = carla.call("DELETE", f"/api/auth/keys/{made.json['prefix']}")

        assert (answer.status, answer.slug) == (404, "key-not-found")
        assert bruno.house.call("GET", "/my/bids", **key).status == 200


def seen_by_others(house: House, someone: Account, admin: Account, lot: str) -> list[PageResponse]:
    """Return every answer about a lot to callers who do not own it."""
    targets = [
        f"/auction/{lot}",
        f"/auction/{lot}/bids",
        f"/auction/{lot}/ledger",
        "/view-auctions?limit=100",
    ]
    callers: list[Any] = [house, someone, admin]
    return [caller.call("GET", target) for caller in callers for target in targets]


def test_what_administrators_do_is_logged_and_counted(
    house: House, ana: Account, admin: Account
) -> None:
    lot = ana.create(starting_price="10.00")["id"]

    admin.call("POST", f"/auction/{lot}/extend", EXTENSION)
    admin.call("POST", f"/auction/{lot}/cancel", {"reason": "quebrou"})

    logged = house.stack.do("logs", "auctions-api")
    events = [line for line in logged.splitlines() if "security-event" in line and lot in line]
    assert len(events) == 2
    for event, line in zip(
        ("auction-extended-by-admin", "auction-cancelled-by-admin"), events, strict=True
    ):
        assert event in line
        assert admin.account_id in line
        assert "127.0.0.1" in line
