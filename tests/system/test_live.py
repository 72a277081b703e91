"""`/live` through the gateway of a full stack."""

import json

import pytest
from websockets.exceptions import InvalidStatus

from engines.live_socket import live_socket
from visitors import Account, House


async def test_bids_and_shows_bids_through_the_gateway(
    house: House, ana: Account, bruno: Account
) -> None:
    lot = ana.create()["id"]
    key = bruno.call("POST", "/api/auth/keys", {"name": "um programa", "scopes": ["bid"]})
    async with live_socket(house.port, origin=house.url) as client:
        await client.ask(op="subscribe", auction_id=lot)
        signed_in = await client.ask(op="auth", token=bruno.token)
        placed = await client.ask(op="bid", auction_id=lot, amount="10.00", key="k")
        await client.ask(op="auth", token=key.json["key"])
        by_key = await client.ask(op="bid", auction_id=lot, amount="20.00")
        await client.until(lambda s: len(s.seqs) == 3)
    again = bruno.call(
        "POST", "/place-bid", {"auction_id": lot, "amount": "10.00"}, Idempotency_Key="k"
    )

    assert signed_in["account_id"] == bruno.account_id
    assert [placed["status"], by_key["status"]] == [201, 201]
    assert [event["ev"] for event in client.events] == ["snapshot", "bid", "bid"]
    assert again.headers["idempotent-replay"] == "true"
    assert again.json == {name: placed[name] for name in again.json}


def test_is_described_by_the_document_that_the_command_prints(house: House) -> None:
    served = house.call("GET", "/asyncapi/auctions.json")

    assert served.headers["content-type"] == "application/json"
    assert served.json == json.loads(house.stack.do("exec", "auctions", "asyncapi"))
    assert (
        served.json["servers"]["house"]["host"]
        == house.stack.status()["urls"]["gateway"].partition("://")[2]
    )
    assert "subscribe" in served.json["channels"]["live"]["messages"]
    assert 'id="live-subscribe"' in house.call("GET", "/docs").body.decode()


async def test_admits_no_foreign_page(house: House) -> None:
    with pytest.raises(InvalidStatus) as refused:
        async with live_socket(house.port, origin="https://evil.example"):
            raise AssertionError

    assert refused.value.response.status_code == 403
    assert refused.value.response.headers["Content-Type"] == "application/problem+json"
