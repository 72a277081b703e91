"""Faults of the store: its log, its clock, its disk, its replicas, a Cluster's primaries."""

import contextlib
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from chaos.drill import PARTITIONS, Drill, open_store
from chaos.servers import own_place, prepare, small_disk
from chaos.test_faults import IsBack
from chaos.test_store_limits import fill, wait_unclear
from engines.faketime import FakedClock
from engines.valkey import (
    ValkeyServer,
    follow,
    running,
    running_cluster,
    valkey_binary,
    wait_link,
)
from martelo.auctions.adapters.live_store.setup import prepare_store
from martelo.runtime.valkey.client import connect
from stacks import wait_for

pytestmark = pytest.mark.slow

ZEROS = 4096
COMMANDS = 50_000
AT_ONCE = ("--repl-diskless-sync-delay", "0")
REPLICAS = ("--min-replicas-to-write", "1", "--min-replicas-max-lag", "3")
FAST_FAILOVER = ("--cluster-replica-validity-factor", "0", *AT_ONCE)


def test_zeros_at_the_end_of_the_log_cost_nothing(drill: Drill) -> None:
    folder = drill.stack.data / "valkey/appendonlydir"

    def cut_power() -> IsBack:
        before = drill.process("valkey")["pid"]
        drill.command("kill", name="valkey", hold_s=1.0)
        newest = max(folder.glob("*.incr.aof"), key=lambda path: path.stat().st_mtime)
        with newest.open("ab") as log:
            log.write(bytes(ZEROS))

        def is_back() -> bool:
            process = drill.process("valkey")
            return bool(process["state"] == "ready" and process["pid"] != before)

        return is_back

    with drill.load() as load:
        times = [load.strike(cut_power) for _ in range(2)]

    load.conclude("power cut: zeros at the end of the log", times, "cut off after a copy")


@pytest.mark.usefixtures("only_in_full")
def test_a_slow_load_loses_nothing(drill: Drill, tmp_path: Path) -> None:
    """The store reads its log for seconds after it was killed, and refuses bids meanwhile."""
    slowly = ("--key-load-delay", "50")
    with running(ValkeyServer(valkey_binary(), tmp_path / "valkey", *slowly)) as server:
        prepare(server)
        fill_log(server)

        def kill() -> IsBack:
            server.kill()
            server.start()
            return lambda: True

        with own_place(drill, tmp_path, server.url, open_store(server.url)) as place:
            with drill.load(place) as load:
                times = [load.strike(kill)]

            load.conclude("slow load of the log", times, f"{COMMANDS} commands in it")


def fill_log(server: ValkeyServer) -> None:
    """Write commands that leave nothing behind."""
    with server.client() as client:
        for _ in range(COMMANDS // 1_000):
            with client.pipeline(transaction=False) as pipe:
                for number in range(1_000):
                    pipe.hset("bulk", str(number), "x")
                pipe.execute()
        client.delete("bulk")


@pytest.mark.usefixtures("only_in_full")
def test_a_jump_of_the_clock_loses_nothing(drill: Drill, tmp_path: Path) -> None:
    """Forward by two minutes and back, on a store whose lots end later."""
    clock = FakedClock(tmp_path / "clock")
    server = ValkeyServer(valkey_binary(), tmp_path / "valkey", environment=clock.environment)
    with running(server):
        prepare(server)

        def jump(seconds: int) -> Callable[[], IsBack]:
            def fault() -> IsBack:
                clock.set_ahead(seconds)
                return lambda: True

            return fault

        with own_place(drill, tmp_path, server.url, open_store(server.url)) as place:
            with drill.load(place) as load:
                times = [load.strike(jump(seconds)) for seconds in (120, 0)]

            load.conclude("the store's clock jumps", times, "2 minutes forward, and back")


@pytest.mark.usefixtures("only_in_full")
def test_room_that_comes_and_goes_loses_nothing(drill: Drill, tmp_path: Path) -> None:
    with small_disk(tmp_path / "disk", "60m") as refused:
        if refused is not None:
            drill.table.add_not_proved("disk full, three times", refused)
            return
        disk = tmp_path / "disk"
        with running(ValkeyServer(valkey_binary(), disk / "valkey")) as server:
            prepare(server)
            with own_place(drill, tmp_path, server.url, open_store(server.url)) as place:
                with drill.load(place) as load:
                    times = []
                    for _ in range(3):
                        struck_at = time.monotonic()
                        fill(disk)
                        wait_unclear(load, "outcome-unknown")
                        (disk / "filler").unlink()
                        freed_at = time.monotonic()
                        if not server.is_running:
                            server.start()
                        load.flow()
                        back_s = load.journal.first_after(freed_at) - freed_at
                        times.append(load.times(struck_at, back_s))
                load.conclude("disk full, three times", times, "room comes and goes")


@pytest.mark.usefixtures("only_in_full")
def test_no_inode_left_loses_nothing(drill: Drill, tmp_path: Path) -> None:
    """Bids go into a file that is there; only a new file of the log would need an inode."""
    with small_disk(tmp_path / "disk", "200m,nr_inodes=400") as refused:
        if refused is not None:
            drill.table.add_not_proved("no inode left", refused)
            return
        disk = tmp_path / "disk"
        with running(ValkeyServer(valkey_binary(), disk / "valkey")) as server:
            prepare(server)
            with own_place(drill, tmp_path, server.url, open_store(server.url)) as place:
                with drill.load(place) as load:
                    times = [load.strike(lambda: use_up_inodes(disk, server)) for _ in range(2)]
                load.conclude("no inode left", times, "the log is rewritten meanwhile")


def use_up_inodes(disk: Path, server: ValkeyServer) -> IsBack:
    """Use up every inode, have the log rewritten, and free them."""
    made = []
    with contextlib.suppress(OSError):
        for number in range(1_000):
            path = disk / f"inode-{number}"
            path.touch()
            made.append(path)
    with server.client() as client, contextlib.suppress(Exception):
        client.bgrewriteaof()
    for path in made:
        path.unlink()
    return lambda: server.is_running


@pytest.mark.usefixtures("only_in_full")
def test_a_killed_replica_stops_nothing_and_the_last_one_bids_alone(
    drill: Drill, tmp_path: Path
) -> None:
    first = ValkeyServer(valkey_binary(), tmp_path / "first", *AT_ONCE, *REPLICAS)
    follows = (*AT_ONCE, *REPLICAS, "--replicaof", "127.0.0.1", str(first.port))
    with running(first) as primary, contextlib.ExitStack() as stack:
        second, third = (
            stack.enter_context(running(ValkeyServer(valkey_binary(), tmp_path / name, *follows)))
            for name in ("second", "third")
        )
        for replica in (second, third):
            wait_link(replica)
        prepare_store(connect(primary.url, timeout_s=5), PARTITIONS, replicas=1)
        wait = {"VALKEY_WAIT_REPLICAS": "1"}
        with own_place(drill, tmp_path, primary.url, open_store(primary.url), **wait) as place:
            with drill.load(place) as load:
                struck_at = time.monotonic()
                second.kill()
                load.flow()
                one = load.times(struck_at, 0.0)
                struck_at = time.monotonic()
                third.kill()
                wait_unclear(load, "store-unavailable")
                third.start()
                wait_link(third)
                back_s = time.monotonic() - struck_at
                load.flow()
                both = load.times(struck_at, back_s)

            load.conclude(
                "WAIT 1: a replica killed, then the last", [one, both], "refused before writing"
            )


@pytest.mark.usefixtures("only_in_full")
def test_killed_primaries_of_a_cluster_lose_nothing(drill: Drill, tmp_path: Path) -> None:
    """Each in turn; every one has a replica that takes over, and comes back as its replica."""
    with running_cluster(tmp_path / "cluster", *FAST_FAILOVER, replicas=3) as servers:
        url = f"valkey+cluster://127.0.0.1:{servers[0].port}"
        pairs = list(zip(servers[:3], servers[3:], strict=True))
        for primary, replica in pairs[1:]:
            follow(replica, primary)
        for _, replica in pairs:
            wait_link(replica)
        prepare_store(connect(url, timeout_s=5), PARTITIONS)
        wait = {"VALKEY_WAIT_REPLICAS": "1"}
        with own_place(drill, tmp_path, url, open_store(url), **wait) as place:
            with drill.load(place, auctions=6) as load:
                times = []
                for primary, replica in pairs:
                    struck_at = time.monotonic()
                    primary.kill()
                    wait_promoted(replica)
                    promoted_s = time.monotonic() - struck_at
                    primary.start()
                    wait_link(primary)
                    load.flow()
                    times.append(load.times(struck_at, promoted_s))

            load.conclude("each primary of a Cluster killed", times, "replicas were promoted")


def wait_promoted(replica: ValkeyServer) -> None:
    def is_primary() -> bool | None:
        with replica.client() as client:
            return client.info("replication")["role"] == "master" or None

    wait_for(is_primary, "a replica to be promoted", seconds=20)
