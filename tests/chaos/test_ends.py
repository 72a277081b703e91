"""A thousand auctions that end in the same second, with three workers, one of them killed."""

from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest
import redis

from chaos.drill import PARTITIONS, Drill, all_entries, open_store
from chaos.table import Row
from engines.live_process import LiveProcess, running_process
from martelo.auctions.adapters.live_store.keys import partition_keys, random_auction_id
from martelo.auctions.adapters.record.archive import SqlArchive
from martelo.auctions.domain.answers import Opened, Placed
from martelo.auctions.domain.auction import Person
from martelo.auctions.domain.bidding import Bid
from martelo.auctions.domain.creating import Draft
from martelo.auctions.domain.entries import Closed
from martelo.contracts.channels import FINISHED_CHANNEL
from martelo.contracts.finished import DECODER
from martelo.kernel.ids import AccountId, AuctionId
from martelo.runtime.valkey.client import parse_address
from stacks import wait_for

pytestmark = pytest.mark.slow

AUCTIONS = 1_000
LEAD_MS = 20_000
"""How long before their common end the first of them is created."""

SELLER = Person(AccountId("d0000000-0000-4000-8000-000000000001"), "Ana")
BIDDER = Person(AccountId("d0000000-0000-4000-8000-000000000002"), "Bruno")


class Finished:
    """The finished streams and their channel, read independently of the workers."""

    def __init__(self, url: str) -> None:
        self._client = redis.Redis.from_url(parse_address(url).url, socket_timeout=10)
        self._pubsub = self._client.pubsub(ignore_subscribe_messages=True)  # type: ignore[no-untyped-call]
        self._pubsub.subscribe(FINISHED_CHANNEL)
        assert self._pubsub.get_message(timeout=5) is None, "the confirmation is not returned"

    def count(self) -> int:
        """Return how many entries the streams hold."""
        with self._client.pipeline(transaction=False) as pipe:
            for partition in range(PARTITIONS):
                pipe.xlen(partition_keys(partition).finished)
            return sum(pipe.execute())

    def events(self) -> list[str]:
        """Return the auction of each entry."""
        names: list[str] = []
        for partition in range(PARTITIONS):
            rows: Any = self._client.xrange(partition_keys(partition).finished)
            for _, fields in rows:
                names.append(DECODER.decode(fields[b"event"]).auction_id)
        return names

    def messages(self) -> list[str]:
        """Return the auction of each message so far."""
        names: list[str] = []
        while message := self._pubsub.get_message(timeout=1):
            names.append(DECODER.decode(message["data"]).auction_id)
        return names

    def close(self) -> None:
        self._pubsub.close()
        self._client.close()


@pytest.fixture
def finished(drill: Drill) -> Iterator[Finished]:
    finished = Finished(drill.environment["VALKEY_URL"])
    yield finished
    finished.close()


def start_worker(drill: Drill, folder: Path) -> LiveProcess:
    """Return a worker with the stack's own settings, on a side port of its own."""
    settings = {name: value for name, value in drill.environment.items() if name != "MARTELO_PORT"}
    return LiveProcess("worker", folder, settings["VALKEY_URL"], drill.url, **settings)


def open_auctions(drill: Drill, ends_at_ms: int) -> list[AuctionId]:
    """Create auctions that end at one instant; half of them have a bid."""
    draft = Draft("Lote", "", 100, ends_at_ms=ends_at_ms, soft_close_window_s=0, soft_close_cap_s=0)
    ids = [random_auction_id(PARTITIONS) for _ in range(AUCTIONS)]

    def create(share: list[AuctionId]) -> None:
        store = open_store(drill.environment["VALKEY_URL"])
        for index, auction_id in enumerate(share):
            assert isinstance(store.create(auction_id, SELLER, draft), Opened)
            if index % 2:
                assert isinstance(store.place_bid(auction_id, Bid(BIDDER, 100, None)), Placed)

    with ThreadPoolExecutor(8) as threads:
        list(threads.map(create, [ids[share::8] for share in range(8)]))
    return ids


def test_each_ends_once_though_a_worker_is_killed(
    drill: Drill, finished: Finished, tmp_path: Path
) -> None:
    ends_at_ms = drill.store.now_ms() + LEAD_MS
    before = Counter(finished.events())
    with ExitStack() as running:
        others = [start_worker(drill, tmp_path) for _ in range(2)]
        for worker in others:
            running.enter_context(running_process(worker))
        auction_ids = open_auctions(drill, ends_at_ms)
        already = finished.count()
        assert drill.store.now_ms() < ends_at_ms, "this machine did not create them in time"
        wait_for(lambda: drill.store.now_ms() > ends_at_ms - 30 or None, "the end")
        while finished.count() == already:
            assert drill.store.now_ms() < ends_at_ms + 10_000, "no worker closes"

        others[0].kill()

        closed_at_kill = finished.count() - already
        wait_for(lambda: finished.count() - already >= AUCTIONS or None, "all to be closed")
        messages = Counter(finished.messages())
        wait_for(lambda: is_archived(drill, auction_ids) or None, "the record to hold all")

    ends = {
        name: [e for e in all_entries(drill.store, name) if isinstance(e, Closed)]
        for name in auction_ids
    }
    events = Counter(finished.events()) - before
    late_ms = max(end.at_ms for each in ends.values() for end in each) - ends_at_ms
    early_ms = min(end.at_ms for each in ends.values() for end in each) - ends_at_ms
    row = Row(
        f"{AUCTIONS} end at once, 1 of 3 workers killed",
        acknowledged=AUCTIONS,
        lost=sum(not (ends[name] and events[name] and messages[name]) for name in auction_ids),
        double=sum(max(len(ends[name]), events[name], messages[name]) > 1 for name in auction_ids),
        note=f"the last closed {late_ms} ms after its end; {closed_at_kill} closed at the kill",
    )
    drill.table.add(row)
    assert row.is_clean
    assert early_ms >= 0
    assert set(events) == set(messages) == set(auction_ids)


def is_archived(drill: Drill, auction_ids: list[AuctionId]) -> bool:
    positions = SqlArchive(drill.engine).positions(auction_ids)
    last = {name: all_entries(drill.store, name)[-1].seq for name in auction_ids}
    return {name: at.seq for name, at in positions.items()} == last
