"""Accounts of the drill, and their HTTP requests."""

import json
import threading
import time
import uuid
from typing import Any

from martelo.runtime.http.client import HttpClient, HttpResponse, open_client

PASSWORD = "martelo-drill-7431"
RENEW_AFTER_S = 240
"""A token lasts ten minutes; signing in between faults avoids signing in during one."""


def open_patient_client() -> HttpClient:
    """Return a client whose timeout exceeds the API's for its store."""
    return open_client(connect_timeout_s=1, read_timeout_s=6)


class Account:
    """One registered account and its token."""

    def __init__(self, http: HttpClient, url: str, name: str) -> None:
        self.name = name
        self._http = http
        self._url = url
        self.email = f"{name.lower()}-{uuid.uuid4().hex[:12]}@example.com"
        registered = self._post("register", {"name": name})
        assert registered.status == 201, registered.body
        self.account_id = str(json.loads(registered.body)["account_id"])
        self._token = ""
        self._signed_in_at = float("-inf")
        self._lock = threading.Lock()
        self.renew()

    @property
    def bearer(self) -> dict[str, str]:
        """The header that authenticates the account."""
        return {"Authorization": f"Bearer {self._token}"}

    def renew(self, *, after_s: float = RENEW_AFTER_S) -> None:
        """Sign in again if the token is older than `after_s`."""
        with self._lock:
            if time.monotonic() - self._signed_in_at < after_s:
                return
            answer = self._post("token", {})
            assert answer.status == 200, answer.body
            self._token = json.loads(answer.body)["access_token"]
            self._signed_in_at = time.monotonic()

    def _post(self, action: str, more: dict[str, str]) -> HttpResponse:
        body = {"email": self.email, "password": PASSWORD, **more}
        return post(self._http, f"{self._url}/api/auth/{action}", body)


def post(
    http: HttpClient, url: str, body: object, headers: dict[str, str] | None = None
) -> HttpResponse:
    """Send JSON."""
    given = {"Content-Type": "application/json", **(headers or {})}
    return http.send("POST", url, headers=given, content=json.dumps(body).encode())


def create_auction(http: HttpClient, url: str, seller: Account) -> str:
    """Return a new auction's id; it lasts longer than any drill."""
    body = {
        "title": "Relógio",
        "starting_price": "1.00",
        "min_increment": "0.01",
        "duration_s": 7200,
        "soft_close_window_s": 0,
        "soft_close_cap_s": 0,
    }
    answer = post(http, f"{url}/create-auction", body, seller.bearer)
    assert answer.status == 201, answer.body
    return str(json.loads(answer.body)["id"])


def read_ledger(http: HttpClient, url: str, auction_id: str) -> list[dict[str, Any]]:
    """Return the complete public ledger."""
    entries: list[dict[str, Any]] = []
    cursor: str | None = "0"
    while cursor is not None:
        page = http.send("GET", f"{url}/auction/{auction_id}/ledger?limit=100&cursor={cursor}")
        assert page.status == 200, page.body
        answer = json.loads(page.body)
        entries += answer["items"]
        cursor = answer["next_cursor"]
    return entries
