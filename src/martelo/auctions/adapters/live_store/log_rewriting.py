"""Rewriting the servers' append-only files, which hold what was erased until that is done."""

import time
from collections.abc import Mapping, Sequence
from typing import Any

from martelo.auctions.adapters.live_store.connection import Connection
from martelo.auctions.adapters.live_store.keys import partition_keys
from martelo.auctions.ports.failures import StoreUnavailable

MAX_WAIT_S = 30.0
POLL_S = 0.02


def rewrite_logs(connection: Connection, partitions: Sequence[int]) -> None:
    """Rewrite the file of every primary that has one; return when that is done.

    Raises:
        StoreUnavailable: It is not done; the call may be repeated.
    """
    for partition, *_ in connection.by_server(partitions):
        key = partition_keys(partition).probe
        if _wait(connection, key)["aof_enabled"]:
            connection.ask(key, "BGREWRITEAOF")
            if _wait(connection, key)["aof_last_bgrewrite_status"] != "ok":
                raise StoreUnavailable("the append-only file was not rewritten")


def _wait(connection: Connection, key: str) -> Mapping[str, Any]:
    """Return what a server says of its file once no rewriting is under way."""
    deadline = time.monotonic() + MAX_WAIT_S
    while True:
        state: Mapping[str, Any] = connection.ask(key, "INFO", "persistence")
        if not (state["aof_rewrite_in_progress"] or state["aof_rewrite_scheduled"]):
            return state
        if time.monotonic() > deadline:
            raise StoreUnavailable("the append-only file is still being rewritten")
        time.sleep(POLL_S)
