"""A bid is answered alike over REST, WebSocket and Socket.IO: one table, played on each.

What differs is only what must: the lot, instants, and `instance`, the id of a request.
"""

import time
from collections.abc import Callable

import pytest

from conformance.auctions.conftest import Stage
from engines.bid_transports import SentBid
from engines.house import ANA, BRUNO, House
from fakes.neighbours import Neighbours
from martelo.auctions.domain.creating import Draft
from martelo.kernel.ids import AuctionId
from martelo.runtime.problems.typed_fields import MAX_FIELD_ERRORS

MAX_AT_ONCE = 40


# Lots


def usual(house: House) -> AuctionId:
    """Open a lot from 100.00 on, where BRUNO does not lead."""
    return house.open(Draft("Bolo", "", 10_000, duration_ms=3_600_000))


def led(house: House) -> AuctionId:
    """Open one where BRUNO leads with a ceiling of 300.00."""
    lot = house.open(Draft("Bolo", "", 10_000, duration_ms=3_600_000))
    house.bid(lot, BRUNO, 15_000, 30_000)
    return lot


def scheduled(house: House) -> AuctionId:
    starts_at_ms = house.store.now_ms() + 600_000
    return house.open(Draft("Bolo", "", 100, duration_ms=60_000, starts_at_ms=starts_at_ms))


def voided(house: House) -> AuctionId:
    """Return a lot in which Bruno's bids were voided."""
    lot = usual(house)
    house.bid(lot, BRUNO, 12_000)
    house.store.void_bids(lot, ANA, number=1, reason="falsa", key=None)
    return lot


def own(house: House) -> AuctionId:
    return house.open(seller=BRUNO)


def overdue(house: House) -> AuctionId:
    [lot] = house.open_to_end_at(house.store.now_ms() - 1_000, 1)
    return lot


def cancelled(house: House) -> AuctionId:
    lot = usual(house)
    house.store.cancel(lot, ANA, reason="quebrou", is_admin=True)
    return lot


def archived(house: House) -> AuctionId:
    """Return one that only the record knows."""
    lot = overdue(house)
    house.store.close([lot])
    house.archive_all(lot)
    house.store.forget([lot])
    return lot


def unknown(_house: House) -> AuctionId:
    return AuctionId("07-0123456789abc")


def malformed(_house: House) -> AuctionId:
    return AuctionId("nonsense")


Lot = Callable[[House], AuctionId]
OK = '"auction_id": "LOT", "amount": "150.00"'


def amount(text: str) -> str:
    return f'"auction_id": "LOT", "amount": {text}'


# What is asked, and how each transport must answer: a status, and a slug or an outcome.
BIDS: list[tuple[str, Lot, str, int, str]] = [
    ("an amount", usual, OK, 201, "leading"),
    ("a number", usual, amount("150.5"), 201, "leading"),
    ("a ceiling", usual, '"auction_id": "LOT", "max_amount": "150"', 201, "leading"),
    ("both", usual, f'{OK}, "max_amount": 200', 201, "leading"),
    ("null beside", usual, f'{OK}, "max_amount": null', 201, "leading"),
    ("escaped names", usual, '"auction\\u005fid": "LOT", "amount": "150.00"', 201, "leading"),
    ("one's own lead", led, amount('"200"'), 201, "leading"),
    ("a secret raise", led, '"auction_id": "LOT", "max_amount": "400"', 201, "leading"),
    ("too low a raise", led, '"auction_id": "LOT", "max_amount": "300"', 409, "ceiling-too-low"),
    ("too low", usual, amount('"99.99"'), 409, "bid-too-low"),
    ("too low a lead", led, amount('"150.00"'), 409, "bid-too-low"),
    ("far above", usual, amount('"10000.01"'), 409, "amount-needs-confirmation"),
    ("far above, as a raise", led, '"auction_id": "LOT", "max_amount": "999999"', 409,
     "amount-needs-confirmation"),
    ("far above, confirmed", usual, f'{amount("20000")}, "confirm_amount": "20000.00"', 201,
     "leading"),
    ("another confirmed", usual, f'{amount("20000")}, "confirm_amount": "200.00"', 409,
     "amount-needs-confirmation"),
    ("no amount confirmed", usual, f'{OK}, "confirm_amount": true', 400, "invalid-amount"),
    ("a low ceiling", usual, f'{OK}, "max_amount": "149.99"', 409, "ceiling-too-low"),
    ("scheduled", scheduled, OK, 409, "auction-not-open"),
    ("overdue", overdue, OK, 409, "auction-ended"),
    ("cancelled", cancelled, OK, 409, "auction-ended"),
    ("archived", archived, OK, 409, "auction-ended"),
    ("unknown", unknown, OK, 404, "auction-not-found"),
    ("malformed id", malformed, OK, 404, "auction-not-found"),
    ("bids voided", voided, OK, 403, "bidder-excluded"),
    ("one's own lot", own, amount('"999.00"'), 403, "seller-cannot-bid"),
    *(
        (f"amount {text}", usual, amount(text), 400, "invalid-amount")
        for text in (
            *('"1,50"', '"1.500"', "1.500", '"-1"', "-1", '"+1"', "1e3", '"1e3"', '"NaN"'),
            *('"Infinity"', "true", "[]", "{}", '{"a": 1}', '"0"', "0", '"0.00"', '"01.00"'),
            *('" 1.00"', '"1.00\\n"', '""', '"1234567890123"', "1e400", '"\\u0661"', '"ç"'),
        )
    ),
    ("no amount", usual, '"auction_id": "LOT"', 400, "invalid-amount"),
    ("only nulls", usual, '"auction_id": "LOT", "amount": null', 400, "invalid-amount"),
    ("two faults", usual, f'{amount("true")}, "max_amount": []', 400, "invalid-amount"),
    ("no id", usual, '"amount": "150.00"', 400, "invalid-request"),
    ("an id that is a number", usual, '"auction_id": 7, "amount": "1"', 400, "invalid-request"),
    ("an id with a zero byte", usual, '"auction_id": "\\u0000", "amount": "1"', 400,
     "invalid-request"),
    ("a misspelt field", usual, f'{OK}, "max_amont": "2"', 400, "invalid-request"),
    ("a bidder in the body", usual, f'{OK}, "bidder": "x"', 400, "invalid-request"),
    ("a field twice", usual, f'{OK}, "amount": "151.00"', 400, "invalid-request"),
    ("a field twice, escaped", usual, f'{OK}, "amoun\\u0074": "151.00"', 400, "invalid-request"),
]  # fmt: skip


@pytest.mark.parametrize(
    ("make_lot", "members", "status", "word"), [pytest.param(*b[1:], id=b[0]) for b in BIDS]
)
def test_bids(stage: Stage, make_lot: Lot, members: str, status: int, word: str) -> None:
    [answer] = stage.play(make_lot, [SentBid(members, stage.bruno())])

    assert (answer.status, answer.slug or answer.members["outcome"]) == (status, word)


def test_many_unknown_fields_are_answered_briefly(stage: Stage) -> None:
    unknown_fields = ", ".join(f'"{number:03}{"x" * 60}": 1' for number in range(50))

    [answer] = stage.play(usual, [SentBid(f"{OK}, {unknown_fields}", stage.bruno())])

    assert (answer.status, answer.slug) == (400, "invalid-request")
    assert len(answer.members["errors"]) == MAX_FIELD_ERRORS


def forged(neighbours: Neighbours) -> str:
    said, signed = neighbours.token("b2", "B"), neighbours.token("c3", "C")
    return said.rpartition(".")[0] + "." + signed.rpartition(".")[2]


PROOFS: list[tuple[str, Callable[[Neighbours], str | None], int, str]] = [
    ("none", lambda _: None, 401, "not-signed-in"),
    ("junk", lambda _: "x.y.z", 401, "not-signed-in"),
    ("not ASCII", lambda n: n.token("b2", "B")[:-1] + "ç", 401, "not-signed-in"),
    ("expired", lambda n: n.token("b2", "B", lasts_s=-1), 401, "not-signed-in"),
    ("another's signature", forged, 401, "not-signed-in"),
    ("another audience", lambda n: n.token("b2", "B", aud="live"), 401, "not-signed-in"),
    ("an unknown key", lambda _: "mk_a1b2c3d4e5_" + "s" * 43, 401, "not-signed-in"),
    ("a key to read", lambda n: api_key(n, "read"), 403, "scope-missing"),
    ("a key to bid", lambda n: api_key(n, "read bid"), 201, "leading"),
]


def api_key(neighbours: Neighbours, scope: str) -> str:
    key = f"mk_{scope.replace(' ', '')}_secret"
    neighbours.api_keys[key] = neighbours.token("k1", "Kim", scope=scope)
    return key


@pytest.mark.parametrize(
    ("make_proof", "status", "word"), [pytest.param(*p[1:], id=p[0]) for p in PROOFS]
)
def test_proofs(
    stage: Stage, make_proof: Callable[[Neighbours], str | None], status: int, word: str
) -> None:
    [answer] = stage.play(usual, [SentBid(OK, make_proof(stage.neighbours))])

    assert (answer.status, answer.slug or answer.members["outcome"]) == (status, word)


def test_a_live_ticket_is_good_on_the_websocket_only(stage: Stage) -> None:
    ticket = stage.neighbours.ticket("t1", "Tom")
    statuses = {}
    for name, send in stage.transports.items():
        lot = usual(stage.house)
        [answer] = send([SentBid(OK.replace("LOT", lot), ticket)])
        statuses[name] = answer.status

    assert statuses == {"rest": 401, "websocket": 201, "socketio": 401}


@pytest.mark.parametrize("key", ["", "x" * 65, "ç"])
def test_keys_that_are_none(stage: Stage, key: str) -> None:
    [answer] = stage.play(usual, [SentBid(OK, stage.bruno(), key)])

    assert (answer.status, answer.slug) == (400, "invalid-idempotency-key")


def test_keys_used_again(stage: Stage) -> None:
    proof = stage.bruno()
    other, refused = amount('"151.00"'), amount('"1.00"')
    answers = stage.play(
        usual,
        [
            SentBid(OK, proof, "k 1"),
            SentBid(OK, proof, "k 1"),
            SentBid(amount("150"), proof, "k 1"),
            SentBid(other, proof, "k 1"),
            SentBid(refused, proof, "k 2"),
            SentBid(amount('"200.00"'), proof, "k 2"),
            SentBid(amount("true"), proof, "k 3"),
        ],
    )

    assert [answer.status for answer in answers] == [201, 201, 201, 422, 409, 201, 400]
    assert answers[0] == answers[1] == answers[2]
    assert answers[3].slug == "idempotency-key-reused"


def test_rates(stage: Stage) -> None:
    proof = stage.neighbours.token("hasty", "Hasty")
    answers = stage.play(usual, [SentBid(amount('"1.00"'), proof)] * (MAX_AT_ONCE + 2))

    assert [answer.status for answer in answers] == [409] * MAX_AT_ONCE + [429] * 2
    assert answers[-1].slug == "rate-limited"


def test_debts(stage: Stage) -> None:
    until_ms = int(time.time() * 1000) + 60_000
    key = "martelo:standing:debtor"
    stage.house.valkey.node_of(key).hset(key, "suspended_until_ms", str(until_ms))
    proof = stage.neighbours.token("debtor", "Dora")

    answers = stage.play(usual, [SentBid(OK, proof), SentBid(OK, proof, "k")])

    assert [answer.slug for answer in answers] == ["bidder-suspended"] * 2
    assert [answer.status for answer in answers] == [403] * 2


def test_a_store_that_is_away(stage: Stage) -> None:
    """It goes last: connections are made again after it."""
    proof = stage.bruno()
    lot = usual(stage.house)
    for send in stage.transports.values():  # the standing is known, so the bid is what fails
        send([SentBid(amount('"1.00"').replace("LOT", lot), proof)])
    stage.house.valkey_server.kill()
    try:
        answers = stage.play(lambda _: lot, [SentBid(OK, proof, "away")])
    finally:
        stage.house.valkey_server.start()

    assert answers[0].status == 503
