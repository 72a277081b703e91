"""Two ways to bid: `POST /place-bid`, and `/live`, which falls back to the first in doubt."""

import contextlib
import json
import time
from dataclasses import dataclass
from typing import Any, Protocol

from chaos.live_connection import LiveConnection, open_live
from chaos.people import Account, open_patient_client, post
from martelo.kernel.instants import parse_instant
from martelo.runtime.http.client import HttpFailed

HTTP = "HTTP"
LIVE = "/live"

ANSWER_TIMEOUT_S = 4
"""How long a lot's page waits for an answer before it sends the form instead."""

RECONNECT_PAUSE_S = 0.5

IN_FRAME = {"ev", "ref", "status"}
"""Members that an answer over `/live` has in addition to those of the body."""


@dataclass(frozen=True)
class Answer:
    """An answer and its transport; `replayed`: an earlier try had caused it."""

    transport: str
    status: int
    body: dict[str, Any]
    replayed: bool

    @property
    def slug(self) -> str:
        """The last word of the problem's type."""
        return str(self.body.get("type", "")).rpartition("/")[2]


class Transport(Protocol):
    """A way to bid."""

    def ask(self, auction_id: str, amount: str, key: str) -> Answer | None:
        """Bid; `None` if no answer arrived."""

    def close(self) -> None:
        """Close every connection."""


class HttpTransport:
    """Posts each bid."""

    def __init__(self, url: str, account: Account) -> None:
        self._url = url
        self._account = account
        self._http = open_patient_client()

    def ask(self, auction_id: str, amount: str, key: str) -> Answer | None:
        """Bid; `None` if no answer arrived."""
        headers = {**self._account.bearer, "Idempotency-Key": key}
        body = {"auction_id": auction_id, "amount": amount}
        try:
            answer = post(self._http, f"{self._url}/place-bid", body, headers)
        except HttpFailed:
            return None
        replayed = "idempotent-replay" in answer.headers
        return Answer(HTTP, answer.status, json.loads(answer.body), replayed)

    def close(self) -> None:
        """Close every connection."""
        self._http.close()


class LiveTransport:
    """Bids over `/live`, and posts bids that get no answer there, as a lot's page does."""

    def __init__(self, url: str, account: Account, fallback: HttpTransport) -> None:
        self._url = url
        self._account = account
        self._fallback = fallback
        self._connection: LiveConnection | None = None
        self._closing = contextlib.ExitStack()
        self._opens_after = 0.0

    def ask(self, auction_id: str, amount: str, key: str) -> Answer | None:
        """Bid; `None` if no answer arrived over either transport."""
        try:
            answer = self._ask_live(auction_id, amount, key)
        except OSError:
            self._disconnect()
            answer = None
        return answer or self._fallback.ask(auction_id, amount, key)

    def close(self) -> None:
        """Close every connection."""
        self._closing.close()
        self._fallback.close()

    def _ask_live(self, auction_id: str, amount: str, key: str) -> Answer | None:
        connection = self._connection or self._open()
        if connection is None:
            return None
        asked_at_ms = time.time_ns() // 1_000_000
        ref = connection.send(op="bid", auction_id=auction_id, amount=amount, key=key)
        message = connection.answer(ref, ANSWER_TIMEOUT_S)
        if message is None:
            return None
        body = {name: value for name, value in message.items() if name not in IN_FRAME}
        # No header says so here, but a replayed answer has the instant of the first.
        decided_at_ms = parse_instant(body.get("server_time", ""))
        replayed = decided_at_ms is not None and decided_at_ms < asked_at_ms
        return Answer(LIVE, message["status"], body, replayed)

    def _open(self) -> LiveConnection | None:
        """Return an authenticated connection; `None` while it is too early to try again."""
        if time.monotonic() < self._opens_after:
            return None
        self._opens_after = time.monotonic() + RECONNECT_PAUSE_S
        connection = self._closing.enter_context(open_live(self._url))
        token = self._account.bearer["Authorization"].removeprefix("Bearer ")
        message = connection.answer(connection.send(op="auth", token=token), ANSWER_TIMEOUT_S)
        if message is None or message["status"] != 200:
            self._disconnect()
            return None
        self._connection = connection
        return connection

    def _disconnect(self) -> None:
        self._connection = None
        self._closing.close()
