"""The store's clock decides, also if the clocks of API and worker are wrong."""

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

import pytest

from conformance.auctions.conftest import set_clock
from engines.faketime import faketime_library
from engines.ports import free_port
from martelo.auctions.adapters.live_store.setup import library_source
from martelo.kernel.instants import format_instant, parse_instant
from martelo.runtime.valkey.client import Valkey, connect
from stacks import LaunchedStack, wait_for
from visitors import Account, House

SHIFTS_S = (300, -300)


@pytest.fixture(scope="module")
def faketime() -> str:
    return faketime_library()


@pytest.fixture(scope="module")
def quiet(tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    """Run a stack without a worker, so that the only one is under test."""
    stack = LaunchedStack(tmp_path_factory.mktemp("clocks") / "data")
    try:
        stack.up("storefront", "auctions-api")
        yield House(stack)
    finally:
        stack.close()


@pytest.fixture(scope="module")
def valkey(quiet: House) -> Valkey:
    password = quiet.stack.password("valkey", "admin")
    return connect(f"valkey://admin:{password}@127.0.0.1:{quiet.ports['valkey']}/0", timeout_s=5)


@pytest.fixture
def _real_clock(valkey: Valkey) -> Iterator[None]:
    """Restore the store's own clock."""
    yield
    for node in valkey.primaries():
        node.function_load(library_source(), replace=True)


@pytest.fixture(scope="module")
def seller(quiet: House) -> Account:
    return quiet.register("Ana")


@pytest.fixture(scope="module")
def bidder(quiet: House) -> Account:
    return quiet.register("Bruno")


@contextmanager
def shifted(house: House, name: str, library: str, shift_s: int, folder: Path) -> Iterator[int]:
    """Run a process of the auctions with a clock `shift_s` ahead, and yield its port."""
    dump = "import json, os; print(json.dumps(dict(os.environ)))"
    environment = json.loads(house.stack.do("exec", "auctions", "--", "python", "-c", dump))
    port = free_port()
    environment |= {
        "MARTELO_PORT": str(port),
        "MARTELO_LOG_FORMAT": "json",
        "LD_PRELOAD": library,
        "FAKETIME": f"{shift_s:+d}s",
        # Only the wall clock is wrong, not the clock of timeouts.
        "FAKETIME_DONT_FAKE_MONOTONIC": "1",
    }
    command = [sys.executable, "-m", "martelo.auctions.main", name]
    log = folder / f"{name}.log"
    with log.open("wb") as lines:
        process = subprocess.Popen(
            command, env=environment, stdout=lines, stderr=lines, start_new_session=True
        )
    try:
        yield _wait_until_ready(house, port, process, log)
    finally:
        process.terminate()
        # Under a faked clock a sleep whose time is over before it starts, as on a busy machine, is
        # invalid: granian's stop has many short ones, and may then never end.
        with suppress(subprocess.TimeoutExpired):
            process.wait(timeout=5)
        with suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
        process.wait(timeout=30)


def _wait_until_ready(house: House, port: int, process: subprocess.Popen[bytes], log: Path) -> int:
    house.ports["shifted"] = port

    def look() -> bool | None:
        assert process.poll() is None, log.read_text()
        try:
            return True if house.call("GET", "/readyz", to="shifted").status == 200 else None
        except OSError:
            return None

    wait_for(look, "the shifted process to be ready")
    return port


def read_at_ms(answer: dict[str, Any], name: str) -> int:
    found = parse_instant(answer[name])
    assert found is not None
    return found


def bid_through_shifted(by: Account, lot: str, amount: str) -> Any:  # noqa: ANN401 - an answer
    fields = {"auction_id": lot, "amount": amount}
    authorization = {"Authorization": f"Bearer {by.token}"}
    return by.house.call("POST", "/place-bid", fields, to="shifted", **authorization)


@pytest.mark.slow
@pytest.mark.usefixtures("_real_clock")
@pytest.mark.parametrize("shift_s", SHIFTS_S)
def test_a_bid_is_late_by_the_clock_of_the_store(
    quiet: House,
    valkey: Valkey,
    seller: Account,
    bidder: Account,
    faketime: str,
    tmp_path: Path,
    shift_s: int,
) -> None:
    with shifted(quiet, "api", faketime, shift_s, tmp_path):
        draft = {
            "title": "Bolo",
            "starting_price": "10.00",
            "duration_s": 3600,
            "soft_close_window_s": 0,
        }
        authorization = {"Authorization": f"Bearer {seller.token}"}
        created = quiet.call("POST", "/create-auction", draft, to="shifted", **authorization)
        assert created.status == 201
        lot, ends_at_ms = created.json["id"], read_at_ms(created.json, "ends_at")

        set_clock(valkey, ends_at_ms - 1)
        last = bid_through_shifted(bidder, lot, "10.00")
        set_clock(valkey, ends_at_ms)
        at_the_end = bid_through_shifted(bidder, lot, "20.00")
        set_clock(valkey, ends_at_ms + 1)
        late = bid_through_shifted(bidder, lot, "30.00")

    check_shift(tmp_path / "api.log", valkey, shift_s)
    assert last.status == 201
    assert read_at_ms(last.json, "server_time") == ends_at_ms - 1
    assert (at_the_end.status, at_the_end.slug) == (409, "auction-ended")
    assert (late.status, late.slug) == (409, "auction-ended")


def check_shift(log: Path, valkey: Valkey, shift_s: int) -> None:
    """Check by its log that the process has another time than the store."""
    first = next(line for line in log.read_text().splitlines() if line.startswith("{"))
    logged_ms = parse_instant(json.loads(first)["timestamp"])
    assert logged_ms is not None
    apart_s = logged_ms / 1000 - valkey.primaries()[0].time()[0]
    # Only which of the two is ahead, by minutes: nothing is measured.
    assert apart_s * shift_s > 0
    assert abs(apart_s) > 120


@pytest.mark.slow
@pytest.mark.usefixtures("_real_clock")
@pytest.mark.parametrize("shift_s", SHIFTS_S)
def test_nothing_is_closed_early_or_left_open(
    quiet: House,
    valkey: Valkey,
    seller: Account,
    bidder: Account,
    faketime: str,
    tmp_path: Path,
    shift_s: int,
) -> None:
    """Stop the store's clock one millisecond before the second lot ends."""
    ends_at_ms = int(time.time() * 1000) + 8_000
    first, second = (create_until(seller, ends_at_ms + later_ms) for later_ms in (0, 1_000))
    assert bid(bidder, second, "10.00") == 201
    set_clock(valkey, ends_at_ms + 999)
    with shifted(quiet, "worker", faketime, shift_s, tmp_path):
        wait_for(lambda: read(quiet, first).get("result"), "the first lot to be closed")
        wait_for(lambda: is_past(valkey, ends_at_ms + 3_000), "the second lot to be over by far")
        still_open = read(quiet, second)
        assert bid(bidder, second, "20.00") == 201
        for node in valkey.primaries():
            node.function_load(library_source(), replace=True)
        wait_for(lambda: read(quiet, second).get("result"), "the second lot to be closed")

    check_shift(tmp_path / "worker.log", valkey, shift_s)
    assert still_open["status"] == "open"
    sold = read(quiet, second)
    assert (sold["status"], sold["result"]["final_price"]) == ("sold", "20.00")
    assert read(quiet, first)["status"] == "unsold"
    for lot in (first, second):
        ended = read(quiet, lot)
        assert read_at_ms(ended["result"], "closed_at") >= read_at_ms(ended, "ends_at")


def create_until(seller: Account, ends_at_ms: int) -> str:
    draft = {
        "title": "Bolo",
        "starting_price": "10.00",
        "ends_at": format_instant(ends_at_ms),
        "soft_close_window_s": 0,
    }
    authorization = {"Authorization": f"Bearer {seller.token}"}
    created = seller.house.call(
        "POST", "/create-auction", draft, to="auctions-api", **authorization
    )
    assert created.status == 201, created.body
    return str(created.json["id"])


def bid(by: Account, lot: str, amount: str) -> int:
    fields = {"auction_id": lot, "amount": amount}
    authorization = {"Authorization": f"Bearer {by.token}"}
    return by.house.call("POST", "/place-bid", fields, to="auctions-api", **authorization).status


def read(house: House, lot: str) -> dict[str, Any]:
    return dict(house.call("GET", f"/auction/{lot}", to="auctions-api").json)


def is_past(valkey: Valkey, at_ms: int) -> bool | None:
    seconds, microseconds = valkey.primaries()[0].time()
    return True if seconds * 1000 + microseconds // 1000 > at_ms else None
