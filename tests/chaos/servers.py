"""Servers of single drills: API and live feed on another store, a small disk."""

import os
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from chaos.drill import PARTITIONS, Drill, Place
from engines.live_process import LiveProcess, running_process
from engines.valkey import ValkeyServer
from martelo.auctions.adapters.live_store.setup import prepare_store
from martelo.auctions.adapters.live_store.store import ValkeyStore
from martelo.runtime.valkey.client import connect
from martelo.stack.processes import proctable


@contextmanager
def own_place(
    drill: Drill,
    folder: Path,
    store_url: str,
    store: ValkeyStore,
    **settings: str,
) -> Iterator[Place]:
    """Run `auctions-api` and `auctions-live` with the stack's settings on the store at `store_url`.

    `store` is used to read the ledger afterwards.
    """
    given = {name: v for name, v in drill.environment.items() if name != "MARTELO_PORT"}
    given |= {"VALKEY_URL": store_url, **settings}
    api, live = (
        LiveProcess(name, folder, store_url, drill.url, **given) for name in ("api", "live")
    )
    with running_process(api), running_process(live):
        yield Place(api.url, live.url, store)


def prepare(server: ValkeyServer) -> None:
    """Prepare an empty server as a store."""
    prepare_store(connect(server.url, timeout_s=5), PARTITIONS)


@contextmanager
def small_disk(folder: Path, size: str) -> Iterator[str | None]:
    """Mount a small disk at `folder`; yield the reason if that is impossible."""
    if not proctable.LINUX or os.geteuid() != 0:
        yield "mounting a small disk takes root on Linux"
        return
    folder.mkdir()
    command = ["mount", "-t", "tmpfs", "-o", f"size={size}", "martelo-drill", str(folder)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode != 0:
        yield f"mounting was refused: {done.stderr.strip()}"
        return
    try:
        yield None
    finally:
        subprocess.run(["umount", str(folder)], check=True)  # noqa: S607 - its path differs
