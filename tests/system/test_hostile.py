"""Malicious and malformed requests: each is refused with a problem, and nothing changes."""

import json
from collections.abc import Callable, Iterator
from typing import Any
from urllib.parse import quote

import pytest
import redis

from visitors import Account, House, PageResponse, send_raw

NEVER_CREATED = "00-0000000000000"
AMOUNTS = (
    *("NaN", "Infinity", "-Infinity", "1e309", "1E2", "1e-2", "-0", "-1", "+1", "0", "0.00"),
    *("0.001", "1.500", "01", "1.", ".5", "1000000000000000", "9" * 400, "0x10", "1_000"),
    *("true", "false", "[]", "{}", '["10.00"]', '{"amount": "10.00"}'),
    *('"NaN"', '"Infinity"', '"1e309"', '"-0"', '"1,5"', '"0.001"', '"1000000000000000"', '""'),
    *(
        '" 10"',
        '"10 "',
        '"10.00\\n"',
        '"\\u0000"',
        '"10\\u0000"',
        '"R$ 10"',
        '"\uff11\uff10"',
        '"\u0661\u0660"',
    ),
    *('"10.00; DROP TABLE auction"', '"{{7*7}}"', '"%s"', '"0x10"'),
)
NESTED = b"[" * 30_000 + b"]" * 30_000
"""Deeply nested, but within the size limit of a body."""

NO_OBJECTS = {
    "nothing": b"",
    "blank": b"   ",
    "null": b"null",
    "a list": b"[]",
    "a text": b'"text"',
    "a number": b"1",
    "cut off": b'{"title": "Bolo"',
    "no value": b'{"title": }',
    "a trailing comma": b'{"title": "Bolo",}',
    "single quotes": b"{'title': 'Bolo'}",
    "two objects": b'{"title": "Bolo"}{"title": "Bolo"}',
    "a form": b"title=Bolo&starting_price=10.00",
    "no text at all": b"\x00\x01\x02\xff",
    "UTF-16": '{"title": "Bolo"}'.encode("utf-16"),
    "a byte order mark": b'\xef\xbb\xbf{"title": "Bolo"}',
    "brackets in brackets": NESTED,
    "brackets in a field": b'{"title": ' + NESTED + b"}",
    "objects in objects": b'{"a":' * 10_000 + b"1" + b"}" * 10_000,
    "an open bracket in an open bracket": b"[" * 60_000,
    "broken UTF-8": b'{"title": "Bolo \xff\xfe"}',
    "a broken surrogate": b'{"title": "\\ud800"}',
    "half a character in a name": b'{"title\xc3": "Bolo"}',
    "a name twice": b'{"title": "Bolo", "title": "Torta"}',
    "a name twice, once escaped": b'{"reason": "a", "re\\u0061son": "b"}',
}
IDS = (
    *(
        "x",
        "0",
        "-1",
        "null",
        "undefined",
        "99-0000000000000",
        "00-000000000000",
        "00-00000000000000",
    ),
    *("00-000000000000A", "0-00000000000000", "00_0000000000000", " 00-0000000000000"),
    *("00-0000000000000\n", "00-0000000000000\0", "\0", "a\0b", "{p00}:a:x", "{p00}", "{}", "}{"),
    *(
        "\u0660\u0660-0000000000000",
        "\uff10\uff10-0000000000000",
        "*",
        "?",
        "[a-z]",
        "%",
        "%00",
        "%2e%2e",
        "..",
        ".",
    ),
    *("a/b", "../../etc/passwd", "..%2f..%2f", "a\\b", "'", '"', "' OR 1=1 --", "<script>", "\x7f"),
    *("\r\nX-Injected: yes", "💣", "\ud7ff", "x" * 5_000, "0" * 13, "00-" + "0" * 3_000),
)
QUERIES = (
    *(
        "status=none",
        "status=",
        "status=OPEN",
        "sort=id",
        "sort=ends_at;drop",
        "limit=0",
        "limit=101",
    ),
    *(
        "limit=-1",
        "limit=1e2",
        "limit=NaN",
        "limit=\u0661",
        "limit=%00",
        "limit=9999999999999999999999",
    ),
    *("limit=", "limit=1.0", "limit=+5", "cursor=x", "cursor=", "cursor=%00", "cursor=%ff%fe"),
    *("cursor=MTIz", "cursor=" + "A" * 3_000, "cursor=💣", "price_min=NaN", "price_min=1e309"),
    *(
        "price_min=1,5",
        "price_min=-0",
        "price_min=0.001",
        "price_max=1000000000000000",
        "price_max=",
    ),
    *(
        "price_max=\u0661\u0660",
        "ends_before=now",
        "ends_before=2026-01-01",
        "ends_before=2026-01-01T00:00:00",
    ),
    *(
        "ends_before=9999999-01-01T00:00:00Z",
        "ends_before=2026-13-45T99:99:99Z",
        "q=%00",
        "seller=%00",
    ),
    *("category=a%00b", "q=" + "x" * 201, "seller=" + "x" * 5_000, "unknown=1", "%00=1", "Limit=1"),
)


@pytest.fixture(scope="module")
def lot(ana: Account) -> str:
    """The auction that is attacked, with a buy-now price."""
    return str(ana.create(starting_price="10.00", buy_now_price="90.00")["id"])


@pytest.fixture
def unchanged(house: House, lot: str) -> Iterator[None]:
    """Check that the auction is the same before and after."""
    before = state(house, lot)
    yield
    assert state(house, lot) == before


def state(house: House, lot: str) -> dict[str, Any]:
    valkey = redis.Redis(
        port=house.ports["valkey"],
        username="admin",
        password=house.stack.password("valkey", "admin"),
    )
    try:
        auctions = sum(1 for _ in valkey.scan_iter("{p*}:a:*:ledger", count=10_000))
    finally:
        valkey.close()
    read = house.read(lot)
    read.pop("server_time")
    read.pop("viewers")
    return {"auctions": auctions, "lot": read, "ledger": house.ledger(lot)}


def assert_refused(answer: PageResponse, *slugs: str) -> None:
    assert 400 <= answer.status < 500, answer.body
    assert answer.slug is not None, answer.body
    if slugs:
        assert answer.slug in slugs, answer.body


Call = Callable[[Account, str, bytes], PageResponse]
CALLS: dict[str, Call] = {
    "create": lambda by, _lot, body: by.call("POST", "/create-auction", body),
    "bid": lambda by, _lot, body: by.call("POST", "/place-bid", body),
    "buy now": lambda by, lot, body: by.call("POST", f"/auction/{lot}/buy-now", body),
    "cancel": lambda by, lot, body: by.call("POST", f"/auction/{lot}/cancel", body),
    "edit": lambda by, lot, body: by.call("PATCH", f"/auction/{lot}", body),
}
OPTIONAL = {("buy now", "nothing"), ("cancel", "nothing")}
"""Routes for which no body is the same as an empty object."""


@pytest.mark.usefixtures("unchanged")
class TestBodies:
    @pytest.mark.parametrize("field", ["amount", "max_amount"])
    def test_of_bids_hold_no_such_amount(self, bruno: Account, lot: str, field: str) -> None:
        for amount in AMOUNTS:
            body = f'{{"auction_id": "{lot}", "{field}": {amount}}}'

            assert_refused(bruno.call("POST", "/place-bid", body.encode()), *REFUSES_AMOUNTS)

    @pytest.mark.parametrize(
        "field", ["starting_price", "min_increment", "reserve_price", "buy_now_price"]
    )
    def test_of_auctions_hold_no_such_amount(self, ana: Account, field: str) -> None:
        for amount in AMOUNTS:
            others = "" if field == "starting_price" else '"starting_price": "10.00", '
            body = f'{{"title": "Bolo", "duration_s": 60, {others}"{field}": {amount}}}'

            assert_refused(
                ana.call("POST", "/create-auction", body.encode()),
                "invalid-auction",
                "invalid-request",
            )

    @pytest.mark.parametrize(
        ("call", "body"),
        [(call, body) for call in CALLS for body in NO_OBJECTS if (call, body) not in OPTIONAL],
    )
    def test_are_json_objects(
        self, ana: Account, bruno: Account, lot: str, call: str, body: str
    ) -> None:
        by = bruno if call in {"bid", "buy now"} else ana

        answer = CALLS[call](by, lot, NO_OBJECTS[body])

        assert_refused(answer, "invalid-request", "invalid-auction", "invalid-reason")

    @pytest.mark.parametrize("call", CALLS)
    @pytest.mark.parametrize("body", [b"[" * 100_000 + b"]" * 100_000, b" " * 2_000_000])
    def test_are_not_large(self, ana: Account, lot: str, call: str, body: bytes) -> None:
        assert_refused(CALLS[call](ana, lot, body), "too-large")

    def test_are_not_large_inside_the_house_either(self, house: House, bruno: Account) -> None:
        head = (
            "POST /place-bid HTTP/1.1\r\nHost: localhost\r\nContent-Length: 2000000\r\n"
            f"Content-Type: application/json\r\nAuthorization: Bearer {bruno.token}\r\n\r\n"
        )

        answer = send_raw(house.ports["auctions-api"], head.encode() + b" " * 1_000)

        assert_refused(answer, "too-large")

    @pytest.mark.parametrize(
        ("to", "slug"), [("gateway", "too-large"), ("auctions-api", "length-required")]
    )
    def test_are_not_large_in_pieces_either(
        self, house: House, bruno: Account, to: str, slug: str
    ) -> None:
        head = (
            "POST /place-bid HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\n"
            f"Content-Type: application/json\r\nAuthorization: Bearer {bruno.token}\r\n\r\n"
        )
        body = b"10000\r\n" + b" " * 65_536 + b"\r\n"

        answer = send_raw(house.ports[to], head.encode() + body * 2 + b"0\r\n\r\n")

        assert_refused(answer, slug)

    @pytest.mark.parametrize("content_type", ["text/plain", "application/xml", "", "a" * 5_000])
    def test_are_announced_as_json(self, bruno: Account, lot: str, content_type: str) -> None:
        body = json.dumps({"auction_id": lot, "amount": "10.00"}).encode()

        answer = bruno.call("POST", "/place-bid", body, Content_Type=content_type)

        assert_refused(answer, "not-json")

    @pytest.mark.parametrize(
        "fields",
        [
            {},
            {"amount": "10.00"},
            {"auction_id": None, "amount": "10.00"},
            {"auction_id": 7, "amount": "10.00"},
            {"auction_id": ["LOT"], "amount": "10.00"},
            {"auction_id": {"$ne": None}, "amount": "10.00"},
            {"auction_id": "LOT"},
            {"auction_id": "LOT", "amount": None, "max_amount": None},
            {"auction_id": "LOT", "amount": "10.00", "bidder": "ana"},
            {"auction_id": "LOT", "amont": "10.00"},
            {"auction_id": "LOT", "amount": "10.00", "__proto__": {}},
            {"auction_id": "LOT", "amount": "10.00", "at": 0},
        ],
    )
    def test_of_bids_have_the_right_fields(
        self, bruno: Account, lot: str, fields: dict[str, object]
    ) -> None:
        body = json.dumps(fields).replace('"LOT"', f'"{lot}"').encode()

        assert_refused(
            bruno.call("POST", "/place-bid", body), *REFUSES_AMOUNTS, "auction-not-found"
        )

    @pytest.mark.parametrize(
        "fields",
        [
            {"title": None},
            {"title": 7},
            {"title": ""},
            {"title": "   "},
            {"title": "x" * 141},
            {"title": "a\0b"},
            {"description": "x" * 5_001},
            {"description": ["x"]},
            {"starting_price": None},
            {"duration_s": None},
            {"duration_s": 4},
            {"duration_s": 7_776_001},
            {"duration_s": 1e309},
            {"duration_s": -5},
            {"duration_s": "60"},
            {"duration_s": 60.5},
            {"duration_s": True},
            {"duration_s": 10**30},
            {"ends_at": "2099-01-01T00:00:00Z"},
            {"duration_s": None, "ends_at": "yesterday"},
            {"duration_s": None, "ends_at": "2026-01-01T00:00:00"},
            {"duration_s": None, "ends_at": "0000-00-00T00:00:00Z"},
            {"duration_s": None, "ends_at": "9999-12-31T23:59:59Z"},
            {"duration_s": None, "ends_at": 1_800_000_000},
            {"starts_at": "9999-12-31T23:59:59+23:59"},
            {"starts_at": "2026-13-01T00:00:00Z"},
            {"soft_close_window_s": 3_601},
            {"soft_close_window_s": -1},
            {"soft_close_cap_s": 86_401},
            {"soft_close_cap_s": "0"},
            {"category": "Não é"},
            {"category": "../x"},
            {"category": "x" * 41},
            {"image_ids": ["x"] * 13},
            {"image_ids": ["../x"]},
            {"image_ids": "x"},
            {"image_ids": [None]},
            {"product_id": {}},
            {"product_id": "a b"},
            {"product_id": -1},
            {"reserve_price": "9.99"},
            {"buy_now_price": "10.00"},
            {"seller": "someone else"},
            {"status": "sold"},
            {"id": "00-0000000000000"},
        ],
        ids=str,
    )
    def test_of_auctions_keep_the_bounds(self, ana: Account, fields: dict[str, object]) -> None:
        draft = {"title": "Bolo", "starting_price": "10.00", "duration_s": 60, **fields}

        answer = ana.call("POST", "/create-auction", json.dumps(draft).encode())

        assert_refused(answer, "invalid-auction", "invalid-request")
        assert answer.json["errors"]

    @pytest.mark.parametrize(
        "fields",
        [
            {},
            {"title": ""},
            {"title": 7},
            {"starting_price": "1.00"},
            {"ends_at": "2099-01-01T00:00:00Z"},
            {"description": "x" * 5_001},
            {"status": "sold"},
        ],
        ids=str,
    )
    def test_of_changes_keep_them_too(
        self, ana: Account, lot: str, fields: dict[str, object]
    ) -> None:
        answer = ana.call("PATCH", f"/auction/{lot}", fields)

        assert_refused(answer, "invalid-auction", "invalid-request")

    @pytest.mark.parametrize("reason", ["", "x" * 501, 7, [], True, "a\0b"], ids=str)
    def test_of_cancellations_give_a_reason(self, ana: Account, lot: str, reason: object) -> None:
        answer = ana.call("POST", f"/auction/{lot}/cancel", {"reason": reason})

        assert_refused(answer, "invalid-reason")

    def test_of_purchases_are_empty(self, bruno: Account, lot: str) -> None:
        for fields in ({"price": "1.00"}, {"amount": "90.00"}, {"buyer": "ana"}):
            answer = bruno.call("POST", f"/auction/{lot}/buy-now", fields)

            assert_refused(answer, "invalid-request")

    @pytest.mark.parametrize("key", ["", "x" * 65, "ação", "a\tb"])
    def test_come_with_sane_keys(self, ana: Account, bruno: Account, lot: str, key: str) -> None:
        headers = {"Idempotency_Key": key.encode().decode("latin-1")}
        bid = {"auction_id": lot, "amount": "10.00"}
        draft = {"title": "Bolo", "starting_price": "10.00", "duration_s": 60}

        for answer in (
            bruno.call("POST", "/place-bid", bid, **headers),
            bruno.call("POST", f"/auction/{lot}/buy-now", {}, **headers),
            ana.call("POST", f"/auction/{lot}/cancel", {}, **headers),
            ana.call("POST", "/create-auction", draft, **headers),
        ):
            assert_refused(answer, "invalid-idempotency-key", "bad-request")


REFUSES_AMOUNTS = ("invalid-amount", "invalid-request")


@pytest.mark.usefixtures("unchanged")
class TestIds:
    @pytest.mark.parametrize("auction_id", IDS, ids=lambda each: repr(each)[:30])
    def test_lead_nowhere(self, ana: Account, bruno: Account, auction_id: str) -> None:
        segment = quote(auction_id, safe="")
        wanted = (
            "auction-not-found",
            "not-found",
            "bad-request",
            "invalid-request",
            "uri-too-long",
        )

        for answer in (
            ana.call("GET", f"/auction/{segment}"),
            ana.call("GET", f"/auction/{segment}/bids"),
            ana.call("GET", f"/auction/{segment}/ledger"),
            ana.call("GET", f"/auction/{segment}/events"),
            ana.call("PATCH", f"/auction/{segment}", {"title": "Torta"}),
            ana.call("POST", f"/auction/{segment}/cancel", {"reason": "x"}),
            bruno.call("POST", f"/auction/{segment}/buy-now", {}),
            bruno.call("POST", "/place-bid", {"auction_id": auction_id, "amount": "10.00"}),
        ):
            if answer.slug == "method-not-allowed":
                continue  # a dot or nothing: the path of another resource
            assert_refused(answer, *wanted)

    @pytest.mark.parametrize(
        "target",
        [
            b"/auction/a\x00b",
            b"/auction/\xff\xfe",
            b"/auction/%ff%fe",
            b"/auction/%",
            b"/auction/%zz",
            b"/auction//",
            b"//auction/x",
            b"/auction/../place-bid",
            b"/auction/x/%2e%2e/y",
            b"/auction/x;y=z",
            b"/auction/a%20%3fb%2fc",
            b"/view-auctions?q=\xff",
            b"/auction/" + b"x" * 20_000,
        ],
        ids=lambda each: repr(each)[:30],
    )
    def test_are_refused_raw_too(self, house: House, target: bytes) -> None:
        head = b" HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n"

        assert_refused(send_raw(house.port, b"GET " + target + head))

    def test_that_never_were_lead_nowhere(self, bruno: Account) -> None:
        answer = bruno.bid(NEVER_CREATED, amount="10.00")

        assert_refused(answer, "auction-not-found")


@pytest.mark.usefixtures("unchanged")
class TestQueries:
    @pytest.mark.parametrize("query", QUERIES, ids=lambda each: repr(each)[:30])
    def test_are_refused(self, house: House, query: str) -> None:
        answer = house.call("GET", f"/view-auctions?{quote(query, safe='=%&;+')}")

        assert_refused(answer, "invalid-request")

    @pytest.mark.parametrize("target", ["/auction/LOT/bids", "/auction/LOT/ledger", "/my/bids"])
    def test_of_other_lists_are_refused(self, bruno: Account, lot: str, target: str) -> None:
        names = ("limit=", "cursor=")
        for query in (query for query in QUERIES if query.startswith(names)):
            encoded = quote(query, safe="=%&;+")

            answer = bruno.call("GET", f"{target.replace('LOT', lot)}?{encoded}")

            if query != "cursor=MTIz" or target == "/my/bids":
                assert_refused(answer, "invalid-request")
