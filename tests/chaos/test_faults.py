"""Faults under load: each process killed, two at once, a process paused, a failover."""

import re
import signal
import subprocess
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from chaos.drill import Drill
from martelo.stack.processes import proctable
from stacks import wait_for

pytestmark = pytest.mark.slow

PROCESSES = (
    "auctions-api",
    "auctions-live",
    "auctions-worker",
    "auctions-socketio",
    "storefront",
    "gateway",
    "postgresql",
    "postgresql-replica",
    "valkey",
)
PAIRS = (("auctions-api", "valkey"), ("gateway", "postgresql"), ("auctions-live", "valkey"))
CHILDREN = {"auctions-api": "martelo.auctions.main api", "gateway": "worker process"}
"""Text in the command line of a serving child, not in that of its siblings."""

LEADERS = ("auctions-api", "storefront", "gateway")

PAUSE_S = 5.0
IsBack = Callable[[], bool]


def kill(drill: Drill, *names: str) -> IsBack:
    before = {name: drill.process(name)["pid"] for name in names}
    for name in names:
        drill.command("kill", name=name)

    def is_back() -> bool:
        now = {name: drill.process(name) for name in names}
        return all(p["state"] == "ready" and p["pid"] != before[n] for n, p in now.items())

    return is_back


def serving_children(leader: int, marker: str) -> list[int]:
    """Return the children of `leader` whose command line contains `marker`."""
    children = [e.pid for e in proctable.list_processes() if e.parent == leader]
    return [pid for pid in children if marker in command_line(pid)]


def command_line(pid: int) -> str:
    if not proctable.LINUX:
        command = ["/bin/ps", "-o", "command=", "-p", str(pid)]
        return subprocess.run(command, capture_output=True, text=True, check=False).stdout
    try:
        return Path(f"/proc/{pid}/cmdline").read_bytes().replace(b"\0", b" ").decode()
    except OSError:
        return ""


@pytest.mark.parametrize("name", PROCESSES)
def test_nothing_is_lost_when_a_process_is_killed(drill: Drill, name: str, rounds: int) -> None:
    with drill.load() as load:
        times = [load.strike(lambda: kill(drill, name)) for _ in range(rounds)]

    load.conclude(f"kill {name}", times)


@pytest.mark.usefixtures("only_in_full")
@pytest.mark.parametrize("name", CHILDREN)
def test_nothing_is_lost_when_one_child_is_killed(drill: Drill, name: str) -> None:
    leaders = [drill.process(name)["pid"]]

    def kill_child() -> IsBack:
        before = serving_children(drill.process(name)["pid"], CHILDREN[name])
        assert before, f"{name} has no serving child"
        proctable.send_signal(before[:1], signal.SIGKILL)

        def is_back() -> bool:
            process = drill.process(name)
            children = serving_children(process["pid"] or -1, CHILDREN[name])
            return process["state"] == "ready" and bool(set(children) - set(before))

        return is_back

    with drill.load() as load:
        times = [load.strike(kill_child)]
        times.append(load.strike(kill_child))
        leaders.append(drill.process(name)["pid"])

    assert leaders[0] == leaders[1], "the parent replaces a child itself, twice within seconds"
    load.conclude(f"kill one child of {name}", times)


@pytest.mark.usefixtures("only_in_full")
@pytest.mark.parametrize("name", LEADERS)
def test_nothing_is_lost_when_a_leader_alone_is_killed(drill: Drill, name: str) -> None:
    """Its children continue to serve on the port until the launcher ends them too."""

    def kill_leader() -> IsBack:
        leader = drill.process(name)["pid"]
        proctable.send_signal([leader], signal.SIGKILL)

        def is_back() -> bool:
            process = drill.process(name)
            return bool(process["state"] == "ready" and process["pid"] != leader)

        return is_back

    with drill.load() as load:
        times = [load.strike(kill_leader) for _ in range(2)]

    load.conclude(f"kill the leader of {name} alone", times)


@pytest.mark.usefixtures("only_in_full")
@pytest.mark.parametrize("names", PAIRS, ids=" and ".join)
def test_nothing_is_lost_when_two_are_killed_at_once(drill: Drill, names: tuple[str, str]) -> None:
    with drill.load() as load:
        times = [load.strike(lambda: kill(drill, *names))]

    load.conclude(f"kill {' and '.join(names)}", times)


@pytest.mark.usefixtures("only_in_full")
@pytest.mark.parametrize("name", ["valkey", "auctions-live"])
def test_nothing_is_lost_while_a_process_is_paused(drill: Drill, name: str) -> None:
    def pause() -> IsBack:
        drill.command("pause", name=name)
        until = time.monotonic() + PAUSE_S
        wait_for(lambda: time.monotonic() > until or None, "the pause to end")
        drill.command("resume", name=name)
        return lambda: drill.process(name)["state"] == "ready"

    with drill.load() as load:
        times = [load.strike(pause)]

    load.conclude(f"pause {name} {PAUSE_S:.0f} s", times, "pause included")


@pytest.mark.usefixtures("only_in_full")
def test_nothing_is_lost_when_the_standby_takes_over(drill: Drill) -> None:
    def fail_over() -> IsBack:
        drill.command("failover")
        return lambda: drill.process("postgresql-replica")["state"] == "ready"

    with drill.load() as load:
        times = [load.strike(fail_over)]

    load.conclude("failover of postgresql", times)


def test_verify_agrees_for_every_lot_of_the_drill(drill: Drill) -> None:
    """The command compares each lot with its ledger, in the store and in the record."""
    auction_ids = [auction_id for lots in drill.lots for auction_id in lots.auction_ids]

    def agrees() -> bool | None:
        output = drill.stack.do("exec", "auctions", "verify", *auction_ids)
        live, record = (
            dict(re.findall(rf"(\S+) {where}: (\d+) entries, agrees", output))
            for where in ("live", "record")
        )
        # The record may lag; what it has must agree.
        return (live == record and set(live) == set(auction_ids)) or None

    wait_for(agrees, "the record to hold every entry")
