"""Socket.IO with the npm package `socket.io-client`, installed for the test by npm."""

import asyncio
import json
import shutil
import subprocess
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest

from engines.live_process import LiveProcess
from engines.lots import Lots
from fakes.neighbours import Neighbours

PACKAGE = "socket.io-client@4.8.1"
PROGRAM = Path(__file__).with_name("npm_client.mjs")
INSTALLED_WITHIN_S = 180
COMES_WITHIN_S = 30

Start = Callable[..., LiveProcess]


@pytest.fixture(scope="session")
def modules(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a folder in which the package is installed."""
    npm = shutil.which("npm")
    assert npm, "npm is missing: install Node.js 18 or newer"
    folder = tmp_path_factory.mktemp("npm")
    (folder / "package.json").write_text('{"private": true}')
    install = [npm, "install", "--no-package-lock", "--no-audit", "--no-fund", PACKAGE]
    done = subprocess.run(
        install, cwd=folder, capture_output=True, timeout=INSTALLED_WITHIN_S, check=False
    )
    assert done.returncode == 0, f"npm could not install {PACKAGE}: {done.stderr.decode()}"
    return folder


@pytest.mark.slow
@pytest.mark.parametrize("transport", ["websocket", "polling"])
async def test_joins_bids_and_sees_updates_and_the_end(
    modules: Path, start: Start, lots: Lots, neighbours: Neighbours, transport: str
) -> None:
    lot, server = lots.create(), start("socketio")
    token = neighbours.token("b2", "Bruno")
    received: list[tuple[str, Any]] = []

    async with asyncio.timeout(COMES_WITHIN_S):
        async with saying([str(modules), server.url, lot, token, transport]) as lines:
            async for line in lines:
                said = json.loads(line)
                received.append((said["what"], said["data"]))
                if [what for what, _ in received].count("placed") == 2:
                    await asyncio.to_thread(lots.cancel, lot)

    by_name = {what: data for what, data in received if what != "placed"}
    leading, refused = (data for what, data in received if what == "placed")
    assert by_name["joined"]["snapshot"]["title"] == "Bolo"
    assert leading["outcome"] == "leading"
    assert leading["current_price"] == "90.00"
    assert refused["type"] == "/problems/bid-too-low"
    assert by_name["auction_update"]["amount"] == "90.00"
    assert by_name["auction_update"]["auction_id"] == lot
    assert by_name["auction_ended"]["type"] == "cancelled"


@asynccontextmanager
async def saying(arguments: list[str]) -> AsyncIterator[asyncio.StreamReader]:
    """Run the program and yield the lines it prints."""
    process = await asyncio.create_subprocess_exec(
        "node", str(PROGRAM), *arguments, stdout=asyncio.subprocess.PIPE
    )
    assert process.stdout is not None
    try:
        yield process.stdout
        await process.wait()
    finally:
        if process.returncode is None:
            process.kill()
            await process.wait()
