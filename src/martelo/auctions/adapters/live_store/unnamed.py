"""Data of versions that stored names in states, ledgers and events: rewritten once.

Runs while nothing else uses the store. A stream is written again beside the old one, with the same
ids, and replaces it in one step, together with the state of its auction. So it may be cut off
anywhere, and run again.
"""

from collections.abc import Iterator
from typing import Any

import msgspec
import redis
import structlog
from redis.exceptions import RedisError

from martelo.auctions.adapters.live_store.keys import auction_keys, partition_keys
from martelo.auctions.domain.masking import SELLER_NUMBER
from martelo.auctions.ports.failures import StoreUnavailable
from martelo.auctions.public_entries import (
    DECODER,
    PublicBid,
    PublicClosed,
    PublicCreated,
    PublicEdited,
    PublicEndingSoon,
    PublicTerms,
    PublicVoided,
)
from martelo.kernel.ids import AuctionId
from martelo.runtime.valkey.client import Valkey

DONE_KEY = "martelo:names-moved"
"""Set once nothing of an earlier version is left."""

LOTS = "{p??}:a:??-?????????????"
PAGE = 500
OLD_STATES = (30, 31)
"""How many members a packed state had: with the leader's name and mask, which are two of them."""

LEADER_NAME, LEADER_MASK = 18, 19

Fields = dict[bytes, bytes]
Row = tuple[bytes, Fields]

log = structlog.get_logger(__name__)


class _Named(msgspec.Struct):
    name: str


class _OldTerms(msgspec.Struct):
    seller: _Named


_PACKED = msgspec.msgpack.Decoder(list[Any])
_EVENT = msgspec.json.Decoder(dict[str, Any])
_OLD_TERMS = msgspec.json.Decoder(_OldTerms)
_TERMS = msgspec.json.Decoder(PublicTerms)


def move_names(valkey: Valkey, partitions: int) -> None:
    """Move the names of an earlier version's data beside the ledgers.

    Raises:
        StoreUnavailable: It does not answer; what is left is done by the next call.
    """
    try:
        if valkey.node_of(DONE_KEY).exists(DONE_KEY):
            return
        lots = sum(_move_names_of(node, lot) for node, lot in _lots(valkey))
        for partition in range(partitions):
            stream = partition_keys(partition).finished
            _rewrite_events(valkey.node_of(stream), stream)
        valkey.node_of(DONE_KEY).set(DONE_KEY, 1)
    except RedisError as error:
        raise StoreUnavailable(str(error)) from error
    log.info("names-moved", lots=lots)


def _lots(valkey: Valkey) -> Iterator[tuple["redis.Redis", AuctionId]]:
    for node in valkey.primaries():
        for key in node.scan_iter(LOTS, count=PAGE):
            yield node, AuctionId(key.decode().rpartition(":")[2])


def _move_names_of(node: Any, auction_id: AuctionId) -> bool:  # noqa: ANN401 - redis-py's types
    """Rewrite a lot that an earlier version wrote; return whether it was one."""
    keys = auction_keys(auction_id)
    state, terms = node.hmget(keys.auction, "s", "c")
    members = _PACKED.decode(state)
    if len(members) not in OLD_STATES:
        return False
    names = {SELLER_NUMBER: _OLD_TERMS.decode(terms).seller.name}
    unnamed = f"{keys.ledger}:unnamed"
    node.delete(unnamed)
    for page in _pages(node, keys.ledger):
        with node.pipeline(transaction=False) as pipeline:
            for row_id, fields in page:
                pipeline.xadd(unnamed, _without_names(fields, names), id=row_id)
            pipeline.execute()
    del members[LEADER_NAME : LEADER_MASK + 1]
    with node.pipeline(transaction=True) as pipeline:
        pipeline.rename(unnamed, keys.ledger)
        row = {
            "s": msgspec.msgpack.encode(members),
            "c": msgspec.json.encode(_TERMS.decode(terms)),
            **{f"m:{number}": msgspec.json.encode(name) for number, name in names.items()},
        }
        pipeline.hset(keys.auction, mapping=row)
        pipeline.execute()
    return True


def _without_names(fields: Fields, names: dict[int, str]) -> Fields:
    """Return an entry without the names in it, the newest of which are added to `names`."""
    private = _PACKED.decode(fields[b"x"])
    if b"p" not in fields:
        _, _, name, number, *_ = private
        names[number] = name
        del private[2]
        return {b"x": msgspec.msgpack.encode(private)}
    entry = DECODER.decode(fields[b"p"])
    match entry:
        case PublicCreated() | PublicEdited() | PublicEndingSoon():
            pass
        case PublicBid():
            names[entry.number] = private.pop(1)
        case PublicClosed():
            name = private.pop(1)
            if entry.sold_by == "buy_now":
                names[entry.leader] = name
        case PublicVoided():
            del private[4], private[1]
        case _:
            del private[1]
    return {b"p": msgspec.json.encode(entry), b"x": msgspec.msgpack.encode(private)}


def _rewrite_events(node: Any, stream: str) -> None:  # noqa: ANN401 - redis-py's types
    """Rewrite a stream of ends; its groups are given again what they have not acknowledged."""
    if not any(
        b'"name":' in fields[b"event"] for page in _pages(node, stream) for _, fields in page
    ):
        return
    unnamed = f"{stream}:unnamed"
    node.delete(unnamed)
    for page in _pages(node, stream):
        with node.pipeline(transaction=False) as pipeline:
            for row_id, fields in page:
                pipeline.xadd(
                    unnamed, {"event": _without_person_names(fields[b"event"])}, id=row_id
                )
            pipeline.execute()
    for group in node.xinfo_groups(stream):
        pending = node.xpending(stream, group["name"])["min"]
        last = _before(pending) if pending else group["last-delivered-id"]
        node.xgroup_create(unnamed, group["name"], id=last)
    node.rename(unnamed, stream)


def _without_person_names(event: bytes) -> bytes:
    members = _EVENT.decode(event)
    for person in (members["winner"], members["seller"]):
        if person is not None:
            person.pop("name", None)
    return msgspec.json.encode(members)


def _before(row_id: bytes) -> str:
    """Return an id directly before one of a stream."""
    at_ms, number = (int(part) for part in row_id.split(b"-"))
    return f"{at_ms}-{number - 1}" if number else f"{at_ms - 1}-{2**64 - 1}"


def _pages(node: Any, stream: str) -> Iterator[list[Row]]:  # noqa: ANN401 - redis-py's types
    start = "-"
    while page := node.xrange(stream, start, "+", count=PAGE):
        yield page
        start = f"({page[-1][0].decode()}"
