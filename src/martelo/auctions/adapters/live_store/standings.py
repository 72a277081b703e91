"""What keeps an account from bidding, projected from its orders into the live store.

One hash per account, `martelo:standing:<account>`: `suspended_until_ms`, and `unpaid_purchases`,
how many of its purchases are open and unpaid. An absent hash says
that nothing does. Each process
caches what it read for `MAX_AGE_S`.
"""

from collections.abc import Callable

from martelo.auctions.adapters.live_store.async_connection import AsyncConnection
from martelo.auctions.adapters.live_store.connection import Connection, Reply, Words
from martelo.auctions.domain.standing import Standing
from martelo.kernel.ids import AccountId
from martelo.runtime.bounded_cache import BoundedCache

MAX_AGE_S = 5.0
CACHE_SIZE = 10_000


class StandingCache:
    """Standings read a moment ago; `clock` counts seconds and never goes back."""

    def __init__(self, clock: Callable[[], float]) -> None:
        self._clock = clock
        self._cache: BoundedCache[tuple[float, Standing]] = BoundedCache(CACHE_SIZE)

    def get(self, account_id: AccountId) -> Standing | None:
        """Return what was read less than `MAX_AGE_S` ago, if anything."""
        cached = self._cache.get(account_id)
        return cached[1] if cached is not None and self._clock() - cached[0] < MAX_AGE_S else None

    def put(self, account_id: AccountId, row: Reply) -> Standing:
        """Cache and return what the store answered to `standing_words`."""
        suspended_until_ms, unpaid_purchases = (int(value or 0) for value in row)
        standing = Standing(suspended_until_ms, unpaid_purchases)
        self._cache.put(account_id, (self._clock(), standing))
        return standing


class ValkeyStandings:
    """`Standings` on the live store."""

    def __init__(self, connection: Connection, clock: Callable[[], float]) -> None:
        self._connection = connection
        self._cache = StandingCache(clock)

    def of(self, account_id: AccountId) -> Standing:
        """Return an account's standing, at most `MAX_AGE_S` old."""
        cached = self._cache.get(account_id)
        if cached is not None:
            return cached
        words = standing_words(account_id)
        return self._cache.put(account_id, self._connection.ask(str(words[1]), *words))


class AsyncValkeyStandings:
    """The same for asynchronous processes."""

    def __init__(self, connection: AsyncConnection, clock: Callable[[], float]) -> None:
        self._connection = connection
        self._cache = StandingCache(clock)

    def cached(self, account_id: AccountId) -> Standing | None:
        """Return an account's standing, if it was read less than `MAX_AGE_S` ago."""
        return self._cache.get(account_id)

    async def of(self, account_id: AccountId) -> Standing:
        """Return an account's standing, at most `MAX_AGE_S` old."""
        cached = self._cache.get(account_id)
        if cached is not None:
            return cached
        words = standing_words(account_id)
        return self._cache.put(account_id, await self._connection.ask(str(words[1]), *words))


def standing_words(account_id: AccountId) -> Words:
    """Return the command that reads an account's projection."""
    return ("HMGET", f"martelo:standing:{account_id}", "suspended_until_ms", "unpaid_purchases")
