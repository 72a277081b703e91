"""Data of a version that stored names everywhere, brought to this version's form."""

import subprocess
import sys
from collections.abc import Iterator
from typing import Any

import msgspec
import pytest
from sqlalchemy import Engine, text

from engines.house import ANA, BRUNO, CARLA, PARTITIONS, House
from engines.named_data import name_record, name_store
from martelo.auctions.adapters.live_store.keys import auction_keys, partition_keys
from martelo.auctions.adapters.live_store.unnamed import move_names
from martelo.auctions.adapters.record.migrate import migrate_record
from martelo.auctions.domain.creating import Draft
from martelo.auctions.verification import verify
from martelo.kernel.ids import AuctionId
from martelo.runtime.postgresql.connections import open_engine

MOVE = f"""
import sys
from martelo.auctions.adapters.live_store.unnamed import move_names
from martelo.runtime.valkey.client import connect
move_names(connect(sys.argv[1], timeout_s=5), {PARTITIONS})
"""
UNPACK = msgspec.msgpack.Decoder()
TABLES = ("auction", "ledger_entry", "bidder", "person_name")


def lots_of_every_kind(house: House) -> list[AuctionId]:
    """Return lots with every kind of entry, some ended and some open."""
    bought = house.open(Draft("Vaso", "", 1_000, duration_ms=60_000, buy_now_cents=9_000))
    cancelled, voided, open_lot = (house.open_with_history() for _ in range(3))
    house.store.buy_now(bought, CARLA)
    house.store.cancel(cancelled, ANA, reason="Quebrou", is_admin=True)
    house.store.void_bids(voided, ANA, number=2, reason='"x"', key="k")
    house.store.extend(open_lot, ANA, minutes=5, reason="x", key="k")
    sold, unsold = house.open_to_end_at(house.store.now_ms() - 1_000, 2)
    house.store.close([sold])
    house.store.close([unsold])
    return [bought, cancelled, voided, open_lot, sold, unsold]


def stored(house: House) -> dict[str, Any]:
    """Return all auctions and ends of the live store."""
    node: Any = house.valkey.primaries()[0]
    found: dict[str, Any] = {}
    for key in node.scan_iter("{p*"):
        match node.type(key):
            case b"hash":
                found[key] = _unpacked(node.hgetall(key), b"s")
            case b"stream":
                found[key] = [(row_id, _unpacked(row, b"x")) for row_id, row in node.xrange(key)]
            case b"zset":
                found[key] = node.zrange(key, 0, -1, withscores=True)
    return found


def _unpacked(fields: dict[bytes, Any], packed: bytes) -> dict[bytes, Any]:
    if packed in fields:
        fields[packed] = UNPACK.decode(fields[packed])
    return fields


def recorded(house: House) -> dict[str, list[Any]]:
    with house.engine.connect() as connection:
        return {
            table: sorted(map(str, connection.execute(text(f"SELECT to_jsonb(t) FROM {table} t"))))  # noqa: S608 - named above
            for table in TABLES
        }


def names_of(house: House) -> set[str]:
    with house.engine.connect() as connection:
        return set(connection.scalars(text("SELECT DISTINCT name FROM person_name")))


@pytest.fixture
def owner(house: House) -> Iterator[Engine]:
    engine = open_engine(house.owner_url, application="test", pool_size=1)
    yield engine
    engine.dispose()


class TestMoveNames:
    def test_gives_the_data_of_this_version(self, house: House) -> None:
        lots = lots_of_every_kind(house)
        before = stored(house)
        name_store(house, lots)
        assert stored(house) != before

        for _ in range(2):
            move_names(house.valkey, PARTITIONS)

        assert stored(house) == before
        house.bid(lots[3], BRUNO, None, 90_000)
        house.store.void_bids(lots[3], ANA, number=1, reason="x", key=None)
        house.archive_all(*lots)
        for lot in lots:
            found = verify(house.store, house.record, lot)
            assert [(each.where, each.differences) for each in found] == [
                ("live", ()),
                ("record", ()),
            ]

    def test_goes_on_after_its_process_was_killed(self, house: House) -> None:
        lots = lots_of_every_kind(house) + [house.open() for _ in range(300)]
        for lot in lots[6:]:
            house.bid(lot, BRUNO, 10_000)
        before = stored(house)
        name_store(house, lots)
        node: Any = house.valkey.primaries()[0]
        process = subprocess.Popen([sys.executable, "-c", MOVE, house.valkey_server.url])
        while not any(node.hexists(auction_keys(lot).auction, "m:0") for lot in lots):
            assert process.poll() is None
        process.kill()
        process.wait()

        move_names(house.valkey, PARTITIONS)

        assert stored(house) == before

    def test_begins_again_what_was_half_written(self, house: House) -> None:
        lots = lots_of_every_kind(house)
        before = stored(house)
        name_store(house, lots[1:])
        node: Any = house.valkey.primaries()[0]
        node.xadd(f"{auction_keys(lots[1]).ledger}:unnamed", {"p": "half"}, id="9-0")
        node.xadd(f"{partition_keys(int(lots[4][:2])).finished}:unnamed", {"event": "half"})

        move_names(house.valkey, PARTITIONS)

        assert stored(house) == before

    def test_gives_groups_again_what_they_have_not_acknowledged(self, house: House) -> None:
        lots = [house.open() for _ in range(40)]
        for lot in lots:
            house.store.cancel(lot, ANA, reason="x", is_admin=False)
        name_store(house, lots)
        node: Any = house.valkey.primaries()[0]
        stream = next(
            partition_keys(part).finished
            for part in range(PARTITIONS)
            if node.xlen(partition_keys(part).finished) >= 3
        )
        ids = [row_id for row_id, _ in node.xrange(stream)]
        for group in ("all", "some", "none"):
            node.xgroup_create(stream, group, id="0")
        for group in ("all", "some"):
            node.xreadgroup(group, "worker", {stream: ">"})
        node.xack(stream, "all", *ids)
        node.xack(stream, "some", ids[0], *ids[2:])

        move_names(house.valkey, PARTITIONS)

        for group, left in (("all", []), ("some", ids[1:]), ("none", ids)):
            read = node.xreadgroup(group, "worker", {stream: ">"})
            assert [row_id for _, rows in read for row_id, _ in rows] == left
        assert all(b'"name"' not in event for event in house.finished())

    def test_is_not_repeated(self, house: House) -> None:
        lot = house.open()
        move_names(house.valkey, PARTITIONS)
        node: Any = house.valkey.primaries()[0]
        node.hset(auction_keys(lot).auction, "s", "unreadable")

        move_names(house.valkey, PARTITIONS)

        assert node.hget(auction_keys(lot).auction, "s") == b"unreadable"


class TestMigration:
    def test_moves_the_names_of_the_record(self, house: House, owner: Engine) -> None:
        lots = lots_of_every_kind(house)
        house.archive_all(*lots)
        before = recorded(house)
        name_record(owner)
        with owner.connect() as connection:
            named = connection.scalar(
                text("SELECT count(*) FROM ledger_entry WHERE public ? 'shown'")
            )
        assert named

        migrate_record(house.owner_url, house.database_url)

        assert recorded(house) == before
        assert {person.name for person in (ANA, BRUNO, CARLA)} == names_of(house)
        for lot in lots:
            assert not any(each.differences for each in verify(house.store, house.record, lot))
