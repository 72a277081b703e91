"""The live store on Valkey or Redis: sends one call per decision and reads the answers."""

import math
from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from heapq import merge
from itertools import dropwhile, islice
from typing import TypeVar

from martelo.auctions.adapters.live_store import calls
from martelo.auctions.adapters.live_store.connection import Connection, Reply, Words
from martelo.auctions.adapters.live_store.keys import auction_keys, partition_keys, partition_of
from martelo.auctions.adapters.live_store.ledger_codec import decode_entry
from martelo.auctions.adapters.live_store.log_rewriting import rewrite_logs
from martelo.auctions.domain.answers import Announced, Bought, Done, Ended, Opened, Placed
from martelo.auctions.domain.auction import Auction, Person, Texts
from martelo.auctions.domain.bidding import Bid
from martelo.auctions.domain.creating import Draft
from martelo.auctions.domain.entries import Entry
from martelo.auctions.domain.masking import Names
from martelo.auctions.ports.failures import Failure, OutcomeUnknown, StoreFull, StoreUnavailable
from martelo.auctions.ports.readings import (
    Cursor,
    Reading,
    ServerState,
    Upcoming,
    shown_numbers,
)
from martelo.auctions.public_entries import NAMES_ERASED, PublicBid, PublicEntry
from martelo.kernel.ids import AccountId, AuctionId
from martelo.kernel.refusal import Refusal

FEWEST_FETCHED = 64
"""Ledger entries fetched at once when only some of them are wanted."""

Item = TypeVar("Item")

FIRST, LAST = (-1, AuctionId("")), (2**63, AuctionId(""))
"""Before and behind every cursor."""

MAX_USED_FOR_NEW = 0.9
"""Share of the store's memory in use at which new auctions are refused, so that bids go on."""

PROBE_TTL_MS = 60_000

LIST_ROUNDS = 8
"""Rounds over the partitions for one page; past them a page is short and its cursor goes on."""


class ValkeyStore:
    """`AuctionStore` on `connection`, whose keys are spread over `partitions`.

    A bid above `confirmation_factor` times the minimum bid has to be confirmed; 0: none has to.
    """

    def __init__(
        self, connection: Connection, partitions: int, *, confirmation_factor: int = 0
    ) -> None:
        self._connection = connection
        self._confirmation_factor = confirmation_factor
        self._partitions = range(partitions)

    def now_ms(self) -> int:
        return self._clock_ms(partition_keys(0).ends)

    def check_writes(self) -> None:
        for partition, *_ in self._connection.by_server(self._partitions):
            key = partition_keys(partition).probe
            self._connection.ask(key, "SET", key, 1, "PX", PROBE_TTL_MS)

    def server_states(self) -> list[ServerState]:
        keys = [
            partition_keys(part).probe for part, *_ in self._connection.by_server(self._partitions)
        ]
        return [_server_state(self._connection.ask(key, "INFO")) for key in keys]

    def create(
        self, auction_id: AuctionId, seller: Person, draft: Draft, *, fingerprint: str = ""
    ) -> Opened | Refusal:
        self._require_room(auction_keys(auction_id).auction)
        reply = self._connection.decide(calls.create_call(auction_id, seller, draft, fingerprint))
        return calls.opened(auction_id, reply)

    def place_bid(self, auction_id: AuctionId, bid: Bid) -> Placed | Refusal:
        factor = self._confirmation_factor
        call = calls.place_bid_call(auction_id, bid, confirmation_factor=factor)
        return calls.placed(self._connection.decide(call))

    def buy_now(
        self, auction_id: AuctionId, buyer: Person, *, key: str | None = None
    ) -> Bought | Refusal:
        return calls.bought(self._connection.decide(calls.buy_now_call(auction_id, buyer, key)))

    def cancel(
        self,
        auction_id: AuctionId,
        by: Person,
        *,
        reason: str,
        is_admin: bool,
        key: str | None = None,
    ) -> Done | Refusal:
        call = calls.cancel_call(auction_id, by, reason=reason, is_admin=is_admin, key=key)
        return calls.cancelled(self._connection.decide(call))

    def extend(
        self, auction_id: AuctionId, by: Person, *, minutes: int, reason: str, key: str | None
    ) -> Done | Refusal:
        call = calls.extend_call(auction_id, by, minutes=minutes, reason=reason, key=key)
        return calls.extended(self._connection.decide(call))

    def void_bids(
        self, auction_id: AuctionId, by: Person, *, number: int, reason: str, key: str | None
    ) -> Done | Refusal:
        call = calls.void_call(auction_id, by, number=number, reason=reason, key=key)
        return calls.voided(self._connection.decide(call))

    def edit(self, auction_id: AuctionId, by: Person, texts: Texts, *, seq: int) -> Done | Refusal:
        return calls.edited(self._connection.decide(calls.edit_call(auction_id, by, texts, seq)))

    def close(self, auction_ids: Sequence[AuctionId]) -> list[Ended | None]:
        return (
            calls.closed(self._connection.decide(calls.close_call(auction_ids)))
            if auction_ids
            else []
        )

    def announce(self, auction_ids: Sequence[AuctionId]) -> list[Announced | None]:
        if not auction_ids:
            return []
        return calls.announced(self._connection.decide(calls.announce_call(auction_ids)))

    def close_due(
        self, partitions: Sequence[int], limit: int
    ) -> dict[int, list[Ended | None] | Failure]:
        """Close what is due in each partition, up to `limit`, all in two round trips a server."""
        indexes = {partition: partition_keys(partition).ends for partition in partitions}
        return self._act_on_due(indexes, limit, calls.close_call, calls.closed)

    def announce_due(
        self, partitions: Sequence[int], limit: int
    ) -> dict[int, list[Announced | None] | Failure]:
        indexes = {partition: partition_keys(partition).marks for partition in partitions}
        return self._act_on_due(indexes, limit, calls.announce_call, calls.announced)

    def upcoming(self) -> Upcoming:
        answers, failure = self._connection.ask_reachable(self._partitions, _first_due)
        clocks_ms = {part: _milliseconds(time) for part, (time, _, _) in answers.items()}
        ends = {part: _score(rows) for part, (_, rows, _) in answers.items() if rows}
        marks = {part: _score(rows) for part, (_, _, rows) in answers.items() if rows}
        firsts = [*ends.items(), *marks.items()]
        return Upcoming(
            to_close=[part for part, at_ms in ends.items() if at_ms <= clocks_ms[part]],
            to_announce=[part for part, at_ms in marks.items() if at_ms <= clocks_ms[part]],
            next_ms=min((at_ms - clocks_ms[part] for part, at_ms in firsts), default=None),
            clocks_ms=clocks_ms,
            failure=failure,
        )

    def read(
        self, auction_id: AuctionId, *, reader: AccountId | None = None, bids: int = 50
    ) -> Reading | None:
        call = calls.read_call(auction_id, reader, bids)
        reply = self._connection.ask(call.keys[0], *call.command)
        return calls.reading(auction_id, reader, reply)

    def read_many(self, auction_ids: Sequence[AuctionId]) -> dict[AuctionId, Reading]:
        asked: dict[int, list[AuctionId]] = defaultdict(list)
        for auction_id in auction_ids:
            asked[partition_of(auction_id)].append(auction_id)

        def rows_of(partition: int) -> list[Words]:
            named = [auction_keys(auction_id) for auction_id in asked[partition]]
            hashes: list[Words] = [("HMGET", keys.auction, "s", "t", "c") for keys in named]
            viewers: list[Words] = [("HVALS", keys.viewers) for keys in named]
            return [("TIME",), *hashes, *viewers]

        found: dict[AuctionId, tuple[Auction, int, int]] = {}
        for partition, replies in self._connection.ask_partitions(list(asked), rows_of).items():
            ids, now_ms = asked[partition], _milliseconds(replies[0])
            hashes, viewers = replies[1 : 1 + len(ids)], replies[1 + len(ids) :]
            for auction_id, row, values in zip(ids, hashes, viewers, strict=True):
                auction = calls.decode_row(auction_id, row)
                if auction is not None:
                    count = calls.count_viewers(values, now_ms)
                    found[auction_id] = (auction, now_ms, count)
        names = self._shown_names([auction for auction, _, _ in found.values()])
        return {
            auction_id: Reading(auction, now_ms, count, (), names=names[auction_id])
            for auction_id, (auction, now_ms, count) in found.items()
        }

    def open_by_end(self, after: Cursor | None, limit: int) -> tuple[list[Reading], Cursor | None]:
        """Return active auctions by end and id, and where to go on; `None` at the list's end.

        Scheduled ones are in the same index and are skipped, in a bounded number of
        rounds: a page may be short and still go on.
        """
        page: list[Reading] = []
        for _ in range(LIST_ROUNDS):
            listed = self._by_end(after, limit + 1)
            readings = self.read_many([cursor.auction_id for cursor in listed])
            for cursor in listed[:limit]:
                after = cursor
                reading = readings.get(cursor.auction_id)
                if reading is not None and reading.auction.is_active(reading.now_ms):
                    page.append(reading)
                if len(page) == limit:
                    return page, None if cursor is listed[-1] else cursor
            if len(listed) <= limit:
                return page, None
        return page, after

    def entries(self, auction_id: AuctionId, after: tuple[int, int], limit: int) -> list[Entry]:
        rows = self._ledger(auction_id, f"({after[0]}-{after[1]}", limit)
        return [decode_entry(auction_id, row_id.decode(), fields) for row_id, fields in rows]

    def public_entries(
        self, auction_id: AuctionId, after_seq: int, limit: int
    ) -> list[PublicEntry]:
        found: list[PublicEntry] = []
        start = f"{after_seq + 1}-0"
        while len(found) < limit:
            rows = self._ledger(auction_id, start, limit)
            found += calls.public_rows(rows)
            if len(rows) < limit:
                break
            start = f"({rows[-1][0].decode()}"
        return found[:limit]

    def public_bids(
        self, auction_id: AuctionId, before_seq: int | None, limit: int
    ) -> list[PublicBid]:
        ledger = auction_keys(auction_id).ledger
        found: list[PublicBid] = []
        # Before 1-0 is nothing, and before 0-0 not even a range that the store accepts.
        end = "+" if before_seq is None else f"({max(before_seq, 1)}-0"
        count = max(limit, FEWEST_FETCHED)
        while len(found) < limit:
            rows = self._connection.ask(ledger, "XREVRANGE", ledger, end, "-", "COUNT", count)
            found += [row for row in calls.public_rows(rows) if isinstance(row, PublicBid)]
            if len(rows) < count:
                break
            end = f"({rows[-1][0].decode()}"
        return found[:limit]

    def names(self, auction_id: AuctionId, numbers: Sequence[int]) -> Names:
        if not numbers:
            return {}
        words = calls.names_words(auction_id, numbers)
        return calls.names(numbers, self._connection.ask(words[1], *words))

    def erase_names(self, numbers: Sequence[tuple[AuctionId, int]]) -> None:
        for auction_id, number in numbers:
            keys = auction_keys(auction_id)
            self._connection.change(keys.auction, "HDEL", keys.auction, f"m:{number}")
            self._connection.change(keys.auction, "PUBLISH", keys.channel, NAMES_ERASED)
        rewrite_logs(self._connection, self._partitions)

    def forget(self, auction_ids: Sequence[AuctionId]) -> None:
        for auction_id in auction_ids:
            keys = auction_keys(auction_id)
            names = (keys.auction, keys.bids, keys.ledger, keys.keys, keys.viewers)
            self._connection.change(keys.auction, "UNLINK", *names)

    def _shown_names(self, auctions: Sequence[Auction]) -> dict[AuctionId, Names]:
        """Return the names of sellers and leaders, in one round."""
        by_partition: dict[int, list[Auction]] = defaultdict(list)
        for auction in auctions:
            by_partition[partition_of(auction.id)].append(auction)
        answers = self._connection.ask_partitions(
            list(by_partition),
            lambda partition: [
                calls.names_words(auction.id, shown_numbers(auction))
                for auction in by_partition[partition]
            ],
        )
        return {
            auction.id: calls.names(shown_numbers(auction), row)
            for partition, rows in answers.items()
            for auction, row in zip(by_partition[partition], rows, strict=True)
        }

    def _ledger(self, auction_id: AuctionId, start: str, limit: int) -> Reply:
        ledger = auction_keys(auction_id).ledger
        return self._connection.ask(ledger, "XRANGE", ledger, start, "+", "COUNT", limit)

    def _require_room(self, key: str) -> None:
        memory = self._connection.ask(key, "INFO", "memory")
        bound = int(memory["maxmemory"])
        if bound and memory["used_memory"] >= MAX_USED_FOR_NEW * bound:
            raise StoreFull(f"{memory['used_memory']} of {bound} bytes are used")

    def _clock_ms(self, key: str) -> int:
        return _milliseconds(self._connection.ask(key, "TIME"))

    def _act_on_due(
        self,
        indexes: Mapping[int, str],
        limit: int,
        act: Callable[[Sequence[AuctionId]], calls.Call],
        read: Callable[[Reply], list[Item]],
    ) -> dict[int, list[Item] | Failure]:
        asked = self._connection.ask_each(
            [calls.due_call(index, limit) for index in indexes.values()]
        )
        found: dict[int, list[Item] | Failure] = {}
        wanted: dict[int, list[AuctionId]] = {}
        for partition, reply in zip(indexes, asked, strict=True):
            if isinstance(reply, StoreUnavailable):
                found[partition] = reply
            else:
                wanted[partition] = calls.due(reply)
        due = {partition: ids for partition, ids in wanted.items() if ids}
        decided = self._connection.decide_each([act(ids) for ids in due.values()])
        for partition, reply in zip(due, decided, strict=True):
            failed = isinstance(reply, OutcomeUnknown | StoreUnavailable)
            found[partition] = reply if failed else read(reply)
        return {partition: found.get(partition, []) for partition in indexes}

    def _by_end(self, after: Cursor | None, limit: int) -> list[Cursor]:
        """Return what comes next in the partitions' indexes, merged.

        Each is asked for few, as it has its share of a page and not all of it. One of which all
        that it gave is listed may have more that belongs there, and is asked again for the whole.
        """
        range_of = _first_range if after is None else self._range_after(after)
        found = self._ranges(self._partitions, range_of, few_of(limit, len(self._partitions)))
        listed = _listed(found, after, limit)
        last = _order(listed[-1]) if len(listed) == limit else LAST
        again = [part for part, given in found.items() if given.is_full and given.last <= last]
        if not again:
            return listed
        return _listed(found | self._ranges(again, range_of, limit), after, limit)

    def _ranges(
        self, partitions: Sequence[int], range_of: Callable[[int, int], Words], limit: int
    ) -> dict[int, "_Given"]:
        """Return what comes next in each partition's index, in one round."""
        rows = self._connection.ask_partitions(
            partitions, lambda partition: [range_of(partition, limit)]
        )
        return {partition: _given(replies[0], limit) for partition, replies in rows.items()}

    def _range_after(self, after: Cursor) -> Callable[[int, int], Words]:
        """Return what reads on behind `after`, however many auctions end with it.

        Equal ends are in the order of their ids, and an id begins with its partition: those of
        a lower partition are passed, those of a higher one are not, and in the cursor's own its
        rank decides. Had it left the index meanwhile, its equals are read again and compared.
        """
        own, end = partition_of(after.auction_id), after.ends_at_ms
        index = partition_keys(own).ends
        rank = self._connection.ask(index, "ZRANK", index, after.auction_id)
        equals = 0 if rank is not None else self._connection.ask(index, "ZCOUNT", index, end, end)

        def range_of(partition: int, limit: int) -> Words:
            ends = partition_keys(partition).ends
            if partition == own and rank is not None:
                return ("ZRANGE", ends, rank + 1, rank + limit, "WITHSCORES")
            start = f"({end}" if partition < own else end
            most = limit + (equals if partition == own else 0)
            return ("ZRANGE", ends, start, "+inf", "BYSCORE", "LIMIT", 0, most, "WITHSCORES")

        return range_of


def _server_state(info: Reply) -> ServerState:
    return ServerState(
        used_bytes=info["used_memory"],
        max_bytes=int(info["maxmemory"]),
        replicas=info["connected_slaves"],
        is_log_written=bool(info["aof_enabled"]) and info["aof_last_write_status"] == "ok",
    )


def _first_range(partition: int, limit: int) -> Words:
    return ("ZRANGE", partition_keys(partition).ends, 0, limit - 1, "WITHSCORES")


def few_of(limit: int, partitions: int) -> int:
    """Return how many of each partition nearly always suffice for `limit` of all, in order.

    Auctions are spread evenly by chance, so that far more than its share is rare in a partition.
    """
    share = limit / partitions
    return min(limit, int(share + 4 * math.sqrt(share)) + 2)


@dataclass(frozen=True, slots=True)
class _Given:
    """What a partition gave: in order, and whether there may be more behind it."""

    cursors: list[Cursor]
    is_full: bool

    @property
    def last(self) -> tuple[int, AuctionId]:
        return _order(self.cursors[-1])


def _given(rows: Reply, limit: int) -> _Given:
    cursors = [Cursor(int(score), AuctionId(member.decode())) for member, score in rows]
    return _Given(cursors, is_full=len(cursors) >= limit)


def _listed(found: Mapping[int, _Given], after: Cursor | None, limit: int) -> list[Cursor]:
    merged = merge(*(given.cursors for given in found.values()), key=_order)
    begin = FIRST if after is None else _order(after)
    return list(islice(dropwhile(lambda cursor: _order(cursor) <= begin, merged), limit))


def _order(cursor: Cursor) -> tuple[int, AuctionId]:
    return cursor.ends_at_ms, cursor.auction_id


def _milliseconds(time: Reply) -> int:
    seconds, microseconds = time
    return int(seconds) * 1000 + int(microseconds) // 1000


def _first_due(partition: int) -> list[Words]:
    keys = partition_keys(partition)
    return [
        ("TIME",),
        *(("ZRANGE", at, 0, 0, "WITHSCORES") for at in (keys.ends, keys.marks)),
    ]


def _score(rows: Reply) -> int:
    ((_, score),) = rows
    return int(score)
