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

from chaos.people import Account
from chaos.ways import Said, Way
from martelo.kernel.money import format_amount, parse_amount

PAUSE_S = 0.02
REPEATS_AFTER_S = 0.1
UNCLEAR = {429, 502, 503, 504}
SETTLED_WITHIN_S = 40


@dataclass(frozen=True)
class Acknowledged:
    """A bid answered 201, over which way, with the instants when it was last asked and answered."""

    way: str
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
        self._answered_at: list[tuple[str, float]] = []

    def note(self, acknowledged: Acknowledged) -> None:
        """Write one down."""
        line = json.dumps(asdict(acknowledged)) + "\n"
        with self._lock:
            with self._path.open("a", encoding="utf-8") as file:
                file.write(line)
            self._answered_at.append((acknowledged.way, acknowledged.answered_at))

    def read(self) -> list[Acknowledged]:
        """Return what the file holds."""
        if not self._path.exists():
            return []
        lines = self._path.read_text(encoding="utf-8").splitlines()
        return [Acknowledged(**json.loads(line)) for line in lines]

    def count_after(self, instant: float, way: str) -> int:
        """Return how many were answered over `way` after `instant`."""
        return sum(at > instant for at in self._instants(way))

    def first_after(self, instant: float) -> float:
        """Return when the first was answered after `instant`, over whichever way."""
        return min(at for at in self._instants() if at > instant)

    def longest_silence_s(self, since: float, way: str | None = None) -> float:
        """Return the longest time without an acknowledgement from `since` to the last one.

        Over `way`, or over whichever.
        """
        instants = [since, *sorted(at for at in self._instants(way) if at > since)]
        return max((b - a for a, b in itertools.pairwise(instants)), default=0.0)

    def _instants(self, way: str | None = None) -> list[float]:
        with self._lock:
            return [at for over, at in self._answered_at if way in {over, None}]


class Bidder(threading.Thread):
    """One account that bids on several auctions until told to stop."""

    def __init__(
        self, way: Way, account: Account, auction_ids: list[str], journal: Journal
    ) -> None:
        super().__init__(name=f"bidder-{account.name}", daemon=True)
        self.surprises: list[str] = []
        self.unclear = 0
        self.slugs: set[tuple[str, str]] = set()
        """What was unclear, and over which way."""
        self._way = way
        self._account = account
        self._journal = journal
        self._minimum_cents = dict.fromkeys(auction_ids, 100)
        self._random = random.Random(account.name)  # noqa: S311 - repeatable, no secret
        self._stopping = threading.Event()

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
            self._way.close()

    def _bid(self, auction_id: str) -> None:
        amount = format_amount(self._minimum_cents[auction_id] + self._random.randrange(3))
        key, tries, deadline = uuid.uuid4().hex, 0, float("inf")
        while time.monotonic() < deadline:
            if self._stopping.is_set() and deadline == float("inf"):
                deadline = time.monotonic() + SETTLED_WITHIN_S
            asked_at = time.monotonic()
            tries += 1
            said = self._way.ask(auction_id, amount, key)
            if said is None or said.status in UNCLEAR:
                self._note_unclear(said)
                time.sleep(REPEATS_AFTER_S)
                continue
            self._learn(auction_id, said)
            if said.status == 201:
                self._journal.note(
                    Acknowledged(
                        way=said.way,
                        auction_id=auction_id,
                        account_id=self._account.account_id,
                        key=key,
                        amount=amount,
                        seq=said.body["seq"],
                        asked_at=asked_at,
                        answered_at=time.monotonic(),
                        tries=tries,
                        replayed=said.replayed,
                        body=json.dumps(said.body),
                    )
                )
            return
        self.surprises.append(f"a bid with key {key} never had a clear answer")

    def _note_unclear(self, said: Said | None) -> None:
        self.unclear += 1
        if said is not None:
            self.slugs.add((said.way, said.slug))

    def _learn(self, auction_id: str, said: Said) -> None:
        if said.status in {201, 409} and "minimum_bid" in said.body:
            self._minimum_cents[auction_id] = parse_amount(said.body["minimum_bid"]) or 0
        else:
            self.surprises.append(f"{said.way} {said.status} {str(said.body)[:300]}")
