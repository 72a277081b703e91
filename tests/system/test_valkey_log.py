"""Valkey's append-only file, after a power cut and while it is long."""

import asyncio
import re
import socket
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest
import redis

from martelo.stack.cli.detach import describe_failing
from martelo.stack.engines.engine_user import EngineUser
from martelo.stack.engines.valkey import USERS, Valkey
from martelo.stack.folder import DataFolder
from stacks import LaunchedStack, wait_for

PASSWORDS = dict.fromkeys(USERS, "secret")
INCREMENT = "valkey/appendonlydir/appendonly.aof.1.incr.aof"


@pytest.fixture
def stack(tmp_path: Path) -> Iterator[LaunchedStack]:
    stack = LaunchedStack(tmp_path / "data")
    yield stack
    stack.close()


def connect(stack: LaunchedStack) -> redis.Redis:
    return redis.Redis(
        port=stack.process("valkey")["ports"][0],
        username="admin",
        password=stack.password("valkey", "admin"),
        decode_responses=True,
    )


def test_a_tail_of_zeros_is_cut_off_after_a_copy_and_reported(stack: LaunchedStack) -> None:
    stack.up("valkey")
    connect(stack).set("bid", "100")
    stack.do("down")
    with (stack.data / INCREMENT).open("ab") as log:
        log.write(bytes(4096))

    stack.up("valkey")

    assert connect(stack).get("bid") == "100"
    [copy] = (stack.data / "valkey").glob("*.cut-off-at-*")
    assert copy.read_bytes() == bytes(4096)
    assert f"cut off, and copied to {copy}" in stack.do("logs", "martelo")


def test_damage_before_the_end_is_explained_by_up_itself(stack: LaunchedStack) -> None:
    stack.up("valkey")
    connect(stack).set("bid", "100")
    stack.do("down")
    with (stack.data / INCREMENT).open("ab") as log:
        log.write(b"garbage\r\n")

    with stack.start("up", "--only", "valkey") as up:
        assert up.stdout is not None
        line = next(line for line in up.stdout if "cannot start" in line)
        shown = wait_for(lambda: describe_failing(DataFolder(stack.data)), "valkey to be failing")
        up.terminate()
        up.stdout.read()

    assert shown.startswith("valkey fails again and again:\n")
    assert "Z valkey cannot start: " in shown
    assert "Bad file format reading the append only file" in shown
    assert re.search(r"is damaged at byte \d+.*backup.*truncate -s", line)


def test_loading_is_alive_but_not_ready_and_is_reported(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    said: list[str] = []
    valkey = Valkey(tmp_path / "valkey", port, PASSWORDS, EngineUser(), said.append)
    asyncio.run(valkey.prepare())
    folder = tmp_path / "valkey"
    (folder / "appendonlydir").mkdir()
    (folder / "appendonlydir/appendonly.aof.manifest").write_text("file log seq 1 type i\n")
    words = "*3\r\n$3\r\nSET\r\n$1\r\na\r\n$1\r\nb\r\n"
    (folder / "appendonlydir/log").write_text("*2\r\n$6\r\nSELECT\r\n$1\r\n0\r\n" + words * 200_000)
    with (folder / "valkey.conf").open("a") as settings:
        # Microseconds per command; it answers between a thousand of them.
        settings.write("key-load-delay 100\n")

    with subprocess.Popen(valkey.program().command, cwd=folder) as server:
        try:
            while not asyncio.run(valkey.is_alive()):
                assert server.poll() is None
            assert not asyncio.run(valkey.is_ready())
        finally:
            server.kill()

    assert re.fullmatch(r"valkey is loading its log \(\d+ %\)", said[0])
