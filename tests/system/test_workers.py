"""A stack with two of everything that serves requests: `up --workers 2`."""

import signal
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from urllib.request import urlopen

import pytest
import socketio

from chaos.drill import Drill
from chaos.people import create_auction
from chaos.table import Table
from chaos.transports import HTTP
from engines.ports import free_port
from martelo.stack.processes import proctable
from stacks import LaunchedStack, wait_for
from visitors import House

pytestmark = pytest.mark.slow

CLIENTS = 64
FURTHER = ("auctions-live-2", "auctions-socketio-2")


@pytest.fixture(scope="module")
def drill(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Drill]:
    folder = tmp_path_factory.mktemp("workers")
    # All requests come from one address, at more than a person's rate.
    stack = LaunchedStack(folder / "data", {"MARTELO_RATE_LIMITS": "off"})
    try:
        stack.up(words=("--workers", "2", "--port", str(free_port())))
        drill = Drill(stack, folder, Table())
        drill.bidders *= CLIENTS // len(drill.bidders)
        yield drill
        drill.close()
    finally:
        stack.close()


def port_of(drill: Drill, name: str) -> int:
    return int(drill.process(name)["ports"][0])


def read_metrics(port: int) -> dict[str, float]:
    with urlopen(f"http://127.0.0.1:{port}/metrics", timeout=5) as answer:
        lines = answer.read().decode().splitlines()
    pairs = (line.rpartition(" ") for line in lines if not line.startswith("#"))
    return {name: float(value) for name, _, value in pairs}


def kill_worker(drill: Drill) -> Callable[[], bool]:
    """Kill a worker of `auctions-api`; return a check that its parent has another."""
    before = workers_of(drill)
    proctable.send_signal(before[:1], signal.SIGKILL)
    return lambda: len(workers_of(drill)) == 2 and before[0] not in workers_of(drill)


def workers_of(drill: Drill) -> list[int]:
    leader = drill.process("auctions-api")["pid"]
    return [pid for pid in proctable.find_tree(leader) if pid != leader]


def kill(drill: Drill, name: str) -> Callable[[], bool]:
    """Kill a process; return a check that it was replaced."""
    before = drill.process(name)["pid"]
    drill.command("kill", name=name)

    def is_back() -> bool:
        process = drill.process(name)
        return bool(process["state"] == "ready" and process["pid"] != before)

    return is_back


class TestLoad:
    def test_of_many_clients_loses_nothing_whichever_is_killed(self, drill: Drill) -> None:
        leader = drill.process("auctions-api")["pid"]
        with drill.load(auctions=4) as load:
            viewers = {
                name: read_metrics(port_of(drill, name))["martelo_live_viewers"]
                for name in ("auctions-live", "auctions-live-2")
            }
            # Each lot is watched twice, by stream and by socket.
            assert all(viewers.values()), viewers
            times = [load.strike(lambda: kill(drill, "auctions-live-2"))]
            times += [load.strike(lambda: kill_worker(drill)) for _ in range(2)]

        load.conclude("kill a live process, and two workers one after the other", times)
        assert drill.process("auctions-api")["pid"] == leader
        counted = [read_metrics(port_of(drill, "auctions-api")) for _ in range(5)]
        answered = 'martelo_http_requests_total{method="POST",route="/place-bid",status="201"}'
        assert len({each[answered] for each in counted}) == 1
        # A killed worker may have counted a bid whose answer was lost.
        posted = [each for each in load.journal.read() if each.transport == HTTP]
        assert counted[0][answered] >= len(posted)


class TestSocketIo:
    def test_works_by_polling_with_several_processes(self, drill: Drill) -> None:
        ports = {port_of(drill, name) for name in ("auctions-socketio", "auctions-socketio-2")}
        drill.seller.renew()
        lot = create_auction(drill.http, drill.url, drill.seller)
        clients = [socketio.Client(reconnection=False) for _ in range(4)]
        updates: list[list[object]] = [[] for _ in clients]
        try:
            for client, seen in zip(clients, updates, strict=True):
                client.on("auction_update", seen.append)
                client.connect(drill.url, transports=["polling"])
                assert client.call("join", {"auction_id": lot}, timeout=20)["snapshot"]
            met = {int(client.eio.sid.rpartition(".")[2]) for client in clients}
            drill.bidders[0].renew()
            token = drill.bidders[0].bearer["Authorization"].removeprefix("Bearer ")
            bid = {"auction_id": lot, "amount": "90.00", "token": token}

            placed = clients[-1].call("place_bid", bid, timeout=20)

            assert placed["outcome"] == "leading"
            wait_for(lambda: all(updates) or None, "everybody to see the bid")
            assert met == ports
        finally:
            for client in clients:
                client.shutdown()


class TestFurtherProcesses:
    def test_are_known_to_every_command_and_to_the_guardian(self, drill: Drill) -> None:
        guarded = (drill.stack.data / "run/groups.json").read_text()

        assert all(f'"{name}"' in guarded for name in FURTHER)
        assert "is ready again" in drill.stack.do("restart", "auctions-socketio-2")
        assert drill.stack.do("logs", *FURTHER)

    def test_are_shown_with_their_ports_and_the_workers(self, drill: Drill) -> None:
        shown = drill.stack.do("status")

        assert all(name in shown for name in FURTHER)
        assert shown.count("2 workers") == 4
        assert drill.stack.status()["memory"]["within_budget"] is True


class TestLimits:
    def test_hold_for_all_workers_together(self, tmp_path: Path) -> None:
        # So slow that no token is refilled during the test.
        stack = LaunchedStack(tmp_path / "data", {"BIDS_PER_SECOND": "0.001"})
        try:
            stack.up("auctions-api", "storefront", words=("--workers", "2"))
            house = House(stack)
            seller, bidder = house.register("Ana"), house.register("Bruno")
            lot = house.call(
                "POST",
                "/create-auction",
                {"title": "Bolo", "starting_price": "1.00", "duration_s": 3600},
                to="auctions-api",
                Authorization=f"Bearer {seller.token}",
            ).json["id"]

            def bid(number: int) -> tuple[int, str | None]:
                answer = house.call(
                    "POST",
                    "/place-bid",
                    {"auction_id": lot, "amount": f"{number}.00"},
                    to="auctions-api",
                    Authorization=f"Bearer {bidder.token}",
                )
                return answer.status, answer.headers.get("retry-after")

            with ThreadPoolExecutor(4) as pool:
                answers = list(pool.map(bid, range(10, 90)))
        finally:
            stack.close()

        refused = [retry_after for status, retry_after in answers if status == 429]
        # Two that arrive at once may count as one.
        assert 36 <= len(refused) <= 40
        assert all(retry_after and int(retry_after) > 0 for retry_after in refused)
