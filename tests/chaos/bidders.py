"""Bidders who repeat every bid with an unclear answer, with the same key.

Every 201 is written to a file of the drill before the next bid is made. The store is later
compared with that file only.
"""

import itertools
import json
import random
import threading
import time
import uuid
from dataclasses import asdict, dataclass
from pathlib import Path

from chaos.people import Account
from chaos.transports import Answer, Transport
from martelo.kernel.money import format_amount, parse_amount

PAUSE_S = 0.02
REPEAT_PAUSE_S = 0.1
UNCLEAR = {429, 502, 503, 504}
SETTLE_TIMEOUT_S = 40


@dataclass(frozen=True)
class Acknowledged:
    """A bid answered 201, its transport, and the instants of its last request and answer."""

    transport: str
    auction_id: str
    account_id: str
    key: str
    amount: str
    seq: int
    sent_at: float
    answered_at: float
    tries: int
    replayed: bool
    body: str


class Journal:
    """The acknowledgements, in a file and in memory."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._lock = threading.Lock()
        self._answered_at: list[tuple[str, float]] = []

    def note(self, acknowledged: Acknowledged) -> None:
        """Append one."""
        line = json.dumps(asdict(acknowledged)) + "\n"
        with self._lock:
            with self._path.open("a", encoding="utf-8") as file:
                file.write(line)
            self._answered_at.append((acknowledged.transport, acknowledged.answered_at))

    def read(self) -> list[Acknowledged]:
        """Return what the file holds."""
        if not self._path.exists():
            return []
        lines = self._path.read_text(encoding="utf-8").splitlines()
        return [Acknowledged(**json.loads(line)) for line in lines]

    def count_after(self, instant: float, transport: str) -> int:
        """Return how many were answered over `transport` after `instant`."""
        return sum(at > instant for at in self._instants(transport))

    def first_after(self, instant: float) -> float:
        """Return when the first was answered after `instant`, over any transport."""
        return min(at for at in self._instants() if at > instant)

    def longest_silence_s(self, since: float, transport: str | None = None) -> float:
        """Return the longest time without an acknowledgement from `since` to the last one.

        Over `transport`, or over all.
        """
        instants = [since, *sorted(at for at in self._instants(transport) if at > since)]
        return max((b - a for a, b in itertools.pairwise(instants)), default=0.0)

    def _instants(self, transport: str | None = None) -> list[float]:
        with self._lock:
            return [at for over, at in self._answered_at if transport in {over, None}]


class Bidder(threading.Thread):
    """One account that bids on several auctions until stopped."""

    def __init__(
        self, transport: Transport, account: Account, auction_ids: list[str], journal: Journal
    ) -> None:
        super().__init__(name=f"bidder-{account.name}", daemon=True)
        self.surprises: list[str] = []
        self.unclear = 0
        self.slugs: set[tuple[str, str]] = set()
        """Transport and slug of unclear answers."""
        self._transport = transport
        self._account = account
        self._journal = journal
        self._minimum_cents = dict.fromkeys(auction_ids, 100)
        self._random = random.Random(account.name)  # noqa: S311 - repeatable, no secret
        self._stopping = threading.Event()

    def stop(self) -> None:
        """Stop; the current bid is still repeated until its answer is clear."""
        self._stopping.set()

    def run(self) -> None:
        """Bid until stopped."""
        try:
            while not self._stopping.is_set():
                self._bid(self._random.choice(list(self._minimum_cents)))
                self._stopping.wait(PAUSE_S)
        except Exception as error:  # noqa: BLE001 - reported by the drill
            self.surprises.append(repr(error))
        finally:
            self._transport.close()

    def _bid(self, auction_id: str) -> None:
        amount = format_amount(self._minimum_cents[auction_id] + self._random.randrange(3))
        key, tries, deadline = uuid.uuid4().hex, 0, float("inf")
        while time.monotonic() < deadline:
            if self._stopping.is_set() and deadline == float("inf"):
                deadline = time.monotonic() + SETTLE_TIMEOUT_S
            sent_at = time.monotonic()
            tries += 1
            answer = self._transport.ask(auction_id, amount, key)
            if answer is None or answer.status in UNCLEAR:
                self._note_unclear(answer)
                time.sleep(REPEAT_PAUSE_S)
                continue
            self._learn(auction_id, answer)
            if answer.status == 201:
                self._journal.note(
                    Acknowledged(
                        transport=answer.transport,
                        auction_id=auction_id,
                        account_id=self._account.account_id,
                        key=key,
                        amount=amount,
                        seq=answer.body["seq"],
                        sent_at=sent_at,
                        answered_at=time.monotonic(),
                        tries=tries,
                        replayed=answer.replayed,
                        body=json.dumps(answer.body),
                    )
                )
            return
        self.surprises.append(f"a bid with key {key} never had a clear answer")

    def _note_unclear(self, answer: Answer | None) -> None:
        self.unclear += 1
        if answer is not None:
            self.slugs.add((answer.transport, answer.slug))

    def _learn(self, auction_id: str, answer: Answer) -> None:
        if answer.status in {201, 409} and "minimum_bid" in answer.body:
            self._minimum_cents[auction_id] = parse_amount(answer.body["minimum_bid"]) or 0
        else:
            self.surprises.append(f"{answer.transport} {answer.status} {str(answer.body)[:300]}")
