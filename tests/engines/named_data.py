"""A house's data in the form of versions that stored names in states, ledgers and events."""

import json
import re
from typing import Any

import msgspec
from sqlalchemy import Engine

from engines.house import PARTITIONS, House
from martelo.auctions.adapters.live_store.keys import auction_keys, partition_keys
from martelo.auctions.adapters.live_store.unnamed import DONE_KEY
from martelo.auctions.domain.masking import mask_name
from martelo.kernel.ids import AuctionId

Names = dict[int, str]
UNPACK = msgspec.msgpack.Decoder(list[Any])
ROOT = "Rooter"


def name_store(house: House, lots: list[AuctionId]) -> None:
    """Put the names of these lots and of all ends back to where they were."""
    node: Any = house.valkey.primaries()[0]
    people: dict[str, str] = {}
    for lot in lots:
        keys = auction_keys(lot)
        stored = {k.decode(): v for k, v in node.hgetall(keys.auction).items()}
        names = {int(k[2:]): json.loads(v) for k, v in stored.items() if k.startswith("m:")}
        people |= {k[2:]: names[int(v)] for k, v in stored.items() if k.startswith("n:")}
        state, terms = UNPACK.decode(stored["s"]), json.loads(stored["c"])
        people[state[1]] = names[0]
        leader = names.get(state[18], "")
        state[18:18] = [leader, _json(mask_name(leader)) if leader else '""']
        terms["seller"]["name"] = names[0]
        rows = node.xrange(keys.ledger)
        node.delete(keys.ledger)
        for row_id, fields in rows:
            node.xadd(keys.ledger, _named_entry(fields, names), id=row_id)
        node.hdel(keys.auction, *(f"m:{number}" for number in names))
        row = {"s": msgspec.msgpack.encode(state), "c": _json(terms)}
        node.hset(keys.auction, mapping=row)
    for partition in range(PARTITIONS):
        stream = partition_keys(partition).finished
        _name_events(node, stream, people)
    node.delete(DONE_KEY)


def name_record(owner: Engine) -> None:
    """Take the record back to migration 0003."""
    with owner.begin() as connection:
        for statement in OLDER.split(";\n"):
            connection.exec_driver_sql(statement)


def _named_entry(fields: dict[bytes, bytes], names: Names) -> dict[bytes, bytes]:
    private: list[Any] = UNPACK.decode(fields[b"x"])
    if b"p" not in fields:
        private.insert(2, names[private[2]])
        return {b"x": msgspec.msgpack.encode(private)}
    public = fields[b"p"].decode()
    kind = json.loads(public)["type"]
    if kind == "created":
        seller = re.search(r'"seller":\{"id":"[^"]*"', public)
        assert seller is not None
        public = public.replace(seller[0], f'{seller[0]},"name":{_json(names[0])}')
    if kind == "bid":
        private.insert(1, names[json.loads(public)["number"]])
    if kind == "closed":
        is_purchase = json.loads(public)["sold_by"] == "buy_now"
        private.insert(1, names[json.loads(public)["leader"]] if is_purchase else "")
    if kind in {"cancelled", "rescheduled", "voided"}:
        private.insert(1, ROOT)
    if kind == "voided":
        private.insert(4, names.get(json.loads(public)["leader"], ""))
    public = re.sub(r'"number":(\d+),"outcome"', _with_mask("number", "shown", names), public)
    public = re.sub(
        r'"leader":(\d+),"bid_count"', _with_mask("leader", "leader_shown", names), public
    )
    return {b"p": public.encode(), b"x": msgspec.msgpack.encode(private)}


def _with_mask(member: str, added: str, names: Names) -> Any:  # noqa: ANN401 - a function of a match
    def replaced(found: re.Match[str]) -> str:
        name = names.get(int(found[1])) if int(found[1]) else None
        mask = _json(mask_name(name)) if name else '""'
        head = f'"{member}":{found[1]}'
        return f'{head},"{added}":{mask}{found[0][len(head) :]}'

    return replaced


def _name_events(node: Any, stream: str, people: dict[str, str]) -> None:  # noqa: ANN401 - redis-py's
    rows, groups = node.xrange(stream), []
    if not rows:
        return
    groups = node.xinfo_groups(stream)
    assert groups == [], "groups are made by the test, afterwards"
    node.delete(stream)
    for row_id, fields in rows:
        event = json.loads(fields[b"event"])
        for person in filter(None, (event["winner"], event["seller"])):
            person["name"] = people[person["id"]]
        node.xadd(stream, {"event": _json(event)}, id=row_id)


def _json(value: object) -> str:
    return msgspec.json.encode(value).decode()


OLDER = """
ALTER TABLE auction ADD COLUMN seller_name text, ADD COLUMN leader_name text;
CREATE FUNCTION named(lot text, wanted text) RETURNS jsonb LANGUAGE sql STABLE
RETURN coalesce(
    to_jsonb((SELECT name FROM person_name WHERE auction_id = lot AND number = wanted::integer)),
    to_jsonb(''::text)
);
UPDATE auction SET seller_name = named(id, '0') #>> '{}',
    leader_name = named(id, leader_number::text) #>> '{}';
UPDATE ledger_entry SET public = jsonb_set(public, '{terms,seller,name}', named(auction_id, '0'))
WHERE type = 'created';
UPDATE ledger_entry SET public = public || '{"shown": "x", "leader_shown": "y"}',
    private = jsonb_insert(private, '{1}', named(auction_id, public ->> 'number'))
WHERE type = 'bid';
UPDATE ledger_entry SET private = jsonb_insert(private, '{2}', named(auction_id, private ->> 2))
WHERE type = 'raise';
UPDATE ledger_entry SET public = public || '{"leader_shown": "y"}',
    private = jsonb_insert(private, '{1}', named(auction_id, public ->> 'leader'))
WHERE type = 'closed';
UPDATE ledger_entry SET private = jsonb_insert(private, '{1}', '"Rooter"')
WHERE type IN ('cancelled', 'rescheduled', 'voided');
UPDATE ledger_entry SET public = public || '{"leader_shown": "y"}',
    private = jsonb_insert(private, '{4}', '"Leader"')
WHERE type = 'voided';
DROP FUNCTION named;
DROP TABLE person_name, closed_account;
UPDATE alembic_version SET version_num = '0003'
"""
