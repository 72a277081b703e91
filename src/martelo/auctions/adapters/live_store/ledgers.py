"""The live store as the archive reads it: ledgers, open auctions, ends, and hints of changes."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence

import msgspec
from redis.exceptions import RedisError

from martelo.auctions.adapters.live_store import calls
from martelo.auctions.adapters.live_store.connection import Connection, Reply, Words
from martelo.auctions.adapters.live_store.keys import (
    LIVE_CHANNELS,
    auction_keys,
    auction_of_channel,
    partition_keys,
    partition_of,
)
from martelo.auctions.adapters.live_store.ledger_codec import decode_entry
from martelo.auctions.domain.entries import Entry, participant_in
from martelo.auctions.domain.masking import Names
from martelo.auctions.ports.archive import LedgerLine
from martelo.auctions.ports.failures import StoreUnavailable
from martelo.kernel.ids import AuctionId
from martelo.runtime.valkey.client import Valkey
from martelo.runtime.valkey.subscription import pattern_messages


class _End(msgspec.Struct):
    auction_id: str


_END = msgspec.json.Decoder(_End)
_PRIVATE = msgspec.msgpack.Decoder()


class ValkeyLedgers:
    """`LedgerSource` on `connection`; subscriptions are opened on `valkey` itself."""

    def __init__(self, connection: Connection, valkey: Valkey, partitions: int) -> None:
        self._connection = connection
        self._valkey = valkey
        self._partitions = partitions

    def lines(
        self, positions: Mapping[AuctionId, tuple[int, int]], limit: int
    ) -> dict[AuctionId, list[LedgerLine]]:

        def words(auction_id: AuctionId) -> Words:
            seq, sub = positions[auction_id]
            return "XRANGE", auction_keys(auction_id).ledger, f"{seq}-{sub}", "+", "COUNT", limit

        read = dict(self._ask_each(list(positions), words))
        entries = {
            auction_id: [decode_entry(auction_id, at.decode(), fields) for at, fields in rows]
            for auction_id, rows in read.items()
        }
        names = self._names_in(entries)
        return {
            auction_id: [
                _line(entry, fields, names[auction_id])
                for entry, (_, fields) in zip(entries[auction_id], rows, strict=True)
            ]
            for auction_id, rows in read.items()
        }

    def last_positions(self, auction_ids: Sequence[AuctionId]) -> dict[AuctionId, tuple[int, int]]:

        def words(auction_id: AuctionId) -> Words:
            return "XREVRANGE", auction_keys(auction_id).ledger, "+", "-", "COUNT", 1

        replies = self._ask_each(auction_ids, words)
        return {name: _position(rows[0][0]) for name, rows in replies if rows}

    def open_auctions(self, partition: int, cursor: int, limit: int) -> tuple[list[AuctionId], int]:
        index = partition_keys(partition).ends
        onward, members = self._connection.ask(index, "ZSCAN", index, cursor, "COUNT", limit)
        return [AuctionId(member.decode()) for member, _ in members], int(onward)

    def finished_after(
        self, positions: Mapping[int, str], limit: int
    ) -> dict[int, list[tuple[str, AuctionId]]]:

        def words(partition: int) -> list[Words]:
            stream = partition_keys(partition).finished
            return [("XRANGE", stream, f"({positions[partition]}", "+", "COUNT", limit)]

        replies = self._connection.ask_partitions(list(positions), words)
        return {partition: [_end(row) for row in rows] for partition, (rows,) in replies.items()}

    def overdue_ms(self) -> int:

        def words(partition: int) -> list[Words]:
            return [("TIME",), ("ZRANGE", partition_keys(partition).ends, 0, 0, "WITHSCORES")]

        replies = self._connection.ask_partitions(range(self._partitions), words)
        waiting: list[int] = [
            seconds * 1000 + microseconds // 1000 - int(ends_at_ms)
            for (seconds, microseconds), rows in replies.values()
            for _, ends_at_ms in rows
        ]
        return max(0, *waiting) if waiting else 0

    def changes(self, timeout_s: float) -> Iterator[AuctionId | None]:
        """Yield auctions as something public happens to them, and `None` after each silence.

        It is a hint: what happens while nobody listens is lost.

        Raises:
            StoreUnavailable: The subscription broke.
        """
        # A Cluster hands every message to each of its servers; asking learns which are left.
        self._connection.ask_partitions([0], lambda _: [("PING",)])
        client = self._valkey.primaries()[0]
        try:
            for message in pattern_messages(client, LIVE_CHANNELS, timeout_s):
                yield None if message is None else auction_of_channel(message[0])
        except RedisError as error:
            raise StoreUnavailable(str(error)) from error

    def _names_in(self, ledgers: Mapping[AuctionId, Sequence[Entry]]) -> dict[AuctionId, Names]:
        """Return, lot by lot, the names of those who sell, bid or buy by these entries."""
        numbers = {
            auction_id: sorted({who[1] for who in map(participant_in, entries) if who})
            for auction_id, entries in ledgers.items()
        }
        named = [auction_id for auction_id, found in numbers.items() if found]
        rows = self._ask_each(named, lambda name: calls.names_words(name, numbers[name]))
        found = {name: calls.names(numbers[name], row) for name, row in rows}
        return {auction_id: found.get(auction_id, {}) for auction_id in ledgers}

    def _ask_each(
        self, auction_ids: Sequence[AuctionId], words: Callable[[AuctionId], Words]
    ) -> Iterable[tuple[AuctionId, Reply]]:
        asked: dict[int, list[AuctionId]] = defaultdict(list)
        for auction_id in auction_ids:
            asked[partition_of(auction_id)].append(auction_id)
        answers = self._connection.ask_partitions(
            list(asked), lambda partition: [words(name) for name in asked[partition]]
        )
        for partition, replies in answers.items():
            yield from zip(asked[partition], replies, strict=True)


def _line(entry: Entry, fields: dict[bytes, bytes], names: Names) -> LedgerLine:
    public, who = fields.get(b"p"), participant_in(entry)
    return LedgerLine(
        entry=entry,
        public_json=None if public is None else public.decode(),
        private_json=msgspec.json.encode(_PRIVATE.decode(fields[b"x"])).decode(),
        name=None if who is None else names.get(who[1]),
    )


def _position(row_id: bytes) -> tuple[int, int]:
    seq, sub = row_id.split(b"-")
    return int(seq), int(sub)


def _end(row: tuple[bytes, dict[bytes, bytes]]) -> tuple[str, AuctionId]:
    row_id, fields = row
    return row_id.decode(), AuctionId(_END.decode(fields[b"event"]).auction_id)
