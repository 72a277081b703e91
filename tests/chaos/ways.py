"""The two ways to bid: `POST /place-bid`, and `/live` with a return to the first when in doubt."""

import contextlib
import json
import time
from dataclasses import dataclass
from typing import Any, Protocol

from chaos.live_line import LiveLine, live_line
from chaos.people import Account, open_patient_client, post
from martelo.kernel.instants import parse_instant
from martelo.runtime.http.client import HttpFailed

HTTP = "HTTP"
LIVE = "/live"

ANSWERS_WITHIN_S = 4
"""What a lot's page waits for an answer before it sends the form instead."""

COMES_BACK_S = 0.5

IN_FRAME = {"ev", "ref", "status"}
"""Members that an answer over `/live` has beside those of the body."""


@dataclass(frozen=True)
class Said:
    """An answer, and over which way it came; `replayed`: an earlier try had brought it about."""

    way: str
    status: int
    body: dict[str, Any]
    replayed: bool

    @property
    def slug(self) -> str:
        """The last word of the problem's type."""
        return str(self.body.get("type", "")).rpartition("/")[2]


class Way(Protocol):
    """How somebody bids."""

    def ask(self, auction_id: str, amount: str, key: str) -> Said | None:
        """Bid; `None` where no answer came."""

    def close(self) -> None:
        """Let go of every connection."""


class HttpWay:
    """Posts each bid."""

    def __init__(self, url: str, account: Account) -> None:
        self._url = url
        self._account = account
        self._http = open_patient_client()

    def ask(self, auction_id: str, amount: str, key: str) -> Said | None:
        """Bid; `None` where no answer came."""
        headers = {**self._account.bearer, "Idempotency-Key": key}
        body = {"auction_id": auction_id, "amount": amount}
        try:
            answer = post(self._http, f"{self._url}/place-bid", body, headers)
        except HttpFailed:
            return None
        replayed = "idempotent-replay" in answer.headers
        return Said(HTTP, answer.status, json.loads(answer.body), replayed)

    def close(self) -> None:
        """Let go of every connection."""
        self._http.close()


class LiveWay:
    """Bids over `/live` while it is there, and posts what it left open, as a lot's page does."""

    def __init__(self, url: str, account: Account, otherwise: HttpWay) -> None:
        self._url = url
        self._account = account
        self._otherwise = otherwise
        self._line: LiveLine | None = None
        self._closing = contextlib.ExitStack()
        self._opens_after = 0.0

    def ask(self, auction_id: str, amount: str, key: str) -> Said | None:
        """Bid; `None` where no answer came over either way."""
        try:
            said = self._ask_live(auction_id, amount, key)
        except OSError:
            self._break_off()
            said = None
        return said or self._otherwise.ask(auction_id, amount, key)

    def close(self) -> None:
        """Let go of every connection."""
        self._closing.close()
        self._otherwise.close()

    def _ask_live(self, auction_id: str, amount: str, key: str) -> Said | None:
        line = self._line or self._open()
        if line is None:
            return None
        asked_at_ms = time.time_ns() // 1_000_000
        ref = line.send(op="bid", auction_id=auction_id, amount=amount, key=key)
        told = line.answer(ref, ANSWERS_WITHIN_S)
        if told is None:
            return None
        body = {name: value for name, value in told.items() if name not in IN_FRAME}
        # No header says so here, but an answer given again has the instant of the first.
        decided_at_ms = parse_instant(body.get("server_time", ""))
        replayed = decided_at_ms is not None and decided_at_ms < asked_at_ms
        return Said(LIVE, told["status"], body, replayed)

    def _open(self) -> LiveLine | None:
        """Return a connection that knows who bids; `None` while it is too early to try again."""
        if time.monotonic() < self._opens_after:
            return None
        self._opens_after = time.monotonic() + COMES_BACK_S
        line = self._closing.enter_context(live_line(self._url))
        token = self._account.bearer["Authorization"].removeprefix("Bearer ")
        told = line.answer(line.send(op="auth", token=token), ANSWERS_WITHIN_S)
        if told is None or told["status"] != 200:
            self._break_off()
            return None
        self._line = line
        return line

    def _break_off(self) -> None:
        self._line = None
        self._closing.close()
