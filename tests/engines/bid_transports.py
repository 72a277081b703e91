"""Clients that place bids over HTTP, `/live` and Socket.IO, one class each."""

import asyncio
import json
import re
from dataclasses import dataclass
from typing import Any, Protocol

from websockets.asyncio.client import connect

from engines.live_socket import live_socket
from visitors import Visitor

INSTANT = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9:.]+Z")
TIMEOUT_S = 20


@dataclass(frozen=True)
class SentBid:
    """A bid; `members` are those of its JSON object, without the braces."""

    members: str
    proof: str | None
    key: str | None = None


@dataclass(frozen=True)
class BidAnswer:
    """Status and members of an answer."""

    status: int
    members: dict[str, Any]

    @property
    def slug(self) -> str | None:
        return str(self.members.get("type", "")).removeprefix("/problems/") or None

    def without(self, lot: str) -> "BidAnswer":
        """Return the answer without what differs from one lot and moment to the next."""
        text = json.dumps(self.members).replace(lot, "LOT")
        members = json.loads(INSTANT.sub("INSTANT", text))
        assert members.pop("instance", "some")
        return BidAnswer(self.status, members)


class Transport(Protocol):
    """Sends bids one after another over one connection."""

    def __call__(self, bids: list[SentBid]) -> list[BidAnswer]: ...


@dataclass(frozen=True)
class Rest:
    port: int

    def __call__(self, bids: list[SentBid]) -> list[BidAnswer]:
        visitor = Visitor(self.port)
        answers = []
        for bid in bids:
            headers = {"Content-Type": "application/json"}
            if bid.proof is not None:
                is_key = bid.proof.startswith("mk_")
                name = "X-API-Key" if is_key else "Authorization"
                headers[name] = bid.proof if is_key else f"Bearer {bid.proof}"
            if bid.key is not None:
                headers["Idempotency-Key"] = bid.key
            answer = visitor.send("POST", "/place-bid", f"{{{bid.members}}}".encode(), headers)
            answers.append(BidAnswer(answer.status, answer.json))
        visitor.close()
        return answers


@dataclass(frozen=True)
class WebSocket:
    port: int

    def __call__(self, bids: list[SentBid]) -> list[BidAnswer]:
        return asyncio.run(self._send(bids))

    async def _send(self, bids: list[SentBid]) -> list[BidAnswer]:
        answers, proof = [], None
        async with live_socket(self.port) as client:
            for ref, bid in enumerate(bids):
                if bid.proof is not None and bid.proof != proof:
                    await client.ask(op="auth", token=bid.proof)
                    proof = bid.proof
                key = "" if bid.key is None else f', "key": {json.dumps(bid.key)}'
                answered = len(client.answers)
                await client.send(f'{{"op": "bid", "ref": "r{ref}"{key}, {bid.members}}}')
                await client.until(lambda s, answered=answered: len(s.answers) > answered)  # type: ignore[misc]
                members = dict(client.answers[-1])
                assert members.pop("ev") == "answer"
                assert members.pop("ref") in {f"r{ref}", None}
                status = members["status"] if "type" in members else members.pop("status")
                answers.append(BidAnswer(status, members))
        return answers


@dataclass(frozen=True)
class SocketIo:
    port: int

    def __call__(self, bids: list[SentBid]) -> list[BidAnswer]:
        return asyncio.run(self._send(bids))

    async def _send(self, bids: list[SentBid]) -> list[BidAnswer]:
        url = f"ws://127.0.0.1:{self.port}/socket.io/?EIO=4&transport=websocket"
        answers = []
        async with connect(url) as connection, asyncio.timeout(TIMEOUT_S):
            assert str(await connection.recv()).startswith("0")
            await connection.send("40")
            assert str(await connection.recv()).startswith("40")
            for number, bid in enumerate(bids):
                own = {"token": bid.proof, "idempotency_key": bid.key}
                others = "".join(
                    f', "{name}": {json.dumps(value)}'
                    for name, value in own.items()
                    if value is not None
                )
                await connection.send(f'42{number}["place_bid", {{{bid.members}{others}}}]')
                text = str(await connection.recv())
                assert text.startswith(f"43{number}["), text
                [members] = json.loads(text.removeprefix(f"43{number}"))
                answers.append(BidAnswer(members.get("status", 201), members))
        return answers
