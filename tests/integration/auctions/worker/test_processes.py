"""Real worker processes, ended as a fault would end them."""

import re
import signal
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path
from urllib.error import HTTPError
from urllib.request import urlopen

import pytest
import redis

from engines.house import BRUNO, House
from engines.ports import free_port
from martelo.auctions.domain.auction import Status
from martelo.auctions.domain.entries import Closed
from martelo.auctions.verification import verify
from martelo.contracts.channels import FINISHED_CHANNEL
from martelo.contracts.finished import DECODER
from martelo.kernel.ids import AuctionId

SOURCES = Path(__file__).parents[4] / "src"
PATIENCE_S = 30

pytestmark = pytest.mark.slow


class Worker:
    """One `auctions-worker`."""

    def __init__(self, house: House, log: Path, name: str = "worker", *arguments: str) -> None:
        self.port = free_port()
        self._log = log
        with log.open("ab") as lines:
            self.process = subprocess.Popen(
                [sys.executable, "-m", "martelo.auctions.main", name, *arguments],
                env={
                    "PYTHONPATH": str(SOURCES),
                    "VALKEY_URL": house.valkey_server.url,
                    "DATABASE_URL": house.database_url,
                    "MARTELO_PORT": str(self.port),
                    "MARTELO_ENV": "development",
                },
                stdout=subprocess.PIPE,
                stderr=lines,
            )

    @property
    def log(self) -> str:
        return self._log.read_text()

    def is_ready(self) -> bool:
        return self.ask("/readyz")[0] == 200

    def ask(self, path: str) -> tuple[int, str]:
        try:
            with urlopen(f"http://127.0.0.1:{self.port}{path}", timeout=2) as answer:
                return answer.status, answer.read().decode()
        except HTTPError as error:
            with error:
                return error.code, error.read().decode()
        except OSError:
            return 0, ""

    def end(self, how: signal.Signals = signal.SIGKILL) -> int:
        if self.process.poll() is None:
            self.process.send_signal(how)
        self.process.communicate(timeout=PATIENCE_S)
        return self.process.returncode


@pytest.fixture
def start_worker(house: House, tmp_path: Path) -> Iterator[Callable[[], Worker]]:
    workers: list[Worker] = []

    def start() -> Worker:
        workers.append(Worker(house, tmp_path / f"worker-{len(workers)}.log"))
        return workers[-1]

    yield start
    for worker in workers:
        worker.end()


def wait(done: Callable[[], bool]) -> None:
    deadline = time.monotonic() + PATIENCE_S
    while not done():
        assert time.monotonic() < deadline, "waited in vain"
        time.sleep(0.02)


def closed_once(house: House, auction_ids: list[AuctionId]) -> list[int]:
    """Check that each auction has one end in ledger and stream; return when each was closed."""
    instants = []
    for auction_id in auction_ids:
        ends = [e for e in house.live_entries(auction_id) if isinstance(e, Closed)]
        assert len(ends) == 1, auction_id
        instants.append(ends[0].at_ms)
    events = [DECODER.decode(e) for e in house.finished()]
    assert Counter(event.auction_id for event in events) == Counter(auction_ids)
    return instants


def is_archived(house: House, auction_ids: list[AuctionId]) -> bool:
    positions = house.archive.positions(auction_ids)
    return {name: (at.seq, at.sub) for name, at in positions.items()} == (
        house.source.last_positions(auction_ids)
    )


def are_over(house: House, auction_ids: list[AuctionId]) -> bool:
    readings = house.store.read_many(auction_ids)
    return all(reading.auction.status is not Status.OPEN for reading in readings.values())


def leader_of(workers: list[Worker]) -> Worker:
    deadline = time.monotonic() + PATIENCE_S
    while True:
        for worker in workers:
            if "martelo_archive_leads 1.0" in worker.ask("/metrics")[1]:
                return worker
        assert time.monotonic() < deadline, "nobody leads"
        time.sleep(0.02)


class TestWorker:
    def test_three_close_each_auction_once_though_one_is_killed(
        self, house: House, start_worker: Callable[[], Worker]
    ) -> None:
        workers = [start_worker() for _ in range(3)]
        wait(lambda: all(worker.is_ready() for worker in workers))
        messages: list[str] = []
        listener = redis.Redis(port=house.valkey_server.port).pubsub(ignore_subscribe_messages=True)  # type: ignore[no-untyped-call]
        listener.subscribe(FINISHED_CHANNEL)
        assert listener.get_message(timeout=5) is None, "the confirmation, which is not shown"
        # The one that keeps the record has the most to lose.
        leader = leader_of(workers)
        ends_at_ms = house.store.now_ms() + 10_000
        auction_ids = house.open_to_end_at(ends_at_ms, 400)
        assert house.store.now_ms() < ends_at_ms
        wait(lambda: house.store.now_ms() > ends_at_ms - 20)
        while not house.finished():
            assert house.store.now_ms() < ends_at_ms + PATIENCE_S * 1_000

        leader.end(signal.SIGKILL)

        wait(lambda: are_over(house, auction_ids))
        instants = closed_once(house, auction_ids)
        wait(lambda: is_archived(house, auction_ids))
        while message := listener.get_message(timeout=0.5):
            messages.append(message["data"])
        listener.close()
        events = [DECODER.decode(m) for m in messages]
        assert Counter(event.auction_id for event in events) == Counter(auction_ids)
        assert min(instants) >= ends_at_ms
        for auction_id in auction_ids[:20]:
            found = verify(house.store, house.record, auction_id)
            assert [each.differences for each in found] == [(), ()]

    def test_makes_good_what_ended_while_none_ran(
        self, house: House, start_worker: Callable[[], Worker]
    ) -> None:
        auction_ids = house.open_to_end_at(house.store.now_ms() - 600_000, 120)

        start_worker()

        wait(lambda: is_archived(house, auction_ids) and are_over(house, auction_ids))
        closed_once(house, auction_ids)

    def test_archives_what_happens_as_it_happens(
        self, house: House, start_worker: Callable[[], Worker]
    ) -> None:
        worker = start_worker()
        wait(worker.is_ready)
        auction_id = house.open()

        for amount in range(10_000, 200_000, 10_000):
            house.bid(auction_id, BRUNO, amount)

        wait(lambda: is_archived(house, [auction_id]))

    def test_keeps_closing_and_says_so_while_the_record_is_down(
        self, house: House, start_worker: Callable[[], Worker]
    ) -> None:
        worker = start_worker()
        wait(worker.is_ready)
        house.postgresql.kill()
        try:
            wait(lambda: "archive" in worker.ask("/readyz")[1])
            auction_ids = house.open_to_end_at(house.store.now_ms() - 1_000, 20)
            wait(lambda: are_over(house, auction_ids))
            assert worker.ask("/healthz")[0] == 200
        finally:
            house.postgresql.start()

        wait(lambda: house_answers(house) and is_archived(house, auction_ids))
        wait(worker.is_ready)
        closed_once(house, auction_ids)

    def test_recovers_from_a_killed_store(
        self, house: House, start_worker: Callable[[], Worker]
    ) -> None:
        worker = start_worker()
        wait(worker.is_ready)
        house.valkey_server.kill()
        wait(lambda: not worker.is_ready())
        house.valkey_server.start()

        auction_ids = house.open_to_end_at(house.store.now_ms() - 1_000, 20)

        wait(lambda: are_over(house, auction_ids) and is_archived(house, auction_ids))
        closed_once(house, auction_ids)
        wait(worker.is_ready)
        # One line for each loop's row of failures, however long it lasted.
        assert all(worker.log.count(f"loop={name}") <= 6 for name in ("ends", "archive", "hints"))

    def test_stops_in_order_and_gives_its_numbers(
        self, house: House, start_worker: Callable[[], Worker]
    ) -> None:
        worker = start_worker()
        wait(worker.is_ready)
        auction_ids = house.open_to_end_at(house.store.now_ms() - 1_000, 10)
        wait(lambda: are_over(house, auction_ids))

        _, numbers = worker.ask("/metrics")
        status = worker.end(signal.SIGTERM)

        assert 'martelo_auctions_closed_total{status="sold"} 5.0' in numbers
        assert "martelo_auctions_overdue_seconds" in numbers
        assert "martelo_archive_lag_seconds" in numbers
        assert status == 0
        assert "stopped" in worker.log


class TestVerify:
    def run(self, house: House, tmp_path: Path, *auction_ids: str) -> tuple[int, str]:
        verifying = Worker(house, tmp_path / "verify.log", "verify", *auction_ids)
        out, _ = verifying.process.communicate(timeout=PATIENCE_S)
        return verifying.process.returncode, out.decode()

    def test_says_that_live_and_archived_ledgers_agree(self, house: House, tmp_path: Path) -> None:
        auction_id = house.open_with_history()
        house.archive_all(auction_id)

        status, said = self.run(house, tmp_path, auction_id)

        assert status == 0
        assert re.findall(r"(live|record): (\d+) entries, agrees", said) == [
            ("live", "9"),
            ("record", "9"),
        ]

    def test_fails_where_a_ledger_lacks_an_entry(self, house: House, tmp_path: Path) -> None:
        auction_id = house.open_with_history()
        key = f"{{p{auction_id[:2]}}}:a:{auction_id}:ledger"
        house.valkey.node_of(key).xdel(key, "4-0")

        status, said = self.run(house, tmp_path, auction_id)

        assert status == 1
        assert "differs" in said

    def test_fails_where_one_of_several_does(self, house: House, tmp_path: Path) -> None:
        whole, lacking = house.open_with_history(), house.open_with_history()
        key = f"{{p{lacking[:2]}}}:a:{lacking}:ledger"
        house.valkey.node_of(key).xdel(key, "4-0")

        status, said = self.run(house, tmp_path, lacking, whole)

        assert status == 1
        assert f"{lacking} live: 8 entries, differs" in said
        assert f"{whole} live: 9 entries, agrees" in said

    @pytest.mark.parametrize("auction_id", ["00-0000000000000", "nonsense", "99-0000000000000"])
    def test_fails_on_an_unknown_auction(
        self, house: House, tmp_path: Path, auction_id: str
    ) -> None:
        assert self.run(house, tmp_path, auction_id) == (1, f"{auction_id}: no such auction\n")


def house_answers(house: House) -> bool:
    try:
        house.archive.positions([])
    except Exception:  # noqa: BLE001 - any fault while it starts
        return False
    return True
