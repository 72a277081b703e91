"""One address floods a house while others use it: `python -m benchmarks.crowd [--seconds S]`.

For each expensive request, `CONNECTIONS` connections of one address send it again and again, while
people behind another address browse, sign in and bid. Printed is the 95th percentile of how long
these wait, what the flood was answered, and whether a process was started again.
Exit status: 1 if somebody was refused or waited longer than `LIMIT_S`, or a process was restarted.
"""

import argparse
import asyncio
import http.client
import json
import multiprocessing
import sys
import tempfile
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import partial
from multiprocessing.synchronize import Event
from pathlib import Path

from engines.ports import free_port
from stacks import LaunchedStack
from visitors import PASSWORD, Account, House

CONNECTIONS = 60
LIMIT_S = 1.0
LOTS = 30
FLOOD, PEOPLE = "127.0.0.2", "127.0.0.3"
"""Loopback addresses, which Linux serves without configuration."""
PAUSE_S = 0.05
"""What each of the people waits between two requests."""


@dataclass(frozen=True)
class Request:
    """One request, as it is written."""

    method: str
    path: str
    headers: Mapping[str, str] = field(default_factory=dict)
    body: str = ""

    def encoded(self) -> bytes:
        """Return it as HTTP/1.1."""
        named = {"Host": "localhost", "Content-Length": str(len(self.body)), **self.headers}
        head = "".join(f"{name}: {value}\r\n" for name, value in named.items())
        return f"{self.method} {self.path} HTTP/1.1\r\n{head}\r\n{self.body}".encode()


def expensive_requests(lot: str, token: str) -> list[Request]:
    """Return the requests that take a house the most work, of every kind."""
    fields = {"Content-Type": "application/json", "Authorization": f"Bearer {token}"}
    change = json.dumps({"current_password": "not the password", "password": "a long new one"})
    sign_in = json.dumps({"email": "nobody@example.com", "password": "not the password"})
    return [
        *(Request("GET", path, {"Accept": "text/html"}) for path in PAGES),
        Request("GET", f"/leiloes/{lot}", {"Accept": "text/html"}),
        *(Request("GET", path) for path in READS),
        Request("GET", f"/auction/{lot}/ledger"),
        Request("PATCH", "/api/auth/me", fields, change),
        Request("POST", "/api/auth/token", fields, sign_in),
    ]


PAGES = ("/docs", "/leiloes?q=bolo", "/leiloes", "/", "/status")
READS = ("/view-auctions?q=bolo", "/view-auctions?limit=100")


# --- The flood, in a process of its own ---


def flood(port: int, request: bytes, stop: Event, answers: "multiprocessing.Queue[object]") -> None:
    """Send a request over every connection until `stop`; then put a count of statuses."""
    answers.put(asyncio.run(_flood(port, request, stop)))


async def _flood(port: int, request: bytes, stop: Event) -> Counter[str]:
    counts: Counter[str] = Counter()
    tasks = [asyncio.create_task(_repeat(port, request, counts)) for _ in range(CONNECTIONS)]
    await asyncio.to_thread(stop.wait)
    for task in tasks:
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)
    return counts


async def _repeat(port: int, request: bytes, counts: Counter[str]) -> None:
    while True:
        try:
            reader, writer = await asyncio.open_connection(
                "127.0.0.1", port, local_addr=(FLOOD, 0), limit=2**20
            )
            while True:
                writer.write(request)
                counts[await _read_status(reader)] += 1
        except (OSError, EOFError, ValueError):
            counts["closed"] += 1


async def _read_status(reader: asyncio.StreamReader) -> str:
    """Return the status of an answer, having read all of it."""
    head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1").lower()
    if "transfer-encoding: chunked" in head:
        while size := int(await reader.readline(), 16):
            await reader.readexactly(size + 2)
        await reader.readline()
    elif "content-length:" in head:
        await reader.readexactly(int(head.split("content-length:")[1].split("\r\n")[0]))
    return head.split(" ", 2)[1]


# --- The people ---


class Person(threading.Thread):
    """Does one thing again and again, and notes how long each takes and what is answered."""

    def __init__(self, name: str, port: int, requests: Callable[[], Iterator[Request]]) -> None:
        super().__init__(name=name)
        self.seconds: list[float] = []
        self.refused: Counter[str] = Counter()
        self._port = port
        self._requests = requests
        self._over = threading.Event()

    def run(self) -> None:
        """Go on until `leave`."""
        for request in self._requests():
            if self._over.wait(PAUSE_S):
                return
            started_at = time.monotonic()
            status = self._send(request)
            self.seconds.append(time.monotonic() - started_at)
            if status >= 500 or status == 429:
                self.refused[f"{request.path} {status}"] += 1

    def leave(self) -> None:
        """Stop after the request at hand."""
        self._over.set()
        self.join()

    @property
    def p95_s(self) -> float:
        """The 95th percentile of the waits."""
        return sorted(self.seconds)[len(self.seconds) * 95 // 100]

    def _send(self, request: Request) -> int:
        connection = http.client.HTTPConnection(
            "127.0.0.1", self._port, timeout=30, source_address=(PEOPLE, 0)
        )
        try:
            connection.request(request.method, request.path, request.body, dict(request.headers))
            answer = connection.getresponse()
            answer.read()
            return answer.status
        finally:
            connection.close()


def browse(lot: str) -> Iterator[Request]:
    """Yield the pages that a visitor opens."""
    while True:
        for path in ("/", "/leiloes", f"/leiloes/{lot}", "/entrar"):
            yield Request("GET", path, {"Accept": "text/html"})


def sign_in(email: str) -> Iterator[Request]:
    """Yield sign-ins."""
    body = json.dumps({"email": email, "password": PASSWORD})
    while True:
        yield Request("POST", "/api/auth/token", {"Content-Type": "application/json"}, body)


def bid(lot: str, bidder: Account) -> Iterator[Request]:
    """Yield ever higher bids."""
    cents = 1_000
    while True:
        cents += 100
        fields = {"auction_id": lot, "amount": f"{cents / 100:.2f}", "confirm_amount": True}
        headers = {"Content-Type": "application/json", "Authorization": f"Bearer {bidder.token}"}
        yield Request("POST", "/place-bid", headers, json.dumps(fields))


# --- The run ---


@dataclass(frozen=True)
class Round:
    """What one flood did to the people."""

    request: Request
    answers: Counter[str]
    people: Sequence[Person]

    @property
    def is_held(self) -> bool:
        """Whether nobody was refused or waited for too long."""
        return all(each.p95_s < LIMIT_S and not each.refused for each in self.people)

    def __str__(self) -> str:
        waits = "  ".join(f"{each.name} {each.p95_s * 1000:4.0f} ms" for each in self.people)
        refused = " ".join(str(dict(each.refused)) for each in self.people if each.refused)
        path = f"{self.request.method} {self.request.path}"
        return f"{path:34} p95: {waits}  flood: {dict(self.answers)} {refused}"


def run_round(house: House, request: Request | None, people: Sequence[Person], s: float) -> Round:
    """Flood a house with a request, or with none, while people use it."""
    context = multiprocessing.get_context("spawn")
    stop, answers = context.Event(), context.Queue()
    sent = request or Request("-", "nothing")
    attack = context.Process(target=flood, args=(house.port, sent.encoded(), stop, answers))
    if request is not None:
        attack.start()
    for person in people:
        person.start()
    time.sleep(s)
    for person in people:
        person.leave()
    stop.set()
    counts: Counter[str] = answers.get() if request is not None else Counter()
    if request is not None:
        attack.join()
    return Round(sent, counts, people)


@contextmanager
def open_house() -> Iterator[House]:
    """Run a complete house, with its limits on, on data that are removed afterwards."""
    with tempfile.TemporaryDirectory() as folder:
        stack = LaunchedStack(Path(folder) / "data", {"SIGN_INS_PER_MINUTE": "6000"})
        try:
            stack.up(words=("--port", str(free_port())))
            yield House(stack)
        finally:
            stack.close()


def main() -> int:
    """Print a line for each flood."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.crowd")
    parser.add_argument("--seconds", type=float, default=6.0, help="of each flood (default: 6)")
    seconds = parser.parse_args().seconds
    with open_house() as house:
        seller, bidder = house.register("Ana"), house.register("Bruno")
        lots = [seller.create(title=f"Bolo {n}")["id"] for n in range(LOTS)]
        before = starts(house)
        rounds = []
        for request in (None, *expensive_requests(lots[0], seller.token)):
            lot = seller.create(title="Bolo de lances")["id"]
            people = [
                Person("browse", house.port, lambda: browse(lots[0])),
                Person("sign in", house.port, lambda: sign_in(bidder.email)),
                Person("bid", house.port, partial(bid, lot, bidder)),
            ]
            rounds.append(run_round(house, request, people, seconds))
            print(rounds[-1], flush=True)
        restarted = {name for name, count in starts(house).items() if count != before[name]}
    print(f"worst p95: {max(p.p95_s for r in rounds for p in r.people) * 1000:.0f} ms")
    print(f"restarted: {', '.join(sorted(restarted)) or 'nothing'}")
    return int(bool(restarted) or not all(each.is_held for each in rounds))


def starts(house: House) -> dict[str, int]:
    """Return how often each process was started again."""
    return {each["name"]: each["restarts"] for each in house.stack.status()["processes"]}


if __name__ == "__main__":
    sys.exit(main())
