"""Trimming the streams of ends: what is old and needed by nobody goes, nothing else."""

from collections.abc import Iterator
from typing import Any

import pytest
import redis

from engines.house import House
from martelo.auctions.adapters.live_store.keys import partition_keys
from martelo.auctions.worker.record_archiver import RecordArchiver
from martelo.auctions.worker.trimmer import KEPT_MS, Trimmer

STREAM = partition_keys(3).finished
AGES_MS = (KEPT_MS + 60_000, KEPT_MS + 40_000, KEPT_MS + 20_000, KEPT_MS - 60_000, 1_000)
"""Three that are old enough, and two that are not."""


@pytest.fixture
def ids(house: House) -> list[str]:
    """The stream of a partition with ends of those ages, all archived."""
    now_ms = house.store.now_ms()
    stream_ids = [f"{now_ms - age_ms}-{number}" for number, age_ms in enumerate(AGES_MS)]
    for stream_id in stream_ids:
        house.valkey.node_of(STREAM).xadd(STREAM, {"event": "{}"}, id=stream_id)
    house.archive.save_finished_positions({3: stream_ids[-1]})
    return stream_ids


@pytest.fixture
def trimmer(house: House) -> Iterator[Trimmer]:
    keeper: RecordArchiver = house.keeper()
    keeper.leads = True
    yield Trimmer(house.store, house.streams, house.archive, keeper, house.metrics)
    keeper.release()


def server(house: House) -> redis.Redis:
    return house.valkey.node_of(STREAM)


def left(house: House) -> list[str]:
    rows: Any = server(house).xrange(STREAM)
    return [stream_id.decode() for stream_id, _ in rows]


def read_entries(house: House, group: str, count: int, *, acknowledged: int) -> None:
    """Have a group read so many entries, and acknowledge the first of them."""
    server(house).xgroup_create(STREAM, group, id="0")
    read: Any = server(house).xreadgroup(group, "c", {STREAM: ">"}, count=count)
    for stream_id, _ in read[0][1][:acknowledged]:
        server(house).xack(STREAM, group, stream_id)


class TestTrimmer:
    def test_removes_what_is_older_than_seven_days(
        self, house: House, ids: list[str], trimmer: Trimmer
    ) -> None:
        trimmer.step()
        trimmer.step()

        assert left(house) == ids[3:]

    def test_keeps_what_the_record_has_not_worked_off(
        self, house: House, ids: list[str], trimmer: Trimmer
    ) -> None:
        house.archive.save_finished_positions({3: ids[1]})

        trimmer.step()

        assert left(house) == ids[1:]

    def test_keeps_everything_where_the_record_never_looked(
        self, house: House, ids: list[str], trimmer: Trimmer
    ) -> None:
        with house.engine.begin() as connection:
            connection.exec_driver_sql("DELETE FROM finished_position")

        trimmer.step()

        assert left(house) == ids

    def test_keeps_what_a_group_has_not_acknowledged(
        self, house: House, ids: list[str], trimmer: Trimmer
    ) -> None:
        read_entries(house, "done", 5, acknowledged=5)
        read_entries(house, "slow", 5, acknowledged=1)

        trimmer.step()

        assert left(house) == ids[1:]

    def test_keeps_what_a_group_has_not_read(
        self, house: House, ids: list[str], trimmer: Trimmer
    ) -> None:
        read_entries(house, "behind", 2, acknowledged=2)

        trimmer.step()

        assert left(house) == ids[1:]

    def test_keeps_everything_for_a_group_that_has_read_nothing(
        self, house: House, ids: list[str], trimmer: Trimmer
    ) -> None:
        server(house).xgroup_create(STREAM, "new", id="0")

        trimmer.step()

        assert left(house) == ids

    def test_waits_for_the_lead(self, house: House, ids: list[str], trimmer: Trimmer) -> None:
        trimmer.keeper.leads = False

        assert trimmer.step() > 0
        assert left(house) == ids
