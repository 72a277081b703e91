"""Moving ends over HTTP: who may, what is refused, and one or all."""

import json
from typing import Any

import pytest

from conformance.auctions.conftest import Stage
from conformance.auctions.test_transports import cancelled, usual
from engines.bid_transports import Rest
from martelo.kernel.instants import parse_instant
from visitors import PageResponse, Visitor

HALF_HOUR = {"minutes": 30, "reason": "O site ficou fora do ar"}


def send(
    stage: Stage, path: str, body: dict[str, Any], *, role: str = "admin", key: str = ""
) -> PageResponse:
    rest = stage.transports["rest"]
    assert isinstance(rest, Rest)
    token = stage.neighbours.token("root", "Root", roles=(role,))
    headers = {"Content-Type": "application/json", "Authorization": f"Bearer {token}"}
    if key:
        headers["Idempotency-Key"] = key
    visitor = Visitor(rest.port)
    try:
        return visitor.send("POST", path, json.dumps(body).encode(), headers)
    finally:
        visitor.close()


def end_of(stage: Stage, lot: str) -> int:
    reading = stage.house.store.read(lot)  # type: ignore[arg-type]  # an id
    assert reading is not None
    return reading.auction.ends_at_ms


def test_moves_an_end_once_a_key(stage: Stage) -> None:
    lot = usual(stage.house)
    before_ms = end_of(stage, lot)

    answers = [send(stage, f"/auction/{lot}/extend", HALF_HOUR, key="k") for _ in range(2)]

    assert [answer.status for answer in answers] == [200, 200]
    assert parse_instant(answers[0].json["ends_at"]) == before_ms + 30 * 60_000
    assert end_of(stage, lot) == before_ms + 30 * 60_000
    assert answers[1].headers["idempotent-replay"] == "true"


def test_moves_all_active_ends_once_a_key(stage: Stage) -> None:
    lots = [usual(stage.house) for _ in range(3)]
    over = cancelled(stage.house)
    before = [end_of(stage, lot) for lot in lots]

    answers = [send(stage, "/auctions/extend", HALF_HOUR, key="all") for _ in range(2)]

    assert answers[0].json == answers[1].json
    assert set(lots) <= set(answers[0].json["extended"])
    assert over not in answers[0].json["extended"]
    assert [end_of(stage, lot) for lot in lots] == [at_ms + 30 * 60_000 for at_ms in before]


@pytest.mark.parametrize(
    ("body", "slug"),
    [
        ({"minutes": 0, "reason": "x"}, "invalid-request"),
        ({"minutes": 43_201, "reason": "x"}, "invalid-request"),
        ({"minutes": "30", "reason": "x"}, "invalid-request"),
        ({"reason": "x"}, "invalid-request"),
        ({"minutes": 30}, "invalid-reason"),
        ({"minutes": 30, "reason": "x" * 501}, "invalid-reason"),
    ],
)
def test_refuses_what_is_out_of_bounds(stage: Stage, body: dict[str, Any], slug: str) -> None:
    lot = usual(stage.house)

    for path in (f"/auction/{lot}/extend", "/auctions/extend"):
        answer = send(stage, path, body)

        assert (answer.status, answer.slug) == (400, slug)


def test_is_for_administrators(stage: Stage) -> None:
    lot = usual(stage.house)

    for path in (f"/auction/{lot}/extend", "/auctions/extend"):
        assert send(stage, path, HALF_HOUR, role="user").slug == "administrators-only"


def test_refuses_an_auction_that_is_over(stage: Stage) -> None:
    lot = cancelled(stage.house)

    answer = send(stage, f"/auction/{lot}/extend", HALF_HOUR)

    assert (answer.status, answer.slug) == (409, "auction-ended")
