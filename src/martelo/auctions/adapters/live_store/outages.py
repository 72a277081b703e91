"""Outages in the live store: an instant that the API renews, and the gaps between two of them."""

from martelo.auctions.adapters.live_store.calls import Call
from martelo.auctions.adapters.live_store.connection import Connection
from martelo.auctions.adapters.live_store.keys import HEARTBEAT_KEY, OUTAGES_KEY, partition_keys
from martelo.auctions.domain.outages import MIN_OUTAGE_MS, Outage
from martelo.auctions.ports.outages import KnownOutages
from martelo.kernel.ids import AuctionId

MAX_OUTAGES = 20
MAX_AUCTIONS = 10_000
"""Of one partition: what one outage may have hit."""


class ValkeyOutages:
    """`Outages` on the live store, whose keys are spread over `partitions`."""

    def __init__(self, connection: Connection, partitions: int) -> None:
        self._connection = connection
        self._partitions = range(partitions)

    def beat(self) -> None:
        """Note that bids can be placed now."""
        keys, bounds = (HEARTBEAT_KEY, OUTAGES_KEY), (MIN_OUTAGE_MS, MAX_OUTAGES)
        self._connection.decide(Call("auctions_beat", keys, bounds))

    def known(self) -> KnownOutages:
        """Return the recent outages."""
        replies = self._connection.ask_partitions(
            [0],
            lambda _: [
                ("TIME",),
                ("GET", HEARTBEAT_KEY),
                ("ZRANGE", OUTAGES_KEY, 0, -1, "REV", "WITHSCORES"),
            ],
        )
        (seconds, microseconds), beat, rows = replies[0]
        now_ms = int(seconds) * 1000 + int(microseconds) // 1000
        past = [Outage(int(member), int(score)) for member, score in rows]
        last_ms = now_ms if beat is None else int(beat)
        current = Outage(last_ms, now_ms) if now_ms - last_ms > MIN_OUTAGE_MS else None
        return KnownOutages(now_ms, past, current)

    def auctions_ending(self, first_ms: int, last_ms: int) -> list[AuctionId]:
        """Return the auctions, not closed, whose end is in these bounds, the first end first."""
        rows = self._connection.ask_partitions(
            self._partitions,
            lambda partition: [
                (
                    *("ZRANGE", partition_keys(partition).ends, first_ms, last_ms, "BYSCORE"),
                    *("LIMIT", 0, MAX_AUCTIONS, "WITHSCORES"),
                )
            ],
        )
        found = [
            (int(score), member.decode())
            for replies in rows.values()
            for member, score in replies[0]
        ]
        return [AuctionId(member) for _, member in sorted(found)]

    def forget(self, from_ms: int) -> bool:
        """Forget the outage that began then; return whether it was known."""
        removed = self._connection.change(OUTAGES_KEY, "ZREM", OUTAGES_KEY, str(from_ms))
        return bool(removed)
