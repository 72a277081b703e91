"""A whole stack on a disk that can take no more files."""

import signal
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import pytest

from chaos.servers import small_disk
from martelo.stack.processes import proctable
from stacks import LaunchedStack, wait_for
from system.test_pictures import House

BIDDING = ("storefront", "auctions-api", "auctions-live", "images-api", "gateway")


@pytest.fixture
def house(tmp_path: Path) -> Iterator[House]:
    with small_disk(tmp_path / "disk", "2g,nr_inodes=8000") as refused:
        if refused is not None:
            pytest.skip(refused)
        stack = LaunchedStack(tmp_path / "disk" / "data", {"MARTELO_RATE_LIMITS": "off"})
        try:
            stack.up(*BIDDING)
            yield House(stack)
        finally:
            stack.close()


def use_up_inodes(disk: Path) -> None:
    with suppress(OSError):
        for number in range(8_000):
            (disk / f"file-{number}").touch()


def kill_workers(house: House) -> None:
    """Kill the API's workers, and wait for those that take their place."""
    leader = house.stack.process("auctions-api")["pid"]
    workers = {pid for pid in proctable.find_tree(leader) if pid != leader}
    proctable.send_signal(workers, signal.SIGKILL)

    def replaced() -> bool | None:
        now = set(proctable.find_tree(leader)) - {leader}
        return True if now and not now & workers else None

    wait_for(replaced, "other workers of auctions-api")
    wait_for(lambda: house.ask("/view-auctions")[0] == 200 or None, "them to serve")


class TestNoInodes:
    def test_stop_no_bids_even_where_workers_start_again(
        self, house: House, tmp_path: Path
    ) -> None:
        ana, bruno = house.sign_up(), house.sign_up()
        # Before its first request the API has counted nothing.
        use_up_inodes(tmp_path / "disk")
        status, lot = house.create(ana)
        assert status == 201, lot

        def bid(amount: str) -> int:
            body = {"auction_id": lot["id"], "amount": amount}
            return house.ask("/place-bid", "POST", body, Authorization=bruno)[0]

        before = bid("40.00"), bid("a lot")
        kill_workers(house)
        after = bid("200.00"), bid("a lot")

        assert (before, after) == ((201, 400), (201, 400))
