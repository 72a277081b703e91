"""The launcher killed: no process of the stack may outlive it, and nothing may be lost."""

import signal
import time

import pytest

from chaos.drill import Drill
from martelo.stack.processes import proctable
from martelo.stack.processes.groups import read_record
from stacks import wait_until_gone

pytestmark = pytest.mark.slow


def test_nothing_outlives_the_launcher_and_nothing_is_lost(drill: Drill) -> None:
    with drill.load() as load:
        record = read_record(drill.stack.data / "run" / "groups.json")
        assert record is not None
        pids = {
            *drill.stack.pids(),
            *(p for g in record.groups for p in proctable.find_tree(g.pid)),
        }
        launcher = drill.command("status")["launcher"]["pid"]
        killed_at = time.monotonic()
        proctable.send_signal([launcher], signal.SIGKILL)

        wait_until_gone(sorted(pids))

        gone_s = time.monotonic() - killed_at
        port = drill.url.rpartition(":")[2]
        drill.stack.do("up", "--detach", "--no-demo", "--port", port)
        up_s = time.monotonic() - killed_at - gone_s
        drill.connect()
        load.flow()
        times = load.times(killed_at, gone_s + up_s)

    note = f"{len(pids)} processes gone after {gone_s:.2f} s, up again after {up_s:.1f} s"
    load.conclude("kill the launcher", [times], note)
    for lots in drill.lots:
        # The journal of a load is its file of 201s, written before the launcher was killed.
        assert not drill.compare(lots).faults
