"""The feed on a Cluster of three servers."""

import asyncio
from pathlib import Path

import pytest

from engines.live_process import LiveProcess, running_process, watching
from engines.lots import PARTITIONS, Lots
from engines.valkey import running_cluster
from martelo.auctions.adapters.live_store.connection import Connection, Durability
from martelo.auctions.adapters.live_store.setup import prepare_store
from martelo.auctions.adapters.live_store.store import ValkeyStore
from martelo.runtime.valkey.client import connect


@pytest.mark.slow
async def test_brings_auctions_of_every_server_to_their_viewers(tmp_path: Path) -> None:
    with running_cluster(tmp_path / "cluster") as servers:
        url = f"valkey+cluster://127.0.0.1:{servers[0].port}"
        valkey = connect(url, timeout_s=5)
        prepare_store(valkey, PARTITIONS)
        lots = Lots(ValkeyStore(Connection(valkey, Durability()), PARTITIONS))
        with running_process(LiveProcess("live", tmp_path, url, "http://127.0.0.1:9")) as feed:
            for _ in range(8):
                lot = await asyncio.to_thread(lots.create)
                async with watching(feed.port, lot) as stream:
                    await stream.until(lambda s: s.seqs == [1])
                    await asyncio.to_thread(lots.bid, lot, 5)
                    await stream.until(lambda s: s.seqs == [1, 2, 3, 4, 5, 6])
                async with watching(feed.port, lot, after=stream.events[2].last_id) as again:
                    await again.until(lambda s: s.seqs == [4, 5, 6])
