"""Servers a drill starts for itself: an API on a store of its own, a disk that can be filled."""

import os
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from chaos.drill import PARTITIONS, Drill
from engines.live_process import LiveProcess, running_process
from engines.valkey import Server
from martelo.auctions.adapters.valkey_setup import prepare_store
from martelo.runtime.valkey import connect
from martelo.stack import proctable


@contextmanager
def own_api(drill: Drill, folder: Path, store_url: str, **settings: str) -> Iterator[LiveProcess]:
    """Run an `auctions-api` with the stack's settings, on another way to a store."""
    given = {name: v for name, v in drill.environment.items() if name != "MARTELO_PORT"}
    given |= {"VALKEY_URL": store_url, **settings}
    with running_process(LiveProcess("api", folder, store_url, drill.url, **given)) as api:
        yield api


def prepare(server: Server) -> None:
    """Make an empty server the store of a house."""
    prepare_store(connect(server.url, timeout_s=5), PARTITIONS)


@contextmanager
def small_disk(folder: Path, size: str) -> Iterator[str | None]:
    """Mount a small disk at `folder`; yield why not where that cannot be done."""
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
        subprocess.run(["umount", str(folder)], check=True)  # noqa: S607 - wherever it is
