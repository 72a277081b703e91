"""The one connection that subscriptions share with whoever reads them."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import aclosing
from pathlib import Path

import pytest

from engines.valkey import ValkeyServer, running, valkey_binary
from martelo.auctions.adapters.live_store.subscriptions import Subscriptions
from martelo.auctions.ports.failures import StoreUnavailable
from martelo.runtime.valkey.async_client import connect_async

TIMEOUT_S = 2.0


@pytest.fixture
async def subscriptions(tmp_path: Path) -> AsyncIterator[Subscriptions]:
    with running(ValkeyServer(valkey_binary(), tmp_path / "valkey")) as server:
        valkey = connect_async(server.url, timeout_s=TIMEOUT_S)
        yield Subscriptions(valkey, TIMEOUT_S)
        await valkey.close()


async def listen(subscriptions: Subscriptions) -> None:
    async with aclosing(subscriptions.messages()) as messages:
        async for _ in messages:
            pass


class TestSubscribe:
    async def test_says_so_when_the_connection_breaks_while_it_is_sent(
        self, subscriptions: Subscriptions
    ) -> None:
        listening = asyncio.create_task(listen(subscriptions))
        await subscriptions.subscribe("one")

        subscribing = asyncio.create_task(subscriptions.subscribe("two"))
        listening.cancel()  # takes the connection away in the very turn in which it is sent

        with pytest.raises(StoreUnavailable):
            await subscribing
        await asyncio.wait([listening])

    async def test_says_so_without_a_connection(self, subscriptions: Subscriptions) -> None:
        with pytest.raises(StoreUnavailable):
            await subscriptions.unsubscribe("one")
