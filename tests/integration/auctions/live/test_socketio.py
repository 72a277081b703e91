"""Socket.IO of a real process, with the client of python-socketio.

What bids are answered: `tests/conformance/auctions/test_transports.py`.
"""

import asyncio
import contextlib
import time
from collections.abc import AsyncIterator, Callable
from typing import Any

import pytest
import socketio

from engines.live_process import LiveProcess
from engines.lots import Lots
from fakes.neighbours import Neighbours, archived

Start = Callable[..., LiveProcess]
COMES_WITHIN_S = 20


class Client:
    """A Socket.IO client that stores what it received; its threads are hidden."""

    def __init__(self, *, origin: str = "https://leiloes.example") -> None:
        self.updates: list[dict[str, Any]] = []
        self.ends: list[dict[str, Any]] = []
        self.is_gone = False
        options = {"origin": origin}
        self._client = socketio.Client(reconnection=False, websocket_extra_options=options)
        self._client.on("auction_update", self.updates.append)
        self._client.on("auction_ended", self.ends.append)
        self._client.on("disconnect", self._on_disconnect)

    async def connect(self, url: str) -> None:
        await asyncio.to_thread(self._client.connect, url, transports=["websocket"])

    async def call(self, event: str, data: object) -> dict[str, Any]:
        answer: dict[str, Any] = await asyncio.to_thread(
            self._client.call, event, data, timeout=COMES_WITHIN_S
        )
        return answer

    async def send(self, packet: str) -> None:
        await asyncio.to_thread(self._client.eio.send, packet)

    async def until(self, holds: Callable[["Client"], object]) -> None:
        deadline = time.monotonic() + COMES_WITHIN_S
        while not holds(self):
            assert time.monotonic() < deadline, f"it did not come: {self.updates} {self.ends}"
            await asyncio.sleep(0.005)

    async def close(self) -> None:
        await asyncio.to_thread(self._client.shutdown)
        if self._client.eio.ws is not None:
            self._client.eio.ws.shutdown()  # the library leaves it open where the server closed

    @property
    def seqs(self) -> list[int]:
        return [update["seq"] for update in self.updates if update["type"] != "extended"]

    @property
    def session_id(self) -> str:
        return str(self._client.eio.sid)

    def _on_disconnect(self, _reason: object = None) -> None:
        self.is_gone = True


@pytest.fixture
def server(start: Start) -> LiveProcess:
    return start(
        "socketio", PUBLIC_URL="https://leiloes.example/", ALLOWED_ORIGINS="https://b.example"
    )


@contextlib.asynccontextmanager
async def connected(server: LiveProcess) -> AsyncIterator[Client]:
    client = Client()
    await client.connect(server.url)
    try:
        yield client
    finally:
        await client.close()


class TestJoin:
    async def test_answers_with_the_auction_and_goes_on_with_updates(
        self, server: LiveProcess, lots: Lots
    ) -> None:
        lot = lots.create()
        async with connected(server) as client:
            joined = await client.call("join", {"auction_id": lot})
            await asyncio.to_thread(lots.bid, lot, 20)
            await client.until(lambda c: len(c.updates) == 20)
            await asyncio.to_thread(lots.cancel, lot)
            await client.until(lambda c: c.ends)

        assert joined["snapshot"]["title"] == "Bolo"
        assert joined["id"].endswith(":1")
        assert client.seqs == list(range(2, 22))
        assert client.updates[0]["type"] == "bid"
        assert client.updates[0]["auction_id"] == lot
        assert client.updates[0]["id"] == joined["id"].replace(":1", ":2")
        assert client.ends[0]["type"] == "cancelled"
        assert client.ends[0]["reason"] == "quebrou"

    async def test_resumes_after_a_place(self, server: LiveProcess, lots: Lots) -> None:
        lot = lots.create()
        async with connected(server) as client:
            joined = await client.call("join", {"auction_id": lot})
        await asyncio.to_thread(lots.bid, lot, 10)

        async with connected(server) as client:
            again = await client.call("join", {"auction_id": lot, "after": joined["id"]})
            await client.until(lambda c: len(c.updates) == 10)

        assert again == {"snapshot": None, "id": joined["id"]}
        assert client.seqs == list(range(2, 12))

    async def test_tells_the_end_of_what_has_ended(
        self, server: LiveProcess, lots: Lots, neighbours: Neighbours
    ) -> None:
        lot, old = lots.create(), "07-0123456789abc"
        lots.cancel(lot)
        neighbours.lots[old] = archived(old)
        async with connected(server) as client:
            joined = await client.call("join", {"auction_id": lot})
            await client.call("join", {"auction_id": old})
            await client.until(lambda c: len(c.ends) == 2)
            again = await client.call("join", {"auction_id": lot, "after": client.ends[0]["id"]})

        assert joined["snapshot"]["status"] == "cancelled"
        assert [end["type"] for end in client.ends] == ["cancelled", "closed"]
        assert again == {"snapshot": None, "id": client.ends[0]["id"], "ended": True}

    async def test_leaves(self, server: LiveProcess, lots: Lots) -> None:
        lot, other = lots.create(), lots.create()
        async with connected(server) as client:
            await client.call("join", {"auction_id": lot})
            await client.call("join", {"auction_id": other})
            assert await client.call("leave", {"auction_id": lot}) == {"left": True}
            assert await client.call("leave", {"auction_id": lot}) == {"left": False}
            await asyncio.to_thread(lots.bid, lot, 3)
            await asyncio.to_thread(lots.bid, other, 1)
            await client.until(lambda c: c.updates)

        assert [update["auction_id"] for update in client.updates] == [other]


class TestSession:
    async def test_is_known_by_the_port_of_its_process(self, server: LiveProcess) -> None:
        async with connected(server) as client:
            assert client.session_id.endswith(f".{server.port}")


class TestPlaceBid:
    async def test_tells_those_who_watch_streams(
        self, server: LiveProcess, lots: Lots, neighbours: Neighbours
    ) -> None:
        lot = lots.create()
        async with connected(server) as bidder, connected(server) as watcher:
            await watcher.call("join", {"auction_id": lot})
            token = neighbours.token("b2", "Bruno")
            await bidder.call(
                "place_bid", {"auction_id": lot, "max_amount": "9.99", "token": token}
            )
            await watcher.until(lambda c: c.updates)

        assert watcher.updates[0]["bidder"] == {"name": "B***o", "number": 1}
        assert bidder.updates == []

    async def test_refuses_what_is_no_json(
        self, server: LiveProcess, lots: Lots, neighbours: Neighbours
    ) -> None:
        bid = {"auction_id": lots.create(), "token": neighbours.token("b2", "Bruno")}
        async with connected(server) as client:
            problem = await client.call("place_bid", {**bid, "amount": float("nan")})

        assert (problem["type"], problem["status"]) == ("/problems/invalid-request", 400)


class TestHostileClients:
    async def test_answers_what_makes_no_sense_and_goes_on(
        self, server: LiveProcess, lots: Lots
    ) -> None:
        lot = lots.create()
        async with connected(server) as client:
            for event, data in (
                ("join", {"auction_id": "nonsense"}),
                ("join", {}),
                ("join", "text"),
                ("join", [1]),
                ("join", {"auction_id": lot, "after": 5}),
                ("join", {"auction_id": lot, "x": 5}),
                ("leave", None),
                ("place_bid", None),
                ("no_such_event", {}),
            ):
                problem = await client.call(event, data)
                assert problem["type"].startswith("/problems/"), (event, data)
                assert 400 <= problem["status"] < 500
            for packet in ("2", "2[", "2{}", "27[[[[", "2[5]", "2" + "[" * 30_000, "51-[]", "9"):
                await client.send(packet)
            joined = await client.call("join", {"auction_id": lot})

        assert joined["snapshot"]["id"] == lot

    async def test_cuts_off_who_keeps_making_no_sense(self, server: LiveProcess) -> None:
        async with connected(server) as client:
            for _ in range(10):
                await client.send("2[")
            await client.until(lambda c: c.is_gone)

    async def test_takes_no_large_message(self, server: LiveProcess, lots: Lots) -> None:
        lot = lots.create()
        async with connected(server) as client:
            await client.send('2["join",{"auction_id":"' + "x" * 100_000 + '"}]')
            await client.until(lambda c: c.is_gone)
        async with connected(server) as client:
            assert (await client.call("join", {"auction_id": lot}))["snapshot"]

    async def test_admits_pages_of_this_house_only(self, server: LiveProcess) -> None:
        for origin in ("https://leiloes.example", "https://b.example"):
            client = Client(origin=origin)
            await client.connect(server.url)
            await client.close()
        evil = ("https://evil.example", "null", "https://leiloes.example.evil.example", server.url)
        for origin in evil:
            client = Client(origin=origin)
            with pytest.raises(socketio.exceptions.ConnectionError):
                await client.connect(server.url)
            await client.close()

    async def test_lets_go_of_who_has_gone(self, server: LiveProcess, lots: Lots) -> None:
        lot = lots.create()
        async with connected(server) as client:
            await client.call("join", {"auction_id": lot})
            await client.send('2["connect",{}]')
            await client.call("leave", {"auction_id": lots.create()})
        deadline = time.monotonic() + COMES_WITHIN_S
        while (await asyncio.to_thread(server.metrics))["martelo_live_viewers"]:
            assert time.monotonic() < deadline, "it is still counted"
            await asyncio.sleep(0.05)
