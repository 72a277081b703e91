"""Real programs whose leader is killed while its workers live on."""

import asyncio
import os
import signal
import sys
import time
from pathlib import Path

from martelo.stack.processes import proctable
from martelo.stack.processes.child import Child, Program, start_child
from martelo.stack.processes.guard import Guard

ENDS_WITHIN_S = 20
LEADER = (
    "import os, time; print('worker' if os.fork() == 0 else 'leader', flush=True); time.sleep(99)"
)


async def start_two(folder: Path) -> Child:
    """Return a program that has said that both of its processes run."""
    program = Program(
        command=[sys.executable, "-c", LEADER],
        environment={"PATH": os.defpath},
        folder=folder,
    )
    said: list[str] = []
    child = await start_child("two", program, Guard(folder / "guarded"), said.extend)
    deadline = time.monotonic() + ENDS_WITHIN_S
    while sorted(said) != ["leader", "worker"]:
        assert time.monotonic() < deadline, said
        await asyncio.sleep(0.01)
    return child


async def test_is_over_once_its_leader_is_killed_and_takes_its_workers_along(
    tmp_path: Path,
) -> None:
    child = await start_two(tmp_path)
    assert len(proctable.find_tree(child.pid)) == 2

    os.kill(child.pid, signal.SIGKILL)

    async with asyncio.timeout(ENDS_WITHIN_S):
        assert await child.wait() == -signal.SIGKILL
    assert proctable.find_tree(child.pid) == []


async def test_is_stopped_though_a_worker_holds_its_output(tmp_path: Path) -> None:
    child = await start_two(tmp_path)

    async with asyncio.timeout(ENDS_WITHIN_S):
        await child.stop()
        assert await child.wait() == -signal.SIGTERM
    assert proctable.find_tree(child.pid) == []
