"""The ends that other contexts ask for, over HTTP, against what was published of them."""

import hashlib
import json
from collections.abc import Callable, Iterator
from typing import Any
from unittest.mock import Mock

import msgspec
import pytest
from flask.testing import FlaskClient
from prometheus_client import CollectorRegistry

from engines.house import ANA, BRUNO, CARLA, House
from martelo.auctions.api.shared import Dependencies
from martelo.auctions.domain.auction import Person
from martelo.auctions.domain.creating import Draft
from martelo.auctions.main.api import build_app
from martelo.contracts.channels import FINISHED_CHANNEL
from martelo.contracts.finished import DECODER, nameless
from martelo.kernel.ids import AccountId, AuctionId
from martelo.runtime.http.metrics import HttpMetrics
from martelo.runtime.identity.service_keys import ServiceCaller

DAY_MS = 86_400_000
PATH = "/internal/auctions/finished"
AGENT, IMAGES = "svc_agent_secret", "svc_images_secret"


def allow(key: str, *scopes: str) -> ServiceCaller:
    return ServiceCaller(sha256=hashlib.sha256(key.encode()).hexdigest(), scopes=frozenset(scopes))


@pytest.fixture
def api(house: House) -> FlaskClient:
    deps = Mock(spec=Dependencies)
    deps.store, deps.record, deps.known_id = house.store, house.record, AuctionId
    deps.service_callers = {
        "agent": allow(AGENT, "auctions:finished"),
        "images": allow(IMAGES, "keys:exchange"),
    }
    return build_app(deps, None, HttpMetrics(CollectorRegistry())).test_client()


@pytest.fixture
def heard(house: House) -> Iterator[Callable[[], list[bytes]]]:
    """Yield what returns the ends published since the beginning of the test."""
    node: Any = house.valkey.primaries()[0]
    listening = node.pubsub()
    listening.subscribe(FINISHED_CHANNEL)
    assert listening.get_message(timeout=5)["type"] == "subscribe"

    def read() -> list[bytes]:
        return [listening.get_message(timeout=5)["data"] for _ in house.finished()]

    yield read
    listening.close()


def ask(api: FlaskClient, **query: object) -> dict[str, Any]:
    answer = api.get(PATH, query_string=query, headers={"X-API-Key": AGENT})
    assert answer.status_code == 200, answer.text
    found: dict[str, Any] = json.loads(answer.data)
    return found


def end_in_every_way(house: House) -> list[AuctionId]:
    """Return auctions sold by bid, bought, cancelled and unsold, all archived."""
    lot = Draft('Vaso "azul"/branco', "", 1_000, duration_ms=60_000, buy_now_cents=9_005)
    bought, cancelled = house.open(lot), house.open_with_history()
    house.store.buy_now(bought, CARLA)
    house.store.cancel(cancelled, ANA, reason='Quebrou "tudo"', is_admin=True)
    sold, unsold = house.open_to_end_at(house.store.now_ms() - 1_000, 2)
    house.store.close([sold])
    house.store.close([unsold])
    ended = [bought, cancelled, sold, unsold]
    house.archive_all(*ended)
    return ended


class TestFinished:
    def test_tells_each_end_as_it_was_published(
        self, house: House, api: FlaskClient, heard: Callable[[], list[bytes]]
    ) -> None:
        ended = end_in_every_way(house)
        house.archive_all(house.open())

        listed = ask(api)

        published = [json.loads(event) for event in heard()]
        assert {event["status"] for event in published} == {"sold", "unsold", "cancelled"}
        assert sorted(listed["items"], key=str) == sorted(published, key=str)
        assert {event["auction_id"] for event in listed["items"]} == set(ended)
        assert listed["next_cursor"] is None

    def test_answers_one_with_the_names_that_are_not_stored_in_its_event(
        self, house: House, api: FlaskClient
    ) -> None:
        ended, still_open = end_in_every_way(house), house.open()

        answers = [
            api.get(f"/internal/auction/{lot}/finished", headers={"X-API-Key": AGENT})
            for lot in ended
        ]

        listed = {event["auction_id"]: event for event in ask(api)["items"]}
        assert [answer.json for answer in answers] == [listed[lot] for lot in ended]
        stored = {end.auction_id: end for end in map(DECODER.decode, house.finished())}
        for lot, answer in zip(ended, answers, strict=True):
            named = DECODER.decode(answer.data)
            assert named.seller.name == ANA.name
            assert stored[lot] == nameless(named)
        answer = api.get(f"/internal/auction/{still_open}/finished", headers={"X-API-Key": AGENT})
        assert answer.status_code == 404

    @pytest.mark.parametrize(
        ("text", "written"),
        [
            ("Relógio de parede", '"Relógio de parede"'),
            ('Vaso "azul"', r'"Vaso \"azul\""'),
            ("1/2 dúzia", r'"1\/2 dúzia"'),
            ("a\\b\nc\x7fd", r'"a\\b\nc\u007fd"'),
            ('{"title":"x', r'"{\"title\":\"x"'),
            ("", '""'),
        ],
    )
    def test_writes_titles_and_names_as_the_contract_has_them(
        self,
        house: House,
        api: FlaskClient,
        heard: Callable[[], list[bytes]],
        text: str,
        written: str,
    ) -> None:
        seller = Person(AccountId("s"), text)
        lot = house.open(Draft(text, "x", 1_000, duration_ms=60_000), seller=seller)
        house.decide_at(house.store.now_ms() + 60_000)
        house.store.close([lot])
        house.decide_now()
        house.archive_all(lot)

        (published,) = heard()

        assert f'"title":{written},"final_price"'.encode() in published
        name = msgspec.json.encode(text)
        assert b'"seller":{"id":"s","name":' + name + b'},"bid_count":0' in published
        assert ask(api)["items"] == [json.loads(published)]

    def test_walks_them_by_pages_the_earliest_first(self, house: House, api: FlaskClient) -> None:
        house.decide_at(house.store.now_ms() - 1_000)
        lots = [house.open(Draft("Vaso", "", 1, duration_ms=60_000)) for _ in range(7)]
        for lot in lots[:4]:
            house.store.cancel(lot, ANA, reason="x", is_admin=True)
        house.decide_now()
        for lot in lots[4:]:
            house.store.cancel(lot, ANA, reason="x", is_admin=True)
        house.archive_all(*lots)

        pages = [ask(api, limit=3)]
        while pages[-1]["next_cursor"]:
            pages.append(ask(api, limit=3, after=pages[-1]["next_cursor"]))

        listed = [event for page in pages for event in page["items"]]
        assert [len(page["items"]) for page in pages] == [3, 3, 1]
        order = [(event["closed_at"], event["auction_id"]) for event in listed]
        assert order == sorted(order)
        assert {event["auction_id"] for event in listed} == set(lots)

    def test_tells_the_last_seven_days_forgotten_lots_too(
        self, house: House, api: FlaskClient
    ) -> None:
        now_ms = house.store.now_ms()
        old, recent = house.open_to_end_at(now_ms - 8 * DAY_MS, 2)
        house.decide_at(now_ms - 7 * DAY_MS - 60_000)
        house.store.close([old])
        house.decide_at(now_ms - 7 * DAY_MS + 60_000)
        house.store.close([recent])
        house.decide_now()
        house.archive_all(old, recent)
        house.store.forget([old, recent])
        house.archive.forgotten([old, recent])

        listed = ask(api)

        assert [event["auction_id"] for event in listed["items"]] == [recent]

    def test_names_the_winner_after_a_raise(self, house: House, api: FlaskClient) -> None:
        now_ms = house.store.now_ms()
        house.decide_at(now_ms - 60_000)
        lot = house.open(Draft("Vaso", "", 1_000, duration_ms=30_000, soft_close_window_s=0))
        house.bid(lot, BRUNO, 1_000, 5_000)
        house.bid(lot, BRUNO, None, 6_000)
        house.decide_now()
        house.store.close([lot])
        house.archive_all(lot)

        (event,) = ask(api)["items"]

        assert event["winner"] == {"id": BRUNO.account_id, "name": BRUNO.name}
        assert (event["final_price"], event["sold_by"]) == ("10.00", "bid")

    @pytest.mark.parametrize(
        ("key", "status", "slug"),
        [
            (None, 401, "not-a-service"),
            ("mk_person", 401, "not-a-service"),
            (f"{AGENT}x", 401, "not-a-service"),
            (IMAGES, 403, "scope-missing"),
        ],
    )
    def test_refuses_who_may_not_ask(
        self, api: FlaskClient, key: str | None, status: int, slug: str
    ) -> None:
        answer = api.get(PATH, headers={} if key is None else {"X-API-Key": key})

        assert answer.status_code == status
        assert answer.json is not None
        assert answer.json["type"] == f"/problems/{slug}"

    def test_refuses_a_cursor_of_no_list(self, api: FlaskClient) -> None:
        answer = api.get(PATH, query_string={"after": "x"}, headers={"X-API-Key": AGENT})

        assert answer.status_code == 400
        assert answer.json is not None
        assert [fault["field"] for fault in answer.json["errors"]] == ["after"]
