"""The projection of debts reads the same on every store, by both clients."""

import asyncio

import pytest

from martelo.auctions.adapters.live_store.async_connection import AsyncConnection
from martelo.auctions.adapters.live_store.connection import Connection, Durability
from martelo.auctions.adapters.live_store.keys import random_auction_id
from martelo.auctions.adapters.live_store.standings import AsyncValkeyStandings, ValkeyStandings
from martelo.auctions.domain.standing import Standing
from martelo.kernel.ids import AccountId
from martelo.runtime.valkey.async_client import connect_async
from martelo.runtime.valkey.client import connect


class Clock:
    def __init__(self) -> None:
        self.now_s = 100.0

    def __call__(self) -> float:
        return self.now_s


@pytest.mark.parametrize("name", ["valkey", "redis", "cluster"])
def test_is_read_again_after_five_seconds(name: str, engine_urls: dict[str, str]) -> None:
    valkey, clock = connect(engine_urls[name], timeout_s=5), Clock()
    standings = ValkeyStandings(Connection(valkey, Durability()), clock)
    account_id = AccountId(random_auction_id(16))
    key = f"martelo:standing:{account_id}"

    before = standings.of(account_id)
    valkey.node_of(key).hset(key, mapping={"suspended_until_ms": 9, "unpaid_purchases": 1})
    clock.now_s += 4.9
    kept = standings.of(account_id)
    clock.now_s += 0.2
    after = standings.of(account_id)

    assert (before, kept) == (Standing(), Standing())
    assert after == Standing(suspended_until_ms=9, unpaid_purchases=1)
    assert asyncio.run(read_asynchronously(engine_urls[name], account_id)) == after


async def read_asynchronously(url: str, account_id: AccountId) -> Standing:
    valkey = connect_async(url, timeout_s=5)
    try:
        standings = AsyncValkeyStandings(AsyncConnection(valkey, Durability()), Clock())
        return await standings.of(account_id)
    finally:
        await valkey.close()
