"""Faults of a complete house: copied, stopped and started, frozen, extended while people bid."""

import json
import re
import shutil
import signal
import subprocess
import time
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

import pytest

from chaos.drill import Drill
from chaos.people import Account, post
from engines.ports import free_port
from martelo.auctions.domain.entries import Rescheduled
from martelo.kernel.ids import AuctionId
from martelo.stack.processes import proctable
from martelo.stack.processes.groups import read_record
from stacks import LaunchedStack, wait_for

pytestmark = pytest.mark.slow

FREEZE_S = 10.0
IsBack = Callable[[], bool]


def ready(drill: Drill, *names: str) -> IsBack:
    return lambda: all(drill.process(name)["state"] == "ready" for name in names)


def leaders(drill: Drill) -> dict[str, int]:
    """Return the pid of every process, without children that come and go."""
    status = drill.command("status")
    pids = {process["name"]: process["pid"] for process in status["processes"]}
    return {**pids, "launcher": status["launcher"]["pid"]}


def start_again(drill: Drill) -> None:
    """Start the stack on its port, and connect to it."""
    port = drill.url.rpartition(":")[2]
    drill.stack.do("up", "--detach", "--no-demo", "--port", port)
    drill.connect()


def test_a_copy_of_the_running_folder_harms_nobody(drill: Drill, tmp_path: Path) -> None:
    before = leaders(drill)
    with drill.load() as load:
        struck_at = time.monotonic()
        copy = tmp_path / "copy"
        # As `cp -r` does while files come and go.
        shutil.copytree(
            drill.stack.data, copy, ignore=shutil.ignore_patterns("control.sock", "*.pid", "temp-*")
        )
        other = LaunchedStack(copy)
        try:
            # Whether it comes up or not: a copy of files in use need not be complete.
            with suppress(subprocess.TimeoutExpired):
                other.run("up", "--detach", "--no-demo", "--port", str(free_port()), timeout_s=40)
            other.run("down")
        finally:
            other.close()
        copied_s = time.monotonic() - struck_at
        load.flow()
        times = load.times(struck_at, copied_s)

    assert leaders(drill) == before
    load.conclude("start on a copy of the folder", [times], "no process of the original ended")


def test_nothing_is_lost_over_a_planned_stop_and_start(drill: Drill) -> None:
    with drill.load() as load:
        struck_at = time.monotonic()
        drill.stack.do("down")
        # People bid until the gateway stops, after the workers.
        noted_at = float((drill.stack.data / "stopped-at").read_text())
        assert noted_at >= last_written(drill, "auctions-worker")
        start_again(drill)
        back_s = time.monotonic() - struck_at
        load.flow()
        times = load.times(struck_at, back_s)

    assert re.search(
        r"no bids for [\d.]+ s, since the last stop", drill.stack.do("logs", "martelo")
    )
    load.conclude("planned stop and start", [times], "down, up --detach")


def last_written(drill: Drill, process: str) -> float:
    """Return when a process ended, as far as its log shows."""
    return (drill.stack.data / "log" / f"{process}.log").stat().st_mtime


@pytest.mark.usefixtures("only_in_full")
def test_nothing_is_lost_while_all_is_frozen(drill: Drill) -> None:
    """As a machine that is suspended: every process of the stack, its launcher included."""
    record = read_record(drill.stack.data / "run" / "groups.json")
    assert record is not None
    launcher = drill.command("status")["launcher"]
    own = [launcher["pid"], launcher["guardian_pid"]]
    pids = sorted({*drill.stack.pids(), *own, *(p for g in record.groups for p in tree(g.pid))})

    def freeze() -> IsBack:
        proctable.send_signal(pids, signal.SIGSTOP)
        until = time.monotonic() + FREEZE_S
        wait_for(lambda: time.monotonic() > until or None, "the freeze to end", seconds=30)
        proctable.send_signal(pids, signal.SIGCONT)
        return ready(drill, "valkey", "auctions-api", "auctions-live", "postgresql", "gateway")

    with drill.load() as load:
        times = [load.strike(freeze)]

    load.conclude(f"freeze everything {FREEZE_S:.0f} s", times, "freeze included")


def tree(pid: int) -> list[int]:
    return proctable.find_tree(pid)


def test_nothing_is_lost_while_all_ends_are_moved(drill: Drill) -> None:
    admin = Account(drill.http, drill.url, "Rute")
    drill.stack.do("exec", "storefront", "admin", admin.email)
    admin.renew(after_s=0)

    def extend() -> IsBack:
        body = {"minutes": 10, "reason": "O site ficou fora do ar"}
        answer = post(drill.http, f"{drill.url}/auctions/extend", body, admin.bearer)
        assert answer.status == 200, answer.body
        assert set(json.loads(answer.body)["extended"]) >= set(load.lots.auction_ids)
        return lambda: True

    with drill.load() as load:
        times = [load.strike(extend) for _ in range(3)]

    for auction_id in load.lots.auction_ids:
        entries = drill.store.entries(AuctionId(auction_id), (0, 0), 1_000_000)
        assert sum(isinstance(entry, Rescheduled) for entry in entries) == 3
    load.conclude("extend all", times, "every lot three times")
