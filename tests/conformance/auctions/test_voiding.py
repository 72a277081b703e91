"""Voiding bids over HTTP: who may, what is refused, and what readers see."""

from typing import Any

import pytest

from conformance.auctions.conftest import Stage
from conformance.auctions.test_extending import send
from conformance.auctions.test_transports import cancelled, usual
from engines.house import BRUNO, CARLA
from martelo.auctions.domain.bidding import Bid
from martelo.auctions.verification import verify
from martelo.kernel.ids import AuctionId

FIRST = {"number": 1, "reason": "Conta criada para tumultuar"}


def contested(stage: Stage) -> AuctionId:
    """Return a lot in which Bruno (1) bid far above Carla (2), who bid before and after."""
    lot = usual(stage.house)
    store = stage.house.store
    store.place_bid(lot, Bid(BRUNO, 50_000))
    store.place_bid(lot, Bid(CARLA, 60_000))
    store.place_bid(lot, Bid(BRUNO, 900_000))
    return lot


def test_gives_the_price_that_the_other_bids_leave(stage: Stage) -> None:
    lot = contested(stage)

    answers = [send(stage, f"/auction/{lot}/void-bids", FIRST, key="v") for _ in range(2)]

    assert [answer.status for answer in answers] == [200, 200]
    assert answers[1].headers["idempotent-replay"] == "true"
    auction = answers[0].json
    assert (auction["current_price"], auction["bid_count"]) == ("600.00", 1)
    assert auction["leader"]["number"] == 2
    voided = {bid["bidder"]["number"]: bid["voided"] for bid in auction["bids"]}
    assert voided == {1: True, 2: False}


def test_the_record_follows_and_agrees(stage: Stage) -> None:
    lot, house = contested(stage), stage.house
    house.archive_all(lot)
    send(stage, f"/auction/{lot}/void-bids", FIRST)
    send(stage, f"/auction/{lot}/extend", {"minutes": 30, "reason": "queda"})

    house.archive_all(lot)

    found = verify(house.store, house.record, lot)
    assert [(each.where, each.differences) for each in found] == [("live", ()), ("record", ())]


@pytest.mark.parametrize(
    ("body", "status", "slug"),
    [
        ({"number": 0, "reason": "x"}, 400, "invalid-request"),
        ({"number": "1", "reason": "x"}, 400, "invalid-request"),
        ({"reason": "x"}, 400, "invalid-request"),
        ({"number": 1}, 400, "invalid-reason"),
        ({"number": 3, "reason": "x"}, 409, "no-bids-to-void"),
    ],
)
def test_refuses(stage: Stage, body: dict[str, Any], status: int, slug: str) -> None:
    lot = contested(stage)

    answer = send(stage, f"/auction/{lot}/void-bids", body)

    assert (answer.status, answer.slug) == (status, slug)


def test_is_for_administrators(stage: Stage) -> None:
    lot = contested(stage)

    answer = send(stage, f"/auction/{lot}/void-bids", FIRST, role="user")

    assert answer.slug == "administrators-only"


def test_refuses_an_auction_that_is_over(stage: Stage) -> None:
    answer = send(stage, f"/auction/{cancelled(stage.house)}/void-bids", FIRST)

    assert (answer.status, answer.slug) == (409, "auction-ended")
