"""The AsyncAPI document against a real process: every message of either side is in it."""

import asyncio
import json
import subprocess
import sys
from collections.abc import Mapping
from typing import Any

import pytest
from jsonschema_rs import Draft202012Validator

from engines.live_process import LiveProcess
from engines.live_socket import LiveSocket, live_socket
from engines.lots import ANA, PARTITIONS, Lots
from fakes.neighbours import Neighbours, archived
from martelo.auctions.adapters.live_store.keys import random_auction_id
from martelo.auctions.domain.auction import Texts
from martelo.auctions.domain.creating import Draft
from martelo.auctions.main.asyncapi import load_asyncapi
from martelo.kernel.ids import AuctionId

CONTRACT = load_asyncapi()
SENT_BY_SERVER = {
    *("answered", "placed", "refused", "snapshot", "bidPlaced", "extended", "edited"),
    *("endingSoon", "rescheduled", "voided", "closed", "cancelled", "pong"),
}
SENT_BY_CLIENT = {"subscribe", "unsubscribe", "auth", "bid", "ping"}


def validator(message: str) -> Draft202012Validator:
    reference = CONTRACT["components"]["messages"][message]["payload"]["$ref"]
    schema = {"$ref": reference, "components": CONTRACT["components"]}
    return Draft202012Validator(schema, validate_formats=True)


VALIDATORS = {message: validator(message) for message in CONTRACT["components"]["messages"]}


def message_of(received: Mapping[str, Any]) -> str:
    """Return the one message of the document that `received` is."""
    fitting = {name for name in SENT_BY_SERVER if VALIDATORS[name].is_valid(received)}
    assert len(fitting) == 1, (received, fitting)
    return fitting.pop()


class TestDocument:
    def test_names_every_message_once_and_in_an_operation(self) -> None:
        messages = set(CONTRACT["components"]["messages"])
        in_channel = CONTRACT["channels"]["live"]["messages"]
        used = {
            reference["$ref"].rpartition("/")[2]
            for operation in CONTRACT["operations"].values()
            for part in (operation, operation.get("reply", {"messages": []}))
            for reference in part["messages"]
        }

        assert messages == set(in_channel) == used == SENT_BY_SERVER | SENT_BY_CLIENT
        for name, reference in in_channel.items():
            assert reference == {"$ref": f"#/components/messages/{name}"}

    def test_has_examples_that_hold(self) -> None:
        for name in SENT_BY_CLIENT:
            for example in CONTRACT["components"]["messages"][name]["examples"]:
                VALIDATORS[name].validate(example["payload"])

    def test_is_printed(self) -> None:
        command = [sys.executable, "-m", "martelo.auctions.main", "asyncapi"]
        printed = subprocess.run(command, capture_output=True, check=True, timeout=60)

        assert json.loads(printed.stdout) == CONTRACT


@pytest.fixture
def soon(lots: Lots) -> AuctionId:
    """A lot whose end every bid moves."""
    lot = random_auction_id(PARTITIONS)
    draft = Draft("Bolo", "", 100, duration_ms=601_000, soft_close_window_s=3600)
    lots.store.create(lot, ANA, draft)
    return lot


async def ask(client: LiveSocket, name: str, **frame: object) -> dict[str, Any]:
    """Ask with a frame that the document allows."""
    VALIDATORS[name].validate({"op": name, "ref": 1, **frame})
    return await client.ask(op=name, **frame)


async def test_every_message_of_a_real_process_stands_in_it(
    lots: Lots, soon: AuctionId, feed: LiveProcess, neighbours: Neighbours
) -> None:
    other, old = lots.create(duration_ms=600_001), "08-0123456789abc"
    neighbours.lots[old] = archived(old)
    async with live_socket(feed.port) as client:
        await client.send({"op": "ping"}, {"op": "no-such"}, "{")
        for lot in (soon, other):
            await ask(client, "subscribe", auction_id=lot)
        await ask(client, "subscribe", auction_id="07-0123456789abc")
        await ask(client, "bid", auction_id=soon, amount="5.00")
        await ask(client, "auth", token="x")
        await ask(client, "auth", token=neighbours.token("b2", "Bruno"))
        lots.store.edit(soon, ANA, Texts("Torta", "de limão", None, ("one",)), seq=1)
        await ask(client, "bid", auction_id=soon, amount="5.00", max_amount="9.00", key="k")
        await ask(client, "bid", auction_id=soon, amount=1.0)
        await ask(client, "bid", auction_id=soon, max_amount="9.00")
        await client.ask(op="bid", auction_id=soon, amount=True)
        await client.until(lambda _: lots.store.announce([other]) != [None])
        lots.store.extend(other, ANA, minutes=1, reason="queda", key=None)
        await client.until(lambda s: s.events[-1]["ev"] == "rescheduled")
        lots.store.void_bids(soon, ANA, number=1, reason="falsa", key=None)
        await client.until(lambda s: s.events[-1]["ev"] == "voided")
        await asyncio.to_thread(lots.cancel, soon)
        await client.until(lambda s: s.events[-1]["ev"] == "cancelled")
        end = client.events[-1]["id"]
        await ask(client, "subscribe", auction_id=soon, after=end)
        await ask(client, "unsubscribe", auction_id=other)
        await ask(client, "subscribe", auction_id=old)
        await client.until(lambda s: s.events[-1]["ev"] == "closed")

    # What the neighbour says of the old lot is not a complete auction.
    received = [m for m in client.messages if (m["ev"], m.get("auction_id")) != ("snapshot", old)]
    assert {message_of(message) for message in received} == SENT_BY_SERVER
