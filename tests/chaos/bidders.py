"""Bidders who never give a bid up: whatever is unclear is asked again with the same key.

Every 201 is written to a file of the drill's own before the next bid is thought of. What the
store holds is later compared with that file and with nothing else.
"""

import itertools
import json
import random
import threading
import time
import uuid
from dataclasses import asdict, dataclass
from pathlib import Path

from chaos.people import Account, open_patient_client, post
from martelo.kernel.money import format_amount, parse_amount
from martelo.runtime.http import HttpAnswer, HttpFailed

PAUSE_S = 0.02
REPEATS_AFTER_S = 0.1
UNCLEAR = {429, 502, 503, 504}
SETTLED_WITHIN_S = 40


@dataclass(frozen=True)
class Acknowledged:
    """A bid answered 201, with the instants when it was last asked and answered."""

    auction_id: str
    account_id: str
    key: str
    amount: str
    seq: int
    asked_at: float
    answered_at: float
    tries: int
    replayed: bool
    body: str


class Journal:
    """The acknowledgements, in a file and in memory."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._lock = threading.Lock()
        self._answered_at: list[float] = []

    def note(self, acknowledged: Acknowledged) -> None:
        """Write one down."""
        line = json.dumps(asdict(acknowledged)) + "\n"
        with self._lock:
            with self._path.open("a", encoding="utf-8") as file:
                file.write(line)
            self._answered_at.append(acknowledged.answered_at)

    def read(self) -> list[Acknowledged]:
        """Return what the file holds."""
        if not self._path.exists():
            return []
        lines = self._path.read_text(encoding="utf-8").splitlines()
        return [Acknowledged(**json.loads(line)) for line in lines]

    def count_after(self, instant: float) -> int:
        """Return how many were answered after `instant`."""
        with self._lock:
            return sum(at > instant for at in self._answered_at)

    def first_after(self, instant: float) -> float:
        """Return when the first was answered after `instant`."""
        with self._lock:
            return min(at for at in self._answered_at if at > instant)

    def longest_silence_s(self, since: float) -> float:
        """Return the longest time without any acknowledgement from `since` to the last one."""
        with self._lock:
            instants = [since, *sorted(at for at in self._answered_at if at > since)]
        return max((b - a for a, b in itertools.pairwise(instants)), default=0.0)


class Bidder(threading.Thread):
    """One account that bids on several auctions until told to stop."""

    def __init__(
        self, url: str, account: Account, auction_ids: list[str], journal: Journal
    ) -> None:
        super().__init__(name=f"bidder-{account.name}", daemon=True)
        self.surprises: list[str] = []
        self.unclear = 0
        self.slugs: set[str] = set()
        self._url = url
        self._account = account
        self._journal = journal
        self._minimum_cents = dict.fromkeys(auction_ids, 100)
        self._random = random.Random(account.name)  # noqa: S311 - repeatable, no secret
        self._stopping = threading.Event()
        self._http = open_patient_client()

    def stop(self) -> None:
        """Bid no more; the bid under way is still brought to its end."""
        self._stopping.set()

    def run(self) -> None:
        """Bid on."""
        try:
            while not self._stopping.is_set():
                self._bid(self._random.choice(list(self._minimum_cents)))
                self._stopping.wait(PAUSE_S)
        except Exception as error:  # noqa: BLE001 - a bidder that died would hide what it saw
            self.surprises.append(repr(error))
        finally:
            self._http.close()

    def _bid(self, auction_id: str) -> None:
        amount = format_amount(self._minimum_cents[auction_id] + self._random.randrange(3))
        key, tries, deadline = uuid.uuid4().hex, 0, float("inf")
        while time.monotonic() < deadline:
            if self._stopping.is_set() and deadline == float("inf"):
                deadline = time.monotonic() + SETTLED_WITHIN_S
            asked_at = time.monotonic()
            tries += 1
            answer = self._ask(auction_id, amount, key)
            if answer is None or answer.status in UNCLEAR:
                self._note_unclear(answer)
                time.sleep(REPEATS_AFTER_S)
                continue
            self._learn(auction_id, answer)
            if answer.status == 201:
                self._journal.note(
                    Acknowledged(
                        auction_id=auction_id,
                        account_id=self._account.account_id,
                        key=key,
                        amount=amount,
                        seq=json.loads(answer.body)["seq"],
                        asked_at=asked_at,
                        answered_at=time.monotonic(),
                        tries=tries,
                        replayed="idempotent-replay" in answer.headers,
                        body=answer.body.decode(),
                    )
                )
            return
        self.surprises.append(f"a bid with key {key} never had a clear answer")

    def _ask(self, auction_id: str, amount: str, key: str) -> HttpAnswer | None:
        headers = {**self._account.bearer, "Idempotency-Key": key}
        body = {"auction_id": auction_id, "amount": amount}
        try:
            return post(self._http, f"{self._url}/place-bid", body, headers)
        except HttpFailed:
            return None

    def _note_unclear(self, answer: HttpAnswer | None) -> None:
        self.unclear += 1
        if answer is not None:
            self.slugs.add(str(json.loads(answer.body)["type"]).rpartition("/")[2])

    def _learn(self, auction_id: str, answer: HttpAnswer) -> None:
        said = json.loads(answer.body)
        if answer.status in {201, 409} and "minimum_bid" in said:
            self._minimum_cents[auction_id] = parse_amount(said["minimum_bid"]) or 0
        else:
            self.surprises.append(f"{answer.status} {answer.body[:300]!r}")
